// While a form is sent: its button is marked and the form cannot be sent twice. Needs JavaScript.

import type { Page } from "@playwright/test";
import { button, field, summary } from "../support/forms.js";
import { expect, test } from "../support/test.js";

const signInButton = (page: Page) => button(page, "Sign in");

/** Fills in the sign-in form and submits it. */
async function submit(page: Page): Promise<void> {
  await field(page, "E-mail address").fill("ada@example.org");
  await field(page, "Password").fill("a wrong guess at it");
  await signInButton(page).click();
}

/**
 * Submits the sign-in form and keeps the page as it is until the answer: the request is not sent, because Playwright
 * would wait for its answer. Returns how often the form would have been sent.
 */
async function submitAndWait(page: Page): Promise<() => Promise<number>> {
  await page.goto("/sign-in");
  await page.evaluate(() => {
    document.documentElement.dataset.submits = "0";
    addEventListener("submit", (event) => {
      const { dataset } = document.documentElement;
      if (!event.defaultPrevented) dataset.submits = String(Number(dataset.submits) + 1);
      event.preventDefault();
    });
  });
  await submit(page);
  return () => page.evaluate(() => Number(document.documentElement.dataset.submits));
}

test("sending: the button is marked and the form is sent once", { tag: "@script" }, async ({ page }) => {
  const submits = await submitAndWait(page);
  await expect(signInButton(page)).toHaveAttribute("data-sending");
  await expect(signInButton(page)).toHaveCSS("color", "rgba(0, 0, 0, 0)");
  const spinner = await signInButton(page).evaluate((element) => getComputedStyle(element, "::after").animationName);
  expect(spinner).toContain("turn");
  await signInButton(page).click();
  await field(page, "Password").press("Enter");
  expect(await submits()).toBe(1);
});

test("sending: the mark ends with the answer", { tag: "@script" }, async ({ page }) => {
  await page.goto("/sign-in");
  await submit(page);
  await expect(summary(page)).toBeFocused();
  await expect(signInButton(page)).not.toHaveAttribute("data-sending");
});

test("sending: with reduced motion nothing moves", { tag: "@script" }, async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await submitAndWait(page);
  await expect(signInButton(page)).toHaveAttribute("data-sending");
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test("sending: the back button shows a usable form", { tag: "@script" }, async ({ page }) => {
  await submitAndWait(page);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await expect(signInButton(page)).not.toHaveAttribute("data-sending");
  await page.goto("/sign-in");
  await submit(page);
  await expect(summary(page)).toBeFocused();
  await page.goBack();
  await expect(summary(page)).toHaveCount(0);
  await expect(signInButton(page)).not.toHaveAttribute("data-sending");
  await submit(page);
  await expect(summary(page)).toBeFocused();
});

test("sending: a stopped request leaves a usable form", { tag: "@script" }, async ({ page }) => {
  await page.clock.install();
  const submits = await submitAndWait(page);
  await expect(signInButton(page)).toHaveAttribute("data-sending");
  await page.clock.runFor(10_000);
  await expect(signInButton(page)).not.toHaveAttribute("data-sending");
  await signInButton(page).click();
  expect(await submits()).toBe(2);
});

test("sending: no listener keeps pages out of the back/forward cache", { tag: "@server" }, async ({ page }) => {
  await page.goto("/sign-in");
  const scripts = await page.locator("script").allTextContents();
  expect(scripts.join()).not.toMatch(/unload/);
});
