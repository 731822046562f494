// The API reference page.

import type { Page } from "@playwright/test";
import { heading } from "../support/forms.js";
import { expect, test } from "../support/test.js";

interface Document {
  paths: Record<string, Record<string, { operationId: string; summary: string }>>;
}

/** The operation's element that opens and closes. */
const operation = (page: Page, id: string) => page.locator("details.operation", { has: page.locator(`#${id}`) });

test("API page: lists every operation of the OpenAPI document", async ({ page }) => {
  const document = (await (await page.request.get("/api/openapi.json")).json()) as Document;
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  expect(operations.length).toBeGreaterThan(20);
  await page.goto("/docs");
  await expect(heading(page, "The API")).toBeVisible();
  const contents = page.getByRole("navigation", { name: "Operations" });
  for (const { operationId } of operations) {
    await expect(contents.locator(`a[href="#${operationId}"]`)).toHaveCount(1);
    await expect(page.locator(`details.operation > #${operationId}`)).toBeHidden();
  }
  await contents.locator('a[href="#signIn"]').click();
  await expect(page).toHaveURL(/#signIn$/);
  // The link opens the operation.
  await expect(page.locator("#signIn")).toBeInViewport();
  await expect(operation(page, "signIn").getByRole("heading", { level: 3 })).toBeInViewport();
});

test("API page: an operation shows its request, response and errors", async ({ page }) => {
  await page.goto("/docs#signUp");
  const signUp = operation(page, "signUp");
  await expect(signUp.locator(".line")).toHaveText("POST /api/auth/sign-up/email");
  await expect(signUp.getByText("at most 128 characters").first()).toBeVisible();
  await expect(signUp.getByRole("group", { name: "Example request: Create an account" })).toContainText("curl -X POST");
  await expect(signUp.getByText("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")).toBeHidden();
  await signUp.getByText("Errors", { exact: true }).click();
  await expect(signUp.getByText("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")).toBeVisible();
  await expect(signUp.getByText("with Retry-After X-Retry-After").first()).toBeVisible();
});

test("API page: folded, it is short on a phone", { tag: "@server" }, async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/docs");
  await expect(page.locator("details.operation").first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(8_000);
});

test("API page: long lines scroll in their own box, also by keyboard", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/docs");
  await operation(page, "signUp").locator("> summary").press("Enter");
  const line = page.locator("#signUp").getByRole("group", { name: "Example request: Create an account" });
  await line.focus();
  await expect(line).toBeFocused();
  const { box, content } = await line.evaluate((element) => ({ box: element.clientWidth, content: element.scrollWidth }));
  expect(content).toBeGreaterThan(box);
  const whole = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(whole).toBeLessThanOrEqual(320);
});

test("API page: is linked from the home page and links to the OpenAPI document", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("main").getByRole("link", { name: "the API" }).click();
  await expect(heading(page, "The API")).toBeVisible();
  await expect(page.getByRole("link", { name: "OpenAPI document" })).toHaveAttribute("href", "/api/openapi.json");
});

test("API page: long lines wrap in print", { tag: "@server" }, async ({ page }) => {
  await page.goto("/docs");
  await page.emulateMedia({ media: "print" });
  const wrapping = await page.locator("pre").first().evaluate((element) => getComputedStyle(element).whiteSpace);
  expect(wrapping).toBe("pre-wrap");
});
