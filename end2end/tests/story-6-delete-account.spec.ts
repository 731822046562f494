// Story 6: delete the account.

import type { Page } from "@playwright/test";
import {
  activity,
  button,
  expectFieldRefused,
  expectNotice,
  expectRefused,
  expectSignedIn,
  expectSignedOut,
  field,
  heading,
  openSection,
  signIn,
  signOut,
  signUp,
  submitSignIn,
  summary,
} from "../support/forms.js";
import { followLink, openMessage, requestDeletion } from "../support/mailbox.js";
import { devices } from "../support/people.js";
import { expect, test } from "../support/test.js";
import { userId } from "../support/tokens.js";

const label = "Your password, to confirm";

/** Opens, fills in and submits the form. */
async function submitDeletion(page: Page, password: string): Promise<void> {
  await openSection(page, "Delete account");
  await field(page, label).fill(password);
  await button(page, "Delete account").click();
}

/** Expects the signed-out home page with a message. */
async function expectDeleted(page: Page): Promise<void> {
  await expectNotice(page, "Your account is deleted.");
  await expect(page).toHaveURL("/");
  await expect(button(page, "Sign out")).toHaveCount(0);
}

test("deletion: shows a message, removes both cookies and ends all sessions", async ({ page, context, person, otherDevice }) => {
  await signUp(page, person);
  const other = await otherDevice(devices.firefox);
  await signIn(other, person);
  await submitDeletion(page, person.password);
  await expectDeleted(page);
  const names = (await context.cookies()).map(({ name }) => name);
  expect(names).not.toContain("latchkey_access");
  expect(names).not.toContain("latchkey_session");
  await expectSignedOut(page);
  await expectSignedOut(other);
});

test("deletion: sign-in then fails as for an unknown address", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  await submitDeletion(page, person.password);
  await expectDeleted(page);
  const answers = [];
  for (const email of [person.email, `un${person.email}`]) {
    const visitor = await otherDevice();
    const answered = visitor.waitForResponse((response) => response.request().method() === "POST");
    await submitSignIn(visitor, { ...person, email });
    await expectRefused(visitor, "The e-mail address or the password isn’t right.");
    answers.push({
      status: (await answered).status(),
      text: (await visitor.getByRole("main").innerText()).replaceAll(email, ""),
      cookies: (await visitor.context().cookies()).map(({ name }) => name),
    });
  }
  expect(answers[1]).toEqual(answers[0]);
});

test("deletion: the address can be registered again without the old data", async ({ page, context, person }) => {
  await signUp(page, person);
  const old = await userId(context);
  await submitDeletion(page, person.password);
  await expectDeleted(page);
  await signUp(page, { ...person, name: "" });
  expect(await userId(context)).not.toBe(old);
  await expect(field(page, "Name (optional)")).toHaveValue("");
  await openSection(page, "Activity");
  await expect(activity(page)).toHaveText([/Account created/]);
});

test("deletion: a wrong password shows an error and keeps the account", async ({ page, person }) => {
  await signUp(page, person);
  await submitDeletion(page, "not the one");
  await expect(page).toHaveURL("/account/delete");
  await expectFieldRefused(page, label, "This isn’t your current password.");
  await expect(field(page, label)).toHaveValue("");
  await expectSignedIn(page, person);
  await signOut(page);
  await signIn(page, person);
});

test("deletion: a missing password shows an error", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  await openSection(page, "Delete account");
  await button(page, "Delete account").click();
  await expectFieldRefused(page, label, "Enter your current password.");
  await expectSignedIn(page, person);
});

test("deletion: works by keyboard, also after an error", async ({ page, person }) => {
  const { keyboard } = page;
  await signUp(page, person);
  await openSection(page, "Delete account");
  await expect(async () => {
    await keyboard.press("Tab");
    expect(await field(page, label).evaluate((element) => element === document.activeElement)).toBe(true);
  }).toPass({ intervals: [0] });
  await keyboard.type("not the one");
  await keyboard.press("Enter");
  await expectRefused(page, "This isn’t your current password.");
  // The focused summary links to the field.
  await keyboard.press("Tab");
  await expect(summary(page).getByRole("link")).toBeFocused();
  await expect(summary(page)).toBeInViewport();
  await keyboard.press("Enter");
  await expect(field(page, label)).toBeFocused();
  await keyboard.type(person.password);
  await keyboard.press("Enter");
  await expectDeleted(page);
});

test("deletion: a link in a message deletes the account", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const other = await otherDevice();
  await signIn(other, person);
  await requestDeletion(page, person.email);
  await followLink(page, "Delete the account", "Delete your account");
  await expect(page).toHaveURL("/delete-account");
  await expect(page.getByRole("main")).toContainText(person.email);
  await expectSignedIn(other, person);
  await button(page, "Delete account").click();
  await expectDeleted(page);
  await expectSignedOut(other);
  await openMessage(page, person.email, "Your Latchkey account was deleted");
});

test("deletion: a link in another browser asks to sign in first", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  await requestDeletion(page, person.email);
  const other = await otherDevice();
  await openMessage(other, person.email, "Delete your Latchkey account");
  await followLink(other, "Delete the account", "Sign in");
  await submitSignIn(other, person, { at: other.url() });
  await expect(heading(other, "Delete your account")).toBeVisible();
  await button(other, "Delete account").click();
  await expectDeleted(other);
  await expectSignedOut(page);
});
