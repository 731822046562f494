// The page about the API: what a developer reads before writing a program.

import { heading } from "../support/forms.js";
import { expect, test } from "../support/test.js";

interface Document {
  paths: Record<string, Record<string, { operationId: string; summary: string }>>;
}

test("every operation of the document is on the page and can be reached from its contents", async ({ page }) => {
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

test("an operation says what to send, what comes back and what can go wrong", async ({ page }) => {
  await page.goto("/docs#signUp");
  const operation = page.locator("#signUp");
  await expect(operation.locator(".line")).toHaveText("POST /api/auth/sign-up/email");
  await expect(operation.getByText("at most 128 characters").first()).toBeVisible();
  await expect(operation.getByText("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")).toBeVisible();
  await expect(operation.getByRole("group", { name: "Example request: Create an account" })).toContainText("curl -X POST");
  await expect(operation.getByText("with Retry-After X-Retry-After").first()).toBeVisible();
});

test("long lines scroll in their own box, by keyboard, too", async ({ page }) => {
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

test("the page leads to the document, and the start page to the page", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("main").getByRole("link", { name: "the API" }).click();
  await expect(heading(page, "The API")).toBeVisible();
  await expect(page.getByRole("link", { name: "the same as an OpenAPI document" })).toHaveAttribute("href", "/api/openapi.json");
});

test("on paper nothing is cut off", { tag: "@server" }, async ({ page }) => {
  await page.goto("/docs");
  await page.emulateMedia({ media: "print" });
  const wrapping = await page.locator("pre").first().evaluate((element) => getComputedStyle(element).whiteSpace);
  expect(wrapping).toBe("pre-wrap");
});
