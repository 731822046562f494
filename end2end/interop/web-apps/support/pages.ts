// Steps that the three apps have in common.

import { expect, type Locator, type Page } from "@playwright/test";
import { button, field, heading, submitSignIn, submitSignUp } from "../../../support/forms.js";
import type { Person } from "../../../support/people.js";
import type { Site } from "./site.js";

/** Waits for Latchkey's page, which the app opened, and creates an account there. */
export async function createAccount(page: Page, latchkey: Pick<Site, "url">, person: Person): Promise<void> {
  await page.waitForURL((url) => isForm(url, latchkey, "/sign-in", "/sign-up"));
  if (page.url().includes("/sign-in?")) {
    await page.getByRole("main").getByRole("link", { name: "Create an account" }).click();
    await page.waitForURL((url) => isForm(url, latchkey, "/sign-up"));
  }
  await submitSignUp(page, person, { at: page.url() });
}

/** Waits for Latchkey's sign-in page, which the app opened, and signs in there. */
export async function signInAgain(page: Page, latchkey: Pick<Site, "url">, person: Person): Promise<void> {
  await page.waitForURL((url) => isForm(url, latchkey, "/sign-in"));
  await submitSignIn(page, person, { at: page.url() });
}

const isForm = ({ origin, pathname, searchParams }: URL, { url }: Pick<Site, "url">, ...paths: string[]): boolean =>
  origin === url && paths.includes(pathname) && searchParams.has("next");

/** Adds a task with the app's form. */
export async function addTask(page: Page, title: string): Promise<void> {
  await field(page, "New task").fill(title);
  await button(page, "Add task").click();
  await expect(task(page, title)).toBeVisible();
}

/** A task in the list. */
export const task = (page: Page, title: string): Locator => page.getByRole("listitem").filter({ hasText: title });

/** The page of a signed-in user. */
export async function expectTasksOf(page: Page, { name }: Person): Promise<void> {
  await expect(heading(page, "Your tasks")).toBeVisible();
  await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
}

/**
 * The names of the cookies that the browser sends to an address, without the mark of a known device, and without that of
 * the suggestions of passkeys, which the sign-in page may have asked for.
 */
export async function cookieNames(page: Page, url: string): Promise<string[]> {
  const names = (await page.context().cookies(url)).map(({ name }) => name);
  return names.filter((name) => !/latchkey_(device|passkey_sign_in)$/.test(name)).sort();
}
