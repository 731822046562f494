// Filling in forms as a person would, and reading what they answer.

import { expect, type Locator, type Page } from "@playwright/test";
import type { Person } from "./people.js";

/** A form field by its label. */
export const field = (page: Page, label: string): Locator => page.getByLabel(label, { exact: true });

/** A button by its words. */
export const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });

/** The page's title. */
export const heading = (page: Page, name: string): Locator => page.getByRole("heading", { level: 1, name, exact: true });

/** The list of what is wrong with a form. */
export const summary = (page: Page): Locator => page.getByRole("alert");

/** What was done. */
export const notice = (page: Page): Locator => page.getByRole("status");

/** Which sign-up or sign-in form to fill in, and how. */
export interface Options {
  /** Where the form is; by default its own page. */
  at?: string;
  /** Whether to stay signed in when the browser is closed. */
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

/** Makes an account and arrives on its page. */
export async function signUp(page: Page, person: Person, options?: Options): Promise<void> {
  await submitSignUp(page, person, options);
  await expect(heading(page, "Your account")).toBeVisible();
}

/** Signs in and arrives on the account's page. */
export async function signIn(page: Page, person: Person, options?: Options): Promise<void> {
  await submitSignIn(page, person, options);
  await expect(heading(page, "Your account")).toBeVisible();
}

/** Guesses at a password until the page asks for patience: five guesses are free. */
export async function guessUntilSlowedDown(page: Page, email: string): Promise<void> {
  for (let guess = 0; guess < 5; guess += 1) {
    await submitSignIn(page, { email, password: `guess number ${guess}` });
    await expect(summary(page)).toContainText("isn’t right");
  }
  await submitSignIn(page, { email, password: "one guess too many" });
  await expect(summary(page)).toContainText(/Too many attempts\. Try again in \d+ seconds?\./);
}

/** Presses the button of a form on another site that posts to `action`. */
export async function postFromElsewhere(page: Page, action: string): Promise<void> {
  // Another port is the same site but another origin, so that cookies would go along.
  const body = `<form method="post" action="${action}"><button>Free kittens</button></form>`;
  await page.route("http://localhost:9/", (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto("http://localhost:9/");
  await button(page, "Free kittens").click();
  await page.waitForURL(action);
}

/** Signs out, from any page. */
export async function signOut(page: Page): Promise<void> {
  await button(page, "Sign out").click();
  await expect(button(page, "Sign out")).toHaveCount(0);
}

/** The person sees their account. */
export async function expectSignedIn(page: Page, person: Person): Promise<void> {
  await page.goto("/account");
  await expect(heading(page, "Your account")).toBeVisible();
  await expect(page.getByRole("main").getByText(person.email, { exact: true })).toBeVisible();
}

/** The account cannot be seen without signing in. */
export async function expectSignedOut(page: Page): Promise<void> {
  await page.goto("/account");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Faccount$/);
  await expect(heading(page, "Sign in")).toBeVisible();
}

/** The form came back, says so first, and has put the focus there. */
export async function expectRefused(page: Page, message: string | RegExp): Promise<void> {
  await expect(summary(page)).toContainText(message);
  await expect(summary(page)).toBeFocused();
}

/** The form came back with the error tied to one field. */
export async function expectFieldRefused(page: Page, label: string, message: string | RegExp): Promise<void> {
  await expectRefused(page, message);
  await expect(field(page, label)).toHaveAttribute("aria-invalid", "true");
  await expect(field(page, label)).toHaveAccessibleDescription(message instanceof RegExp ? message : new RegExp(message));
  await expect(summary(page).getByRole("link")).toHaveAttribute("href", `#${await field(page, label).getAttribute("id")}`);
}
