// WCAG 2.2 AA: keyboard access, focus indicators, reduced motion and forced colours. The axe checks
// are in states.spec.ts.

import type { Locator, Page } from "@playwright/test";
import { button, field, heading, notice, sections, signUp, submitSignUp, summary } from "../support/forms.js";
import { devices } from "../support/people.js";
import { expect, test } from "../support/test.js";

/** Presses Tab until `goal` has the focus; every stop on the way needs a visible focus indicator. */
async function tabTo(page: Page, goal: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return { html: element.outerHTML, style: outlineStyle, width: Number.parseFloat(outlineWidth) };
    });
    if (!stop) continue;
    expect(stop.style, stop.html).not.toBe("none");
    expect(stop.width, stop.html).toBeGreaterThanOrEqual(2);
  }
  throw new Error(`the keyboard does not reach ${String(goal)}`);
}

test("keyboard: every task works without a mouse", async ({ page, person, otherDevice }) => {
  const { keyboard } = page;
  await page.goto("/");
  await keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();

  await tabTo(page, page.getByRole("main").getByRole("link", { name: "Create account" }));
  await keyboard.press("Enter");
  await expect(heading(page, "Create your account")).toBeVisible();
  await tabTo(page, field(page, "E-mail address"));
  await keyboard.type(person.email);
  await tabTo(page, field(page, "Password"));
  await keyboard.type(person.password);
  await tabTo(page, field(page, "Keep me signed in on this device"));
  await keyboard.press("Space");
  await expect(field(page, "Keep me signed in on this device")).not.toBeChecked();
  await keyboard.press("Space");
  await keyboard.press("Enter");
  await expect(heading(page, "Your account")).toBeVisible();

  await tabTo(page, field(page, "Name (optional)"));
  await keyboard.type("Ada");
  await keyboard.press("Enter");
  await expect(notice(page)).toContainText("Your name is saved.");

  const other = await otherDevice(devices.curl);
  await other.goto("/sign-in");
  await field(other, "E-mail address").fill(person.email);
  await field(other, "Password").fill(person.password);
  await other.keyboard.press("Enter");
  await expect(heading(other, "Your account")).toBeVisible();
  await tabTo(page, sections(page).filter({ hasText: "Devices" }));
  await keyboard.press("Enter");
  await expect(page).toHaveURL("/account/sessions");
  await tabTo(page, page.getByRole("button", { name: /^Sign out of curl/ }));
  await keyboard.press("Enter");
  await expect(notice(page)).toContainText("The device is signed out.");

  await tabTo(page, sections(page).filter({ hasText: "Security" }));
  await keyboard.press("Enter");
  await expect(page).toHaveURL("/account/security");
  await tabTo(page, field(page, "Current password"));
  await keyboard.type(person.password);
  await tabTo(page, field(page, "New password"));
  await keyboard.type(`${person.password} changed`);
  await keyboard.press("Enter");
  await expect(notice(page)).toContainText("Your password is changed");

  await tabTo(page, button(page, "Sign out"));
  await keyboard.press("Enter");
  await expect(notice(page)).toContainText("You’re signed out.");
});

test("keyboard: the reveal button is reachable", { tag: "@script" }, async ({ page }) => {
  await page.goto("/sign-in");
  await tabTo(page, field(page, "Password"));
  await expect(button(page, "Show password")).toBeVisible();
  await tabTo(page, button(page, "Show password"));
  await page.keyboard.press("Space");
  await expect(field(page, "Password")).toHaveAttribute("type", "text");
});

test("sign-in: the first field has the focus", async ({ page }) => {
  await page.goto("/sign-in");
  await expect(field(page, "E-mail address")).toBeFocused();
});

test("reduced motion: no animation runs", async ({ page, person }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signUp(page, person);
  const moving = await page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});

test("forced colours: the primary button, invalid fields and the current section stand out", async ({ page, person }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("/sign-up");
  const style = (subject: Locator) =>
    subject.evaluate((element) => {
      const { backgroundColor, color, borderTopWidth, borderTopStyle, textDecorationLine } = getComputedStyle(element);
      return { backgroundColor, color, border: `${borderTopWidth} ${borderTopStyle}`, textDecorationLine };
    });
  const valid = await style(field(page, "E-mail address"));
  await submitSignUp(page, { ...person, email: "nobody" });
  await expect(summary(page)).toBeVisible();
  expect((await style(field(page, "E-mail address"))).border).not.toBe(valid.border);
  await page.goto("/");
  const links = page.getByRole("main");
  const [primary, other] = [links.getByRole("link", { name: "Create account" }), links.getByRole("link", { name: "Sign in" })];
  expect((await style(primary)).backgroundColor).not.toBe((await style(other)).backgroundColor);
  await signUp(page, person);
  expect((await style(page.locator("[aria-current]"))).textDecorationLine).toBe("underline");
  expect((await style(sections(page).last())).textDecorationLine).toBe("none");
});

test("forced colours: the header stays inside the column", async ({ page, person }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await signUp(page, person);
  const right = (subject: Locator) => subject.evaluate((element) => element.getBoundingClientRect().right);
  const column = await right(page.getByRole("main").getByRole("navigation").first());
  expect(await right(button(page, "Sign out"))).toBeLessThanOrEqual(column);
});

test("forced colours: the focus indicator is visible", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("/sign-in");
  await tabTo(page, button(page, "Sign in"));
});
