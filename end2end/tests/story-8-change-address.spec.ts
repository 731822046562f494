// Story 8: change the e-mail address, and undo a change.

import {
  button,
  expectFieldRefused,
  expectNotice,
  expectSignedIn,
  expectSignedOut,
  field,
  heading,
  openSection,
  signIn,
  signUp,
} from "../support/forms.js";
import {
  changeAddress,
  followLinkNamed,
  openChange,
  openMessageTo,
  requestChange,
  subjects,
  verifyAddress,
} from "../support/mailbox.js";
import { newPerson } from "../support/people.js";
import { expect, test } from "../support/test.js";

test("change of address: a link in a message proves the new one", async ({ page, person, otherDevice }) => {
  const other = await otherDevice();
  await signUp(page, person);
  await signIn(other, person);
  const { email } = newPerson();
  await openSection(page, "Security");
  await field(page, "New e-mail address").fill(email);
  await button(page, "Change address").click();
  await expectNotice(page, "We’ve sent a message to the new address");
  await openChange(page, email);
  await expect(page).toHaveURL("/change-email");
  await expect(page.getByRole("main")).toContainText(person.email);
  await expect(page.getByRole("main")).toContainText(email);
  await button(page, "Change address").click();
  await expectNotice(page, "Your e-mail address is changed");
  await expectSignedIn(page, { ...person, email });
  await expectSignedOut(other);
});

test("change of address: the link asks for the session of its user", async ({ page, person, otherDevice }) => {
  const other = await otherDevice();
  await signUp(page, person);
  const { email } = newPerson();
  await requestChange(page, email);
  await openChange(other, email);
  await expect(heading(other, "Sign in to change your address")).toBeVisible();
  await other.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await field(other, "E-mail address").fill(person.email);
  await field(other, "Password").fill(person.password);
  await button(other, "Sign in").click();
  await expect(heading(other, "Change your address")).toBeVisible();
  await button(other, "Change address").click();
  await expectNotice(other, "Your e-mail address is changed");
  await signUp(page, newPerson());
  await openChange(page, email);
  await expect(heading(page, "This link was used")).toBeVisible();
});

test("change of address: the present address is refused", async ({ page, person }) => {
  await signUp(page, person);
  await openSection(page, "Security");
  await field(page, "New e-mail address").fill(person.email);
  await button(page, "Change address").click();
  await expectFieldRefused(page, "New e-mail address", "This is your e-mail address already.");
  await expect(field(page, "New e-mail address")).toHaveValue(person.email);
});

test("change of address: a taken address gets the same answer", async ({ page, person, otherDevice }) => {
  const taken = newPerson();
  await signUp(await otherDevice(), taken);
  await signUp(page, person);
  await requestChange(page, taken.email);
  await openMessageTo(page, taken.email, subjects.taken);
});

test("change of address: the former address undoes it", async ({ page, person, otherDevice }) => {
  const owner = await otherDevice();
  await signUp(page, person);
  await verifyAddress(page, person.email);
  await changeAddress(page, newPerson().email);
  await openMessageTo(owner, person.email, subjects.changed);
  await followLinkNamed(owner, "undo the change");
  await expect(owner).toHaveURL("/undo-email-change");
  await expect(heading(owner, "Restore your address")).toBeVisible();
  const password = newPerson().password;
  await field(owner, "New password").fill(password);
  await button(owner, "Restore and set password").click();
  await expectNotice(owner, "Your e-mail address is restored");
  await expectSignedOut(page);
  await signIn(owner, { ...person, password });
  await expectSignedIn(owner, person);
});
