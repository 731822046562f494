// While a form is sent: its button is marked and the form cannot be sent twice. Needs JavaScript.

import type { Page } from "@playwright/test";
import { button, field, summary } from "../support/forms.js";
import { expect, test } from "../support/test.js";

const signInButton = (page: Page) => button(page, "Sign in");

/** Submits the sign-in form, whose requests wait until `release` is called. */
async function submitSlowly(page: Page): Promise<{ posts: () => number; release: () => void }> {
  let posts = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/actions/sign-in", async (route) => {
    posts += 1;
    await released;
    await route.continue();
  });
  await page.goto("/sign-in");
  await field(page, "E-mail address").fill("ada@example.org");
  await field(page, "Password").fill("a wrong guess at it");
  await signInButton(page).click({ noWaitAfter: true });
  await expect.poll(() => posts).toBe(1);
  return { posts: () => posts, release };
}

test("sending: the button is marked and the form is sent once", { tag: "@script" }, async ({ page }) => {
  const { posts, release } = await submitSlowly(page);
  await expect(signInButton(page)).toHaveAttribute("data-sending");
  await expect(signInButton(page)).toHaveCSS("color", "rgba(0, 0, 0, 0)");
  const spinner = await signInButton(page).evaluate((element) => getComputedStyle(element, "::after").animationName);
  expect(spinner).toContain("turn");
  await signInButton(page).click({ noWaitAfter: true });
  await field(page, "Password").press("Enter", { noWaitAfter: true });
  release();
  await expect(summary(page)).toBeFocused();
  expect(posts()).toBe(1);
  await expect(signInButton(page)).not.toHaveAttribute("data-sending");
});

test("sending: with reduced motion nothing moves", { tag: "@script" }, async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const { release } = await submitSlowly(page);
  await expect(signInButton(page)).toHaveAttribute("data-sending");
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  release();
  await expect(summary(page)).toBeFocused();
});

test("sending: ends with the page, so that the back button shows a usable form", { tag: "@script" }, async ({ page }) => {
  const { release } = await submitSlowly(page);
  await expect(signInButton(page)).toHaveAttribute("data-sending");
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await expect(signInButton(page)).not.toHaveAttribute("data-sending");
  release();
  await expect(summary(page)).toBeFocused();
  await page.goBack();
  await expect(summary(page)).toHaveCount(0);
  await expect(signInButton(page)).not.toHaveAttribute("data-sending");
  await field(page, "E-mail address").fill("ada@example.org");
  await field(page, "Password").fill("another wrong guess");
  await signInButton(page).click();
  await expect(summary(page)).toBeFocused();
});

test("sending: a stopped request leaves a usable form", { tag: "@script" }, async ({ page }) => {
  await page.clock.install();
  const { release } = await submitSlowly(page);
  await expect(signInButton(page)).toHaveAttribute("data-sending");
  await page.clock.runFor(10_000);
  await expect(signInButton(page)).not.toHaveAttribute("data-sending");
  release();
  await expect(summary(page)).toBeVisible();
});

test("sending: no listener keeps pages out of the back/forward cache", { tag: "@server" }, async ({ page }) => {
  await page.goto("/sign-in");
  const scripts = await page.locator("script").allTextContents();
  expect(scripts.join()).not.toMatch(/unload/);
});
