// "Confirm it's you", on the server where a sign-in is recent for a second only.

import { expect, type Page } from "@playwright/test";
import { button, field, heading } from "./forms.js";
import { servers } from "./servers.js";
import { readCode } from "./sign-in-by-mail.js";

const at = servers.stale.url;

/** The title of the page. */
export const confirmation = "Confirm it’s you";

/** Waits until the sign-in is not recent: the address then shows the page instead of the next one. */
export async function waitUntilStale(page: Page, next = "/account/sessions"): Promise<void> {
  await expect(async () => {
    await page.goto(`${at}/account/confirm?next=${next}`);
    await expect(heading(page, confirmation)).toBeVisible({ timeout: 500 });
  }).toPass();
}

/** Asks for a message on the page, and returns its code. */
export async function requestConfirmationCode(page: Page, email: string): Promise<string> {
  await button(page, "E-mail me a code").click();
  await expect(field(page, "Code from the message")).toBeVisible();
  return readCode(page, email, at, "Confirm that it’s you at Latchkey");
}
