// The stock Expo client (`@better-auth/expo`). It stores cookies itself and sends `expo-origin` instead of `Origin`.

import { expect } from "@playwright/test";
import { newPerson } from "../../support/people.js";
import type { Latchkey } from "../support/latchkey.js";
import { latchkeyTest } from "../support/test.js";
import { expoApp } from "./expo.js";

const test = latchkeyTest({ LATCHKEY_TRUSTED_ORIGINS: "myapp://" });

/** The user of the session in a `Cookie` header. */
async function userOf({ url }: Latchkey, cookie: string) {
  const answer = await fetch(`${url}/api/auth/get-session`, { headers: { cookie } });
  return (await answer.json())?.user?.email;
}

test("an app uses every function, and sign-out ends the session", async ({ latchkey }) => {
  const app = await expoApp(latchkey.url, { scheme: "myapp", cookiePrefix: "latchkey" });
  const person = newPerson();
  expect((await app.signUp.email(person)).error).toBeNull();
  expect((await app.updateUser({ name: "Countess" })).error).toBeNull();
  expect((await app.signIn.email(person)).error).toBeNull();
  expect((await app.getSession()).data?.user).toMatchObject({ email: person.email, name: "Countess" });
  const newPassword = "another otter lantern 7";
  const passwords = { currentPassword: person.password, newPassword, revokeOtherSessions: true };
  expect((await app.changePassword(passwords)).error).toBeNull();
  expect((await app.listSessions()).data).toHaveLength(1);
  const cookie = await app.getCookie();
  expect(await userOf(latchkey, cookie)).toBe(person.email);
  expect((await app.signOut()).error).toBeNull();
  expect(await app.getCookie()).toBe("");
  expect(await userOf(latchkey, cookie)).toBeUndefined();
});

test("an app with another scheme is refused", async ({ latchkey }) => {
  const app = await expoApp(latchkey.url, { scheme: "otherapp", cookiePrefix: "latchkey" });
  expect((await app.signUp.email(newPerson())).error).toMatchObject({ status: 403, code: "INVALID_ORIGIN" });
});

test("an app without cookiePrefix stores no cookies", async ({ latchkey }) => {
  const app = await expoApp(latchkey.url, { scheme: "myapp" });
  expect((await app.signUp.email(newPerson())).error).toBeNull();
  expect(await app.getCookie()).toBe("");
});
