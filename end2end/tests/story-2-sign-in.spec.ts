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

test("the owner of an account signs in", async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await signIn(page, person);
  await expect(page).toHaveURL("/account");
});

test("the address may be written in any spelling", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await signIn(page, { ...person, email: person.email.toUpperCase() });
});

test("a wrong password and an unknown address get the same answer", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const answers = [];
  for (const email of [person.email, `un${person.email}`]) {
    const stranger = await otherDevice();
    const answered = stranger.waitForResponse((response) => response.request().method() === "POST");
    await submitSignIn(stranger, { email, password: "a wrong guess at it" });
    await expectRefused(stranger, "The e-mail address or the password isn’t right.");
    await expect(stranger).toHaveURL("/sign-in");
    await expect(field(stranger, "E-mail address")).toHaveValue(email);
    await expect(field(stranger, "Password")).toHaveValue("");
    answers.push({
      status: (await answered).status(),
      text: (await stranger.getByRole("main").innerText()).replaceAll(email, ""),
      cookies: (await stranger.context().cookies()).map(({ name }) => name),
    });
  }
  expect(answers[1]).toEqual(answers[0]);
});

test("one stays signed in when the browser is closed and opened again", async ({ page, context, person, otherDevice }) => {
  await signUp(page, person);
  const reopened = await otherDevice({ storageState: await afterRestart(context) });
  await expectSignedIn(reopened, person);
});

test("without “keep me signed in” a sign-in lasts until the browser is closed", async ({ page, context, person, otherDevice }) => {
  await signUp(page, person);
  await signOut(page);
  await signIn(page, person, { keep: false });
  for (const kind of ["access", "session"] as const) expect((await cookie(context, kind)).expires).toBe(-1);
  await expectSignedIn(page, person);
  const reopened = await otherDevice({ storageState: await afterRestart(context) });
  await expectSignedOut(reopened);
});

test("without “keep me signed in” a sign-up lasts until the browser is closed", { tag: "@server" }, async ({ page, context, person }) => {
  await signUp(page, person, { keep: false });
  for (const kind of ["access", "session"] as const) expect((await cookie(context, kind)).expires).toBe(-1);
});

test("guessing is slowed down, and the page says for how long", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const guesser = await otherDevice();
  await guessUntilSlowedDown(guesser, person.email);
  // Not even the right password gets in now, while the owner's session goes on.
  await submitSignIn(guesser, person);
  await expect(summary(guesser)).toContainText("Too many attempts.");
  await expectSignedIn(page, person);
});

test("a person on the way somewhere arrives there after signing in", async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await page.goto("/account?before=999999999");
  await expect(page).toHaveURL("/sign-in?next=%2Faccount%3Fbefore%3D999999999");
  await submitSignIn(page, person, { at: page.url() });
  await expect(page).toHaveURL("/account?before=999999999");
});

test("a wrong password on the way somewhere does not lose the way", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await submitSignIn(page, { ...person, password: "a wrong guess at it" }, { at: "/sign-in?next=%2F" });
  await expect(summary(page)).toBeVisible();
  await field(page, "Password").fill(person.password);
  await button(page, "Sign in").click();
  await expect(page).toHaveURL("/");
  await expect(button(page, "Sign out")).toBeVisible();
});

test("a person without an account on the way somewhere arrives there after signing up", { tag: "@server" }, async ({ page, person }) => {
  await page.goto("/sign-in?next=%2Faccount%3Fbefore%3D999999999");
  await page.getByRole("main").getByRole("link", { name: "Create an account" }).click();
  await expect(heading(page, "Create your account")).toBeVisible();
  await submitSignUp(page, person, { at: page.url() });
  await expect(page).toHaveURL("/account?before=999999999");
});

const elsewhere = [
  "//evil.example",
  "https://evil.example/",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/%5cevil.example/..//evil.example",
  "javascript:alert(1)",
  "evil.example",
];
test("nobody is sent to another site after signing in", { tag: "@server" }, async ({ page, baseURL, person }) => {
  await signUp(page, person);
  for (const next of elsewhere) {
    await test.step(next, async () => {
      await signOut(page);
      await submitSignIn(page, person, { at: `/sign-in?next=${encodeURIComponent(next)}` });
      await expect(button(page, "Sign out")).toBeVisible();
      expect(new URL(page.url()).origin).toBe(baseURL);
    });
  }
});

test("who is signed in already need not sign in again", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  for (const path of ["/sign-in", "/sign-up"]) {
    await page.goto(path);
    await expect(page).toHaveURL("/account");
  }
});
