// Story 1: sign up with e-mail address, password and optional name.

import { randomInt } from "node:crypto";
import {
  button,
  expectFieldRefused,
  expectNotice,
  expectSignedIn,
  expectSignedOut,
  field,
  heading,
  signIn,
  signOut,
  signUp,
  submitSignIn,
  submitSignUp,
  summary,
} from "../support/forms.js";
import { servers } from "../support/servers.js";
import { expect, test } from "../support/test.js";
import { accessToken, cookie } from "../support/tokens.js";

test("sign-up: creates an account and signs in", async ({ page, person }) => {
  await submitSignUp(page, person);
  await expect(page).toHaveURL("/account");
  await expectNotice(page, "Your account is created, and you’re signed in.");
  await expect(heading(page, "Your account")).toBeVisible();
  await expect(page.getByRole("main").getByText(person.email, { exact: true })).toBeVisible();
  await expect(page.getByRole("banner").getByText(person.name)).toBeVisible();
});

test("sign-up: the name is optional", async ({ page, person }) => {
  await signUp(page, { ...person, name: "" });
  await expect(field(page, "Name (optional)")).toHaveValue("");
  await expect(page.getByRole("banner").getByText(person.email)).toBeVisible();
});

test("sign-up: the access cookie is a JWT without personal data", { tag: "@server" }, async ({ page, context, person }) => {
  const began = Math.floor(Date.now() / 1000);
  await signUp(page, person);
  const { header, claims } = await accessToken(context);
  expect(header).toMatchObject({ typ: "at+jwt", kid: expect.any(String) });
  expect(["HS256", "EdDSA"]).toContain(header.alg);
  expect(claims).toMatchObject({
    iss: servers.main.url,
    aud: servers.main.url,
    sub: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
    user_id: claims.sub,
    sid: expect.any(String),
    jti: expect.any(String),
    exp: claims.iat + 15 * 60,
  });
  expect(Math.abs(claims.iat - began)).toBeLessThanOrEqual(30);
  expect(JSON.stringify(claims)).not.toContain(person.email);
  expect(JSON.stringify(claims)).not.toContain(person.name);
});

test("sign-up: cookies are HttpOnly and SameSite=Lax", { tag: "@server" }, async ({ page, context, person, javaScriptEnabled }) => {
  await signUp(page, person);
  for (const kind of ["access", "session"] as const) {
    expect(await cookie(context, kind)).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/", domain: "localhost" });
  }
  if (javaScriptEnabled !== false) expect(await page.evaluate(() => document.cookie)).toBe("");
});

const spellings: [string, (email: string) => string][] = [
  ["unchanged", (email) => email],
  ["in capitals", (email) => email.toUpperCase()],
  ["in full-width letters", (email) => email.replace("ada", "ａｄａ")],
  ["with surrounding spaces", (email) => ` ${email} `],
];
for (const [how, spell] of spellings) {
  test(`sign-up: a taken address shows an error, ${how}`, { tag: "@server" }, async ({ page, person, otherDevice }) => {
    await signUp(page, person);
    const other = await otherDevice();
    await submitSignUp(other, { ...person, email: spell(person.email) });
    await expectFieldRefused(other, "E-mail address", "There is already an account with this e-mail address.");
    await expectSignedOut(other);
  });
}

test("sign-up: composed and decomposed accents are the same address", { tag: "@server" }, async ({ page, person, otherDevice }) => {
  await signUp(page, { ...person, email: person.email.replace("ada", "jos\u{e9}") });
  const other = await otherDevice();
  await submitSignUp(other, { ...person, email: person.email.replace("ada", "jose\u{301}") });
  await expectFieldRefused(other, "E-mail address", "There is already an account with this e-mail address.");
});

for (const email of ["nobody", "nobody@", "@example.org", "nobody@example", "no body@example.org", "Ada <ada@example.org>"]) {
  test(`sign-up: the address ${email} is refused and kept in the form`, { tag: "@server" }, async ({ page, person }) => {
    await submitSignUp(page, { ...person, email });
    await expect(page).toHaveURL("/sign-up");
    await expectFieldRefused(page, "E-mail address", "Enter an e-mail address like name@example.com.");
    await expect(field(page, "E-mail address")).toHaveValue(email);
    await expect(field(page, "Name (optional)")).toHaveValue(person.name);
    await expect(field(page, "Password")).toHaveValue("");
  });
}

test("sign-up: a missing address shows an error", { tag: "@server" }, async ({ page, person }) => {
  await submitSignUp(page, { ...person, email: "" });
  await expectFieldRefused(page, "E-mail address", "Enter your e-mail address.");
});

const weak: [string, string | ((email: string) => string), string][] = [
  ["missing", "", "Enter a password."],
  ["too short", "kF7#qz!", "Use at least 8 characters for the password."],
  ["too long", "kF7#qz!p".repeat(16) + "x", "Use at most 128 characters for the password."],
  ["common", "password1", "This is a commonly used password."],
  ["contains the address", (email) => `${email}-2026`, "Leave your e-mail address"],
  ["contains the product’s name", "my latchkey 90417 kite", "“latchkey” out of the password"],
  ["a common word", "Summer2024!", "This is a commonly used password with digits or signs added."],
  ["a repetition", "abcabcabcabcabc", "This password repeats a few characters."],
];
for (const [what, password, reason] of weak) {
  test(`sign-up: a weak password shows the reason: ${what}`, { tag: "@server" }, async ({ page, person }) => {
    const chosen = typeof password === "string" ? password : password(person.email);
    await submitSignUp(page, { ...person, password: chosen });
    await expectFieldRefused(page, "Password", reason);
    await expect(field(page, "Password")).toHaveValue("");
    await expect(field(page, "E-mail address")).toHaveValue(person.email);
    // The password appears neither in the URL nor on the page.
    await expect(page).toHaveURL("/sign-up");
    if (chosen) expect(await page.content()).not.toContain(chosen);
  });
}

test("sign-up: a taken address leads to the sign-in form with the address", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const other = await otherDevice();
  await submitSignUp(other, person, { at: "/sign-up?next=%2Faccount%3Fbefore%3D999999999", keep: false });
  const remedy = summary(other).getByRole("link", { name: "Sign in instead" });
  await expect(remedy).toBeVisible();
  await remedy.click();
  await expect(other).toHaveURL("/sign-in?next=%2Faccount%3Fbefore%3D999999999");
  await expect(field(other, "E-mail address")).toHaveValue(person.email);
  await expect(field(other, "Password")).toBeFocused();
  await expect(field(other, "Keep me signed in on this device")).not.toBeChecked();
  await field(other, "Password").fill(person.password);
  await button(other, "Sign in").click();
  await expect(other).toHaveURL("/account?before=999999999");
});

test("sign-up: a rejected form keeps all fields but the password", async ({ page, person }) => {
  await submitSignUp(page, { ...person, email: "  Ada@Example", password: "short" }, { keep: false });
  await expect(summary(page)).toBeVisible();
  await expect(field(page, "Keep me signed in on this device")).not.toBeChecked();
  await expect(field(page, "Name (optional)")).toHaveValue(person.name);
  await expect(field(page, "Password")).toHaveValue("");
  await field(page, "E-mail address").fill(person.email);
  await field(page, "Password").fill(person.password);
  await button(page, "Create account").click();
  await expect(heading(page, "Your account")).toBeVisible();
  expect((await cookie(page.context(), "session")).expires).toBe(-1);
});

for (const [what, name, reason] of [
  ["an invisible one", "\u{200b}", "The name has no visible character."],
  ["one that reads backwards", "\u{202e}nimda", "changes the direction of text"],
  ["one with an invisible character", "A\u{200b}da", "The name has an invisible character."],
] as const) {
  test(`sign-up: a misleading name is refused: ${what}`, { tag: "@server" }, async ({ page, person }) => {
    await submitSignUp(page, { ...person, name });
    await expectFieldRefused(page, "Name (optional)", reason);
    await expect(field(page, "Name (optional)")).toHaveValue(name);
  });
}

test("sign-up: an invisible character in the address is named", { tag: "@server" }, async ({ page, person }) => {
  await submitSignUp(page, { ...person, email: `\u{200b}${person.email}` });
  await expectFieldRefused(page, "E-mail address", "The e-mail address has an invisible character.");
});

test("sign-up: an empty form reports both fields", { tag: "@server" }, async ({ page, person }) => {
  await submitSignUp(page, { ...person, email: "", password: "" });
  await expect(summary(page).getByRole("listitem")).toHaveText([/^Enter your e-mail address/, /^Enter a password/]);
  await expect(summary(page)).toBeFocused();
});

test("sign-up: a bad address and a common password are both reported", { tag: "@server" }, async ({ page, person }) => {
  await submitSignUp(page, { ...person, email: "nobody", password: "password1" });
  await expect(summary(page).getByRole("listitem")).toHaveText([/^Enter an e-mail address/, /^This is a commonly used/]);
});

test("sign-up: the summary lists all invalid fields in form order", async ({ page, person }) => {
  await submitSignUp(page, { ...person, email: "nobody", password: "short" });
  await expect(summary(page).getByRole("listitem")).toHaveText([/^Enter an e-mail address/, /^Use at least 8/]);
  await summary(page).getByRole("link", { name: /^Use at least 8/ }).click();
  await expect(field(page, "Password")).toBeFocused();
});

test("sign-up: a password of 128 emoji is compared in full", { tag: "@server" }, async ({ page, person }) => {
  const emoji = Array.from({ length: 128 }, () => String.fromCodePoint(0x1f600 + randomInt(64)));
  const password = emoji.join("");
  await signUp(page, { ...person, password });
  await signOut(page);
  await submitSignIn(page, { ...person, password: emoji.slice(0, -1).join("") });
  await expect(summary(page)).toBeVisible();
  await signIn(page, { ...person, password });
});

test("sign-up: leading and trailing spaces of a password count", { tag: "@server" }, async ({ page, person }) => {
  const password = `  ${person.password}  `;
  await signUp(page, { ...person, password });
  await signOut(page);
  await submitSignIn(page, { ...person, password: password.trim() });
  await expect(summary(page)).toBeVisible();
  await signIn(page, { ...person, password });
});

test("sign-up: a lower-case password is accepted by default", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, { ...person, password: "gravel umbrella tonsil quickly" });
  await expectSignedIn(page, person);
});

test("sign-up: concurrent sign-ups with one address create one account", { tag: "@server" }, async ({ page, person, otherDevice }) => {
  const pages = [page, await otherDevice()];
  await Promise.all(pages.map((each) => submitSignUp(each, person)));
  const made = pages.map((each) => heading(each, "Your account").or(summary(each)));
  for (const either of made) await expect(either).toBeVisible();
  const accounts = await Promise.all(pages.map((each) => heading(each, "Your account").count()));
  expect(accounts.sort()).toEqual([0, 1]);
});

test.describe("with composition rules", () => {
  test.use({ baseURL: servers.strict.url });

  test("sign-up: a password needs upper case, lower case and a digit", { tag: "@server" }, async ({ page, person }) => {
    await submitSignUp(page, { ...person, password: "quiet harbour without any digit" });
    await expectFieldRefused(page, "Password", "Use at least one upper-case letter, one lower-case letter and one digit");
    await signUp(page, person);
  });
});
