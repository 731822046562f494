// Story 7: reset a forgotten password.

import {
  button,
  expectNotice,
  expectRefused,
  expectSignedIn,
  expectSignedOut,
  field,
  heading,
  signIn,
  signUp,
} from "../support/forms.js";
import { followLink, openMessage, requestReset } from "../support/mailbox.js";
import { newPerson } from "../support/people.js";
import { expect, test } from "../support/test.js";

test("reset: a link in a message sets a new password", async ({ page, person, otherDevice }) => {
  const other = await otherDevice();
  await signUp(other, person);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await expect(heading(page, "Reset your password")).toBeVisible();
  await requestReset(page, person.email);
  await openMessage(page, person.email);
  await followLink(page);
  await expect(page).toHaveURL("/reset-password");
  await expect(page.getByRole("main")).toContainText(person.email);
  const password = newPerson().password;
  await field(page, "New password").fill(password);
  await button(page, "Set password").click();
  await expectNotice(page, "Your new password is set");
  await expectSignedOut(other);
  await signIn(page, { ...person, password });
  await expectSignedIn(page, person);
});

test("reset: a refused password leaves the link usable", async ({ page, person, otherDevice }) => {
  await signUp(await otherDevice(), person);
  await requestReset(page, person.email);
  await openMessage(page, person.email);
  await followLink(page);
  await field(page, "New password").fill("short");
  await button(page, "Set password").click();
  await expectRefused(page, "Use at least 8 characters");
  await field(page, "New password").fill(newPerson().password);
  await button(page, "Set password").click();
  await expectNotice(page, "Your new password is set");
  await page.goto("/reset-password");
  await expect(heading(page, "This link doesn’t work")).toBeVisible();
});

test("reset: an unknown address gets the same answer", async ({ page }) => {
  await requestReset(page, newPerson().email);
  await expectNotice(page, "If this address has an account");
});
