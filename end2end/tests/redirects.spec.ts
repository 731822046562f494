// Addresses that lead to another page, and the pages that settings choose.

import { button, expectNotice, heading, notice, signIn, signOut, signUp, submitSignIn, submitSignUp } from "../support/forms.js";
import { app, servers } from "../support/servers.js";
import { expect, test } from "../support/test.js";

test("redirects: usual names and trailing slashes lead to the page", async ({ page }) => {
  for (const [path, target] of [
    ["/login", "/sign-in"],
    ["/login/?next=%2Fdocs", "/sign-in?next=%2Fdocs"],
    ["/signup", "/sign-up"],
    ["/register?next=%2Fdocs", "/sign-up?next=%2Fdocs"],
    ["/sign-in/", "/sign-in"],
    ["/docs/", "/docs"],
    ["/account/sessions/?all", "/sign-in?next=%2Faccount%2Fsessions%3Fall"],
  ] as const) {
    await page.goto(path);
    await expect(page).toHaveURL(target);
  }
});

test("redirects: password managers find the form that changes the password", async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await page.goto("/.well-known/change-password");
  await expect(heading(page, "Sign in")).toBeVisible();
  await signIn(page, person, { at: page.url() });
  await expect(page).toHaveURL("/account/security");
  await page.goto("/.well-known/change-password");
  await expect(button(page, "Change password")).toBeVisible();
  const unknown = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
  expect((await page.goto(unknown))?.status()).toBe(404);
});

test("start page: leads a signed-in user to the account", async ({ page, person }) => {
  await page.goto("/");
  await expect(heading(page, "One account, safely kept")).toBeVisible();
  await signUp(page, person);
  await page.getByRole("link", { name: "Latchkey" }).click();
  await expect(page).toHaveURL("/account");
  await expect(notice(page)).toHaveCount(0);
});

test.describe("with the home page and the page after sign-out on another origin", () => {
  test.use({ baseURL: servers.away.url });

  test("sign-up, sign-in and the start page lead to the app", async ({ page, person }) => {
    await submitSignUp(page, person);
    await expect(page).toHaveURL(`${app}/tasks`);
    for (const path of ["/", "/sign-in"]) {
      await page.goto(path);
      await expect(page).toHaveURL(`${app}/tasks`);
    }
    // The app did not show the notice, and later pages do not either.
    await page.goto("/account");
    await expect(heading(page, "Your account")).toBeVisible();
    await expect(notice(page)).toHaveCount(0);
    await button(page, "Sign out").click();
    await expect(page).toHaveURL(`${app}/bye`);
    await page.goto("/sign-in");
    await expect(notice(page)).toHaveCount(0);
    await submitSignIn(page, person);
    await expect(page).toHaveURL(`${app}/tasks`);
  });

  test("a return address has precedence", async ({ page, person }) => {
    await submitSignUp(page, person, { at: "/sign-up?next=%2Faccount%2Fsecurity" });
    await expect(page).toHaveURL("/account/security");
    await expectNotice(page, "Your account is created");
  });
});
