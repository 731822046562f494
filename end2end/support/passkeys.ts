// Passkeys: Chromium's virtual authenticators, and what their user does on the pages.

import { expect, type CDPSession, type Locator, type Page } from "@playwright/test";
import { button, field } from "./forms.js";

/** An authenticator of a page. It answers at once, as if the user had shown a finger. */
export interface Keys {
  session: CDPSession;
  id: string;
}

/** Connects an authenticator to the page. */
export async function addAuthenticator(page: Page, transport: "internal" | "usb" = "internal"): Promise<Keys> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, id: authenticatorId };
}

/** The ids of the passkeys in the authenticator. */
export async function stored({ session, id }: Keys): Promise<string[]> {
  const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId: id });
  return credentials.map(({ credentialId }) => credentialId);
}

/**
 * Turns off the suggestions in the field of the e-mail address. The authenticator would answer them at once, so that the
 * buttons could not be tested.
 */
export async function withoutSuggestions(page: Page): Promise<void> {
  await page.addInitScript(() => {
    if (self.PublicKeyCredential) {
      Object.defineProperty(PublicKeyCredential, "isConditionalMediationAvailable", { value: async () => false });
    }
  });
}

/** Makes the browser one without passkeys. */
export async function withoutPasskeys(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, "PublicKeyCredential");
  });
}

/** Makes the user cancel every dialog of the browser. */
export async function cancelling(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const cancel = () => Promise.reject(new DOMException("The operation was cancelled.", "NotAllowedError"));
    Object.defineProperty(navigator.credentials, "get", { value: cancel });
    Object.defineProperty(navigator.credentials, "create", { value: cancel });
  });
}

/** The passkeys on the page of the account. */
export const listedPasskeys = (page: Page): Locator =>
  page.getByRole("region", { name: "Passkeys", exact: true }).getByRole("listitem");

/** Why the script got no passkey. */
export const passkeyError = (page: Page): Locator => page.locator(".passkey .field-error");

/** Adds a passkey to the account of the signed-in user. */
export async function addPasskey(page: Page, name: string): Promise<void> {
  await page.goto("/account/security");
  await field(page, "Name of the new passkey (optional)").fill(name);
  await button(page, "Add a passkey").click();
  await expect(page.getByRole("status")).toContainText("Your passkey is added");
  await expect(listedPasskeys(page).filter({ hasText: name })).toHaveCount(1);
}

/** Opens the controls of a passkey in the list. */
export async function openControls(page: Page, name: string): Promise<void> {
  await listedPasskeys(page).filter({ hasText: name }).getByText("Rename or remove").click();
}

/** Removes a passkey of the signed-in user. */
export async function removePasskey(page: Page, name: string): Promise<void> {
  await page.goto("/account/security");
  await openControls(page, name);
  await button(page, `Remove ${name}`).click();
}
