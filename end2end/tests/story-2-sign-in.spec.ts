// Story 2: sign in.

import {
  button,
  expectRefused,
  expectSignedIn,
  expectSignedOut,
  field,
  guessUntilSlowedDown,
  heading,
  signIn,
  signOut,
  signUp,
  submitSignIn,
  submitSignUp,
  summary,
} from "../support/forms.js";
import { expect, test } from "../support/test.js";
import { afterRestart, cookie } from "../support/tokens.js";

test("sign-in: shows the account page", async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await signIn(page, person);
  await expect(page).toHaveURL("/account");
});

test("sign-in: the address is case-insensitive", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await signIn(page, { ...person, email: person.email.toUpperCase() });
});

test("sign-in: a wrong password and an unknown address show the same error", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const answers = [];
  for (const email of [person.email, `un${person.email}`]) {
    const visitor = await otherDevice();
    const answered = visitor.waitForResponse((response) => response.request().method() === "POST");
    await submitSignIn(visitor, { email, password: "a wrong guess at it" });
    await expectRefused(visitor, "The e-mail address or the password isn’t right.");
    await expect(visitor).toHaveURL("/sign-in");
    await expect(field(visitor, "E-mail address")).toHaveValue(email);
    await expect(field(visitor, "Password")).toHaveValue("");
    answers.push({
      status: (await answered).status(),
      text: (await visitor.getByRole("main").innerText()).replaceAll(email, ""),
      cookies: (await visitor.context().cookies()).map(({ name }) => name),
    });
  }
  expect(answers[1]).toEqual(answers[0]);
});

test("sign-in: the session survives a browser restart", async ({ page, context, person, otherDevice }) => {
  await signUp(page, person);
  const reopened = await otherDevice({ storageState: await afterRestart(context) });
  await expectSignedIn(reopened, person);
});

test("sign-in: without “keep me signed in” the session ends with the browser", async ({ page, context, person, otherDevice }) => {
  await signUp(page, person);
  await signOut(page);
  await signIn(page, person, { keep: false });
  for (const kind of ["access", "session"] as const) expect((await cookie(context, kind)).expires).toBe(-1);
  await expectSignedIn(page, person);
  const reopened = await otherDevice({ storageState: await afterRestart(context) });
  await expectSignedOut(reopened);
});

test("sign-in: a rejected form keeps the box unchecked", async ({ page, context, person }) => {
  await signUp(page, person);
  await signOut(page);
  await submitSignIn(page, { ...person, password: "a wrong guess at it" }, { keep: false });
  await expect(summary(page)).toBeVisible();
  await expect(field(page, "Keep me signed in on this device")).not.toBeChecked();
  await field(page, "Password").fill(person.password);
  await button(page, "Sign in").click();
  await expect(heading(page, "Your account")).toBeVisible();
  expect((await cookie(context, "session")).expires).toBe(-1);
});

test("sign-in: an empty form reports both fields", { tag: "@server" }, async ({ page }) => {
  await submitSignIn(page, { email: "", password: "" });
  await expect(summary(page).getByRole("listitem")).toHaveText([/^Enter your e-mail address/, /^Enter a password/]);
  await expect(summary(page)).toBeFocused();
});

test("sign-up: without “keep me signed in” the cookies are session cookies", { tag: "@server" }, async ({ page, context, person }) => {
  await signUp(page, person, { keep: false });
  for (const kind of ["access", "session"] as const) expect((await cookie(context, kind)).expires).toBe(-1);
});

test("sign-in: repeated wrong passwords are rate limited", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const attacker = await otherDevice();
  await guessUntilSlowedDown(attacker, person.email);
  // The limit also applies to the correct password; existing sessions are not affected.
  await submitSignIn(attacker, person);
  await expect(summary(attacker)).toContainText("Too many attempts.");
  await expectSignedIn(page, person);
});

test("return address: used after sign-in", async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await page.goto("/account/activity?before=999999999");
  await expect(page).toHaveURL("/sign-in?next=%2Faccount%2Factivity%3Fbefore%3D999999999");
  await submitSignIn(page, person, { at: page.url() });
  await expect(page).toHaveURL("/account/activity?before=999999999");
});

test("return address: kept after a wrong password", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await submitSignIn(page, { ...person, password: "a wrong guess at it" }, { at: "/sign-in?next=%2F" });
  await expect(summary(page)).toBeVisible();
  await field(page, "Password").fill(person.password);
  await button(page, "Sign in").click();
  // The start page of a signed-in user is the account page.
  await expect(page).toHaveURL("/account");
  await expect(button(page, "Sign out")).toBeVisible();
});

test("return address: used after sign-up", { tag: "@server" }, async ({ page, person }) => {
  await page.goto("/sign-in?next=%2Faccount%2Factivity%3Fbefore%3D999999999");
  await page.getByRole("main").getByRole("link", { name: "Create an account" }).click();
  await expect(heading(page, "Create your account")).toBeVisible();
  await submitSignUp(page, person, { at: page.url() });
  await expect(page).toHaveURL("/account/activity?before=999999999");
});

const otherSites = [
  "//evil.example",
  "https://evil.example/",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/%5cevil.example/..//evil.example",
  "javascript:alert(1)",
  "evil.example",
];
test("return address: other sites are ignored", { tag: "@server" }, async ({ page, baseURL, person }) => {
  await signUp(page, person);
  for (const next of otherSites) {
    await test.step(next, async () => {
      await signOut(page);
      await submitSignIn(page, person, { at: `/sign-in?next=${encodeURIComponent(next)}` });
      await expect(button(page, "Sign out")).toBeVisible();
      expect(new URL(page.url()).origin).toBe(baseURL);
    });
  }
});

test("sign-in and sign-up: redirect a signed-in user to the account", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  for (const path of ["/sign-in", "/sign-up"]) {
    await page.goto(path);
    await expect(page).toHaveURL("/account");
  }
});
