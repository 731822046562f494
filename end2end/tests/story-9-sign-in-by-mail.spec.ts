// Story 9: sign in with a code or a link sent by e-mail.

import {
  button,
  expectFieldRefused,
  expectNotice,
  expectSignedIn,
  expectSignedOut,
  field,
  heading,
  openSection,
  signIn,
  signOut,
} from "../support/forms.js";
import { newPerson } from "../support/people.js";
import { servers } from "../support/servers.js";
import {
  askForCode,
  followSignInLink,
  openSignInMessage,
  otherCode,
  readCode,
  signInByMail,
} from "../support/sign-in-by-mail.js";
import { expect, test } from "../support/test.js";

test.use({ baseURL: servers.byMail.url });

test("sign in by mail: a code creates an account, which gets a password", async ({ page, person }) => {
  await askForCode(page, person.email);
  await expect(page.getByRole("main")).toContainText(person.email);
  await expect(field(page, "Code")).toBeFocused();
  await field(page, "Code").fill(await readCode(page, person.email));
  await button(page, "Sign in").click();
  await expectNotice(page, "Your account is created");
  await expectSignedIn(page, person);
  await openSection(page, "Security");
  await field(page, "New password").fill(person.password);
  await button(page, "Set password").click();
  await expectNotice(page, "Your password is set");
  await signOut(page);
  await signIn(page, person);
});

test("sign in by mail: the page asks for the address", async ({ page, person }) => {
  await page.goto("/sign-in");
  await button(page, "E-mail me a code").click();
  await expect(heading(page, "Sign in by e-mail")).toBeVisible();
  await expect(field(page, "E-mail address")).toBeFocused();
  await button(page, "E-mail me a code").click();
  await expectFieldRefused(page, "E-mail address", "Enter your e-mail address.");
  await field(page, "E-mail address").fill(person.email);
  await button(page, "E-mail me a code").click();
  await expect(heading(page, "Check your mail")).toBeVisible();
  await button(page, "Send another message").click();
  await expectNotice(page, "We’ve sent another message");
});

test("sign in by mail: a wrong code is refused", async ({ page, person }) => {
  await askForCode(page, person.email);
  const code = await readCode(page, person.email);
  await field(page, "Code").fill(otherCode(code));
  await button(page, "Sign in").click();
  await expectFieldRefused(page, "Code", "This code isn’t right");
  await field(page, "Code").fill(code);
  await button(page, "Sign in").click();
  await expectSignedIn(page, person);
});

test("sign in by mail: a link in the browser that asked", async ({ page, person }) => {
  await askForCode(page, person.email);
  await openSignInMessage(page, person.email);
  await followSignInLink(page);
  await expect(page.getByRole("main")).not.toContainText("Only continue");
  await button(page, `Sign in as ${person.email}`).click();
  await expectSignedIn(page, person);
});

test("sign in by mail: a link on another device", async ({ page, person, otherDevice }) => {
  await askForCode(page, person.email);
  const other = await otherDevice({ baseURL: servers.byMail.url });
  await openSignInMessage(other, person.email);
  await followSignInLink(other);
  await expect(other.getByRole("main")).toContainText("Only continue if you asked for it yourself");
  await button(other, `Sign in as ${person.email}`).click();
  await expectSignedIn(other, person);
  await expectSignedOut(page);
  await page.goto("/sign-in/code");
  await field(page, "Code").fill("123456");
  await button(page, "Sign in").click();
  await expectFieldRefused(page, "Code", "This code isn’t right");
});

test("sign in by mail: the page does not reveal accounts", async ({ page, person }) => {
  await signInByMail(page, person.email);
  await signOut(page);
  const texts: string[] = [];
  for (const { email } of [person, newPerson()]) {
    await askForCode(page, email);
    texts.push((await page.getByRole("main").innerText()).replace(email, ""));
  }
  expect(texts[0]).toBe(texts[1]);
});
