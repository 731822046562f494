// Fills in forms like a user and checks the results.

import { expect, type Locator, type Page } from "@playwright/test";
import type { Person } from "./people.js";

/** The form field with this label. */
export const field = (page: Page, label: string): Locator => page.getByLabel(label, { exact: true });

/** The button with this text. */
export const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });

/** The page's main heading. */
export const heading = (page: Page, name: string): Locator => page.getByRole("heading", { level: 1, name, exact: true });

/** The form's error summary. */
export const summary = (page: Page): Locator => page.getByRole("alert");

/** The success message. */
export const notice = (page: Page): Locator => page.getByRole("status");

/** The links to the sections of the account. */
export const sections = (page: Page): Locator =>
  page.getByRole("navigation", { name: "Sections of your account" }).getByRole("link");

/** Opens a section of the account from another one. */
export async function openSection(page: Page, name: string): Promise<void> {
  await sections(page).filter({ hasText: name }).click();
  await expect(sections(page).filter({ hasText: name })).toHaveAttribute("aria-current", "page");
}

/** The entries of the security log on its page. */
export const activity = (page: Page): Locator =>
  page.getByRole("region", { name: "Recent activity" }).getByRole("listitem");

/** The devices on their page. */
export const listedDevices = (page: Page): Locator =>
  page.getByRole("region", { name: "Where you’re signed in" }).getByRole("listitem");

export interface Options {
  /** The form's path; by default its own page. */
  at?: string;
  /** Whether the session survives closing the browser. */
  keep?: boolean;
}

/** Fills in and submits the sign-up form. */
export async function submitSignUp(page: Page, person: Person, { at = "/sign-up", keep = true }: Options = {}): Promise<void> {
  await page.goto(at);
  await field(page, "E-mail address").fill(person.email);
  await field(page, "Password").fill(person.password);
  await field(page, "Name (optional)").fill(person.name);
  await field(page, "Keep me signed in on this device").setChecked(keep);
  await button(page, "Create account").click();
}

/** Fills in and submits the sign-in form. */
export async function submitSignIn(
  page: Page,
  person: Pick<Person, "email" | "password">,
  { at = "/sign-in", keep = true }: Options = {},
): Promise<void> {
  await page.goto(at);
  await field(page, "E-mail address").fill(person.email);
  await field(page, "Password").fill(person.password);
  await field(page, "Keep me signed in on this device").setChecked(keep);
  await button(page, "Sign in").click();
}

/** Creates an account and waits for the account page. */
export async function signUp(page: Page, person: Person, options?: Options): Promise<void> {
  await submitSignUp(page, person, options);
  await expect(heading(page, "Your account")).toBeVisible();
}

/** Signs in and waits for the account page. */
export async function signIn(page: Page, person: Person, options?: Options): Promise<void> {
  await submitSignIn(page, person, options);
  await expect(heading(page, "Your account")).toBeVisible();
}

/** Sends wrong passwords until the rate limit applies: the sixth guess is refused. */
export async function guessUntilSlowedDown(page: Page, email: string): Promise<void> {
  for (let guess = 0; guess < 5; guess += 1) {
    await submitSignIn(page, { email, password: `guess number ${guess}` });
    await expect(summary(page)).toContainText("isn’t right");
  }
  await submitSignIn(page, { email, password: "one guess too many" });
  await expect(summary(page)).toContainText(/Too many attempts\. Try again in \d+ seconds?\./);
}

/** Submits a form on another origin that posts to `action`. */
export async function postFromOtherOrigin(page: Page, action: string): Promise<void> {
  // Another port is another origin but the same site, so SameSite=Lax does not withhold the cookies.
  const body = `<form method="post" action="${action}"><button>Free kittens</button></form>`;
  await page.route("http://localhost:9/", (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto("http://localhost:9/");
  await button(page, "Free kittens").click();
  await page.waitForURL(action);
}

/** Signs out; works on every page. */
export async function signOut(page: Page): Promise<void> {
  await button(page, "Sign out").click();
  await expect(button(page, "Sign out")).toHaveCount(0);
}

/** Expects the account page to show this user. */
export async function expectSignedIn(page: Page, person: Person): Promise<void> {
  await page.goto("/account");
  await expect(heading(page, "Your account")).toBeVisible();
  await expect(page.getByRole("main").getByText(person.email, { exact: true })).toBeVisible();
}

/** Expects the account page to redirect to the sign-in page. */
export async function expectSignedOut(page: Page): Promise<void> {
  await page.goto("/account");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Faccount$/);
  await expect(heading(page, "Sign in")).toBeVisible();
}

/** Expects the form to show this error in its summary, with the focus on the summary. */
export async function expectRefused(page: Page, message: string | RegExp): Promise<void> {
  await expect(summary(page)).toContainText(message);
  await expect(summary(page)).toBeFocused();
}

/** Expects the success message, with the focus on it. */
export async function expectNotice(page: Page, message: string): Promise<void> {
  await expect(notice(page)).toContainText(message);
  await expect(notice(page)).toBeFocused();
}

/** Expects the error in the summary and at the field, linked to each other. */
export async function expectFieldRefused(page: Page, label: string, message: string | RegExp): Promise<void> {
  await expectRefused(page, message);
  await expect(field(page, label)).toHaveAttribute("aria-invalid", "true");
  await expect(field(page, label)).toHaveAccessibleDescription(message instanceof RegExp ? message : new RegExp(message));
  const link = summary(page).getByRole("link", { name: message });
  await expect(link).toHaveAttribute("href", `#${await field(page, label).getAttribute("id")}`);
}
