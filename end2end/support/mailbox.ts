// The development mailbox.

import { expect, type Page } from "@playwright/test";
import { button, field, heading, notice } from "./forms.js";

/** Asks for a link that resets the password. */
export async function requestReset(page: Page, email: string): Promise<void> {
  await page.goto("/forgot-password");
  await field(page, "E-mail address").fill(email);
  await button(page, "Send the link").click();
  await expect(notice(page)).toBeVisible();
}

/** Opens the newest message that resets the password of an address. It arrives within a second. */
export async function openMessage(page: Page, email: string): Promise<void> {
  const subject = "Reset your Latchkey password";
  await expect(async () => {
    await page.goto("/dev/mailbox");
    const messages = page.getByRole("listitem").filter({ hasText: email });
    await messages.getByRole("link", { name: subject }).first().click({ timeout: 1000 });
  }).toPass();
  await expect(heading(page, subject)).toBeVisible();
}

/** Follows the link in the message that is open. */
export async function followLink(page: Page): Promise<void> {
  await page.frameLocator("iframe").getByRole("link", { name: "Set a new password" }).click();
  await expect(heading(page, "Set a new password")).toBeVisible();
}
