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

/** Opens the newest message with a subject to an address. It arrives within a second. */
export async function openMessage(page: Page, email: string, subject = "Reset your Latchkey password"): Promise<void> {
  await expect(async () => {
    await page.goto("/dev/mailbox");
    const messages = page.getByRole("listitem").filter({ hasText: email });
    await messages.getByRole("link", { name: subject }).first().click({ timeout: 1000 });
  }).toPass();
  await expect(heading(page, subject)).toBeVisible();
}

/** Follows the link in the message that is open. */
export async function followLink(page: Page, link = "Set a new password", title = link): Promise<void> {
  await page.frameLocator("iframe").getByRole("link", { name: link }).click();
  await expect(heading(page, title)).toBeVisible();
}

/** Verifies the address of the signed-in user. */
export async function verifyAddress(page: Page, email: string): Promise<void> {
  await openMessage(page, email, "Verify your e-mail address for Latchkey");
  await followLink(page, "Verify the address", "Verify your address");
  await button(page, "Verify address").click();
  await expect(notice(page)).toBeVisible();
}

/**
 * Asks for a link that deletes the account, as the form does that users without a password see a day after their
 * sign-in, and opens the message.
 */
export async function requestDeletion(page: Page, email: string): Promise<void> {
  await verifyAddress(page, email);
  const { origin } = new URL(page.url());
  await page.request.post("/actions/request-deletion", { headers: { origin }, form: {}, maxRedirects: 0 });
  await openMessage(page, email, "Delete your Latchkey account");
}

/** The subjects of the messages about a change of the address. */
export const subjects = {
  verify: "Verify your e-mail address for Latchkey",
  confirm: "Confirm your new e-mail address for Latchkey",
  changed: "The e-mail address of your Latchkey account was changed",
  taken: "This address already has a Latchkey account",
} as const;

/** Opens the newest message with this subject to an address. It arrives within a second. */
export async function openMessageTo(page: Page, email: string, subject: string): Promise<void> {
  await expect(async () => {
    await page.goto("/dev/mailbox");
    const messages = page.getByRole("listitem").filter({ hasText: email });
    await messages.getByRole("link", { name: subject }).first().click({ timeout: 1000 });
  }).toPass();
  await expect(heading(page, subject)).toBeVisible();
}

/** Follows the link with this text in the message that is open. */
export async function followLinkNamed(page: Page, name: string): Promise<void> {
  const url = await page.frameLocator("iframe").getByRole("link", { name }).first().getAttribute("href");
  await page.goto(url ?? "");
}

/** Asks for another address, soon after the sign-in. */
export async function requestChange(page: Page, email: string): Promise<void> {
  await page.goto("/account/security");
  await field(page, "New e-mail address").fill(email);
  await button(page, "Change address").click();
  await expect(notice(page)).toContainText("We’ve sent a message to the new address");
}

/** Opens the page with the button that changes the address. */
export async function openChange(page: Page, email: string): Promise<void> {
  await openMessageTo(page, email, subjects.confirm);
  await followLinkNamed(page, "Confirm the address");
}

/** Changes the verified address of the signed-in user. */
export async function changeAddress(page: Page, email: string): Promise<void> {
  await requestChange(page, email);
  await openChange(page, email);
  await button(page, "Change address").click();
  await expect(notice(page)).toContainText("Your e-mail address is changed");
}
