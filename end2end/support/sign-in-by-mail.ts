// Sign-in with a code or a link, on the server that offers it.

import { expect, type Page } from "@playwright/test";
import { button, field, heading } from "./forms.js";
import { servers } from "./servers.js";

const byMail = servers.byMail.url;

/** Asks for a message on the sign-in page. */
export async function askForCode(page: Page, email: string, at = byMail): Promise<void> {
  await page.goto(`${at}/sign-in`);
  await field(page, "E-mail address").fill(email);
  await button(page, "E-mail me a code").click();
  await expect(heading(page, "Check your mail")).toBeVisible();
}

/** Opens the newest message with a code. It arrives within a second. */
export async function openSignInMessage(
  page: Page,
  email: string,
  at = byMail,
  subject = "Sign in to Latchkey",
): Promise<void> {
  await expect(async () => {
    await page.goto(`${at}/dev/mailbox`);
    const messages = page.getByRole("listitem").filter({ hasText: email });
    await messages.getByRole("link", { name: subject }).first().click({ timeout: 1000 });
  }).toPass();
  await expect(heading(page, subject)).toBeVisible();
}

/** Reads the code in another tab, and returns it. */
export async function readCode(page: Page, email: string, at = byMail, subject?: string): Promise<string> {
  const tab = await page.context().newPage();
  await openSignInMessage(tab, email, at, subject);
  const code = await tab.frameLocator("iframe").locator("p.code").innerText();
  await tab.close();
  expect(code).toMatch(/^\d{6}$/);
  return code;
}

/** Follows the link in the message that is open. */
export async function followSignInLink(page: Page): Promise<void> {
  await page.frameLocator("iframe").getByRole("link", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(`${byMail}/sign-in/link`);
}

/** Another code. */
export const otherCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

/** Signs in with a code, which creates the account. */
export async function signInByMail(page: Page, email: string, at = byMail): Promise<void> {
  await askForCode(page, email, at);
  await field(page, "Code").fill(await readCode(page, email, at));
  await button(page, "Sign in").click();
  await expect(heading(page, "Your account")).toBeVisible();
}
