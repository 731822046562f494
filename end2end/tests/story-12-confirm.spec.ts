// Story 12: confirm your identity before a sensitive change, which then continues.

import { confirmation, requestConfirmationCode, waitUntilStale } from "../support/confirm.js";
import {
  button,
  expectFieldRefused,
  expectNotice,
  expectSignedIn,
  field,
  heading,
  signIn,
  signOut,
  signUp,
} from "../support/forms.js";
import { servers } from "../support/servers.js";
import { otherCode, signInByMail } from "../support/sign-in-by-mail.js";
import { expect, test } from "../support/test.js";

test.use({ baseURL: servers.stale.url });

test("confirm: a code continues a first password with its value", async ({ page, person }) => {
  await signInByMail(page, person.email, servers.stale.url);
  await waitUntilStale(page);
  await page.goto("/account/security");
  await field(page, "New password").fill(person.password);
  await button(page, "Set password").click();
  await expect(heading(page, confirmation)).toBeVisible();
  await page.reload();
  expect(await page.content()).not.toContain(person.password);
  const code = await requestConfirmationCode(page, person.email);
  await field(page, "Code from the message").fill(otherCode(code));
  await button(page, "Confirm").click();
  await expectFieldRefused(page, "Code from the message", "This code isn’t right");
  await field(page, "Code from the message").fill(code);
  await button(page, "Confirm").click();
  await expectNotice(page, "Your password is set");
  await signOut(page);
  await signIn(page, person);
});

test("confirm: a code continues a deletion", async ({ page, person }) => {
  await signInByMail(page, person.email, servers.stale.url);
  await waitUntilStale(page);
  await page.goto("/account/delete");
  await button(page, "Delete account").click();
  await expect(page.getByRole("main")).toContainText("To delete your account, confirm that it’s you.");
  const code = await requestConfirmationCode(page, person.email);
  await field(page, "Code from the message").fill(code);
  await button(page, "Confirm and delete account").click();
  await expectNotice(page, "Your account is deleted.");
});

test("confirm: a password leads to the next page", async ({ page, person }) => {
  await signUp(page, person);
  await waitUntilStale(page);
  await expect(field(page, "Your password")).toBeFocused();
  await field(page, "Your password").fill("not the one");
  await button(page, "Confirm").click();
  await expectFieldRefused(page, "Your password", "This isn’t your current password.");
  await field(page, "Your password").fill(person.password);
  await button(page, "Confirm").click();
  await expect(page).toHaveURL(/\/account\/sessions$/);
  await expectSignedIn(page, person);
});

test("confirm: cancelling changes nothing", async ({ page, person }) => {
  await signInByMail(page, person.email, servers.stale.url);
  await waitUntilStale(page);
  await page.goto("/account/delete");
  await button(page, "Delete account").click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page).toHaveURL(/\/account\/delete$/);
  await expectSignedIn(page, person);
});
