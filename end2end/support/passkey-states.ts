// The states of pages with passkeys.

import { expect } from "@playwright/test";
import { givePassword, turnOn } from "./authenticator.js";
import { button, field, heading, signIn, signOut, summary } from "./forms.js";
import {
  addAuthenticator,
  addPasskey,
  cancelling,
  openControls,
  passkeyError,
  withoutPasskeys,
  withoutSuggestions,
} from "./passkeys.js";
import { newPerson } from "./people.js";
import type { Scene, State } from "./states.js";

/** The sign-in page after the user has cancelled the browser's dialog. */
export async function cancelSignIn({ page, javaScriptEnabled }: Scene): Promise<void> {
  await cancelling(page);
  await page.goto("/sign-in");
  if (javaScriptEnabled === false) return;
  await button(page, "Sign in with a passkey").click();
  await expect(passkeyError(page)).not.toBeEmpty();
}

/** The security page with two passkeys. Without JavaScript there are none. */
async function twoPasskeys({ page, person, javaScriptEnabled, otherDevice }: Scene): Promise<void> {
  if (javaScriptEnabled !== false) {
    await addAuthenticator(page);
    await addPasskey(page, "Phone");
    const other = await otherDevice();
    await withoutSuggestions(other);
    await signIn(other, person);
    await addAuthenticator(other, "usb");
    await addPasskey(other, "The security key with a long name in the drawer at work");
  }
  await page.goto("/account/security");
  if (javaScriptEnabled !== false) await openControls(page, "Phone");
}

/** The second step of an account with an authenticator app and a passkey. */
async function secondStepWithPasskey({ page, person, javaScriptEnabled }: Scene): Promise<void> {
  await withoutSuggestions(page);
  if (javaScriptEnabled !== false) {
    await addAuthenticator(page);
    await addPasskey(page, "Phone");
  }
  await turnOn(page);
  await signOut(page);
  await givePassword(page, person);
}

export const withPasskeys: State[] = [
  { name: "passkeys, two", arrange: twoPasskeys },
  {
    name: "passkeys, the only way in",
    arrange: async ({ page, javaScriptEnabled }) => {
      if (javaScriptEnabled === false) return void (await page.goto("/account/security"));
      await withoutSuggestions(page);
      await signOut(page);
      await addAuthenticator(page);
      await page.goto("/sign-up");
      await field(page, "E-mail address").fill(newPerson().email);
      await button(page, "Create account with a passkey").click();
      await expect(heading(page, "Your account")).toBeVisible();
      await page.goto("/account/security");
      await openControls(page, "Rename or remove");
      await page.getByRole("button", { name: /^Remove/ }).click();
      await expect(summary(page)).toBeVisible();
    },
  },
  {
    name: "passkeys, browser without them",
    arrange: async ({ page }) => {
      await withoutPasskeys(page);
      await page.goto("/account/security");
    },
  },
  { name: "sign in, second step with a passkey", arrange: secondStepWithPasskey },
];
