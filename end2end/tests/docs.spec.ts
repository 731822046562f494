// The API reference page.

import { heading } from "../support/forms.js";
import { expect, test } from "../support/test.js";

interface Document {
  paths: Record<string, Record<string, { operationId: string; summary: string }>>;
}

test("API page: lists every operation of the OpenAPI document", async ({ page }) => {
  const document = (await (await page.request.get("/api/openapi.json")).json()) as Document;
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  expect(operations.length).toBeGreaterThan(20);
  await page.goto("/docs");
  await expect(heading(page, "The API")).toBeVisible();
  const contents = page.getByRole("navigation", { name: "Operations" });
  for (const { operationId } of operations) {
    await expect(contents.locator(`a[href="#${operationId}"]`)).toHaveCount(1);
    await expect(page.locator(`section#${operationId}`)).toHaveCount(1);
  }
  await contents.locator('a[href="#signIn"]').click();
  await expect(page).toHaveURL(/#signIn$/);
  await expect(page.locator("#signIn").getByRole("heading", { level: 3 })).toBeInViewport();
});

test("API page: an operation shows its request, response and errors", async ({ page }) => {
  await page.goto("/docs#signUp");
  const operation = page.locator("#signUp");
  await expect(operation.locator(".line")).toHaveText("POST /api/auth/sign-up/email");
  await expect(operation.getByText("at most 128 characters").first()).toBeVisible();
  await expect(operation.getByText("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")).toBeVisible();
  await expect(operation.getByRole("group", { name: "Example request: Create an account" })).toContainText("curl -X POST");
  await expect(operation.getByText("with Retry-After X-Retry-After").first()).toBeVisible();
});

test("API page: long lines scroll in their own box, also by keyboard", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/docs");
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
