// POST /sign-up/email

import { type Cases, PASSWORD, post, REGULAR } from "../cases.js";

/** A sign-up that is right but for what is changed. */
const signUp = (changed: Record<string, unknown>) => post("/sign-up/email", { name: "Ada", email: "fresh@example.com", password: PASSWORD, ...changed });

const without = (name: string) => signUp({ [name]: undefined });

/** What members may not be; nobody is signed up. */
export const validation: Cases = {
  "nothing": post("/sign-up/email", {}),
  "everything of the wrong type": post("/sign-up/email", { name: 1, email: 2, password: 3 }),
  "no name": without("name"),
  "a name that is null": signUp({ name: null }),
  "no e-mail address": without("email"),
  "an empty e-mail address": signUp({ email: "" }),
  "an e-mail address without @": signUp({ email: "bad" }),
  "an e-mail address without a domain": signUp({ email: "a@localhost" }),
  "an e-mail address after a space": signUp({ email: " a@example.com" }),
  "an e-mail address with a space": signUp({ email: "a b@example.com" }),
  "an e-mail address with two dots": signUp({ email: "a..b@example.com" }),
  "an e-mail address of a list": signUp({ email: ["a@example.com"] }),
  "no password": without("password"),
  "an empty password": signUp({ password: "" }),
  "an image that is a number": signUp({ image: 1 }),
  "an image that is null": signUp({ image: null }),
  "a callbackURL that is a number": signUp({ callbackURL: 1 }),
  "a callbackURL that is null": signUp({ callbackURL: null }),
  "a rememberMe that is a text": signUp({ rememberMe: "no" }),
  "a rememberMe that is a number": signUp({ rememberMe: 1 }),
  "a rememberMe that is null": signUp({ rememberMe: null }),
  "a bad callbackURL before a bad name": signUp({ name: 1, callbackURL: "//evil.example" }),
  "sign-in with nothing": post("/sign-in/email", {}),
  "sign-in with everything of the wrong type": post("/sign-in/email", { email: 1, password: 1 }),
  "sign-in with no e-mail address": post("/sign-in/email", { email: "bad", password: "x" }),
  "sign-in with empty texts": post("/sign-in/email", { email: "", password: "" }),
  "sign-in with an e-mail address after a space": post("/sign-in/email", { email: ` ${REGULAR}`, password: PASSWORD }),
  "sign-in with a rememberMe that is a text": post("/sign-in/email", { email: REGULAR, password: PASSWORD, rememberMe: "false" }),
  "sign-in with a rememberMe that is null": post("/sign-in/email", { email: REGULAR, password: PASSWORD, rememberMe: null }),
  "sign-in with a callbackURL that is null": post("/sign-in/email", { email: REGULAR, password: PASSWORD, callbackURL: null }),
};

/** Passwords, addresses that are taken, and what a new account is like. */
export const signUpByEmail: Cases = {
  "somebody new": signUp({ email: "one@example.com" }),
  "somebody with a picture": signUp({ email: "two@example.com", image: "https://example.com/two.png" }),
  "somebody without a name": signUp({ email: "three@example.com", name: "" }),
  "somebody in capitals": signUp({ email: "Four@Example.com" }),
  "somebody who is not to be remembered": signUp({ email: "five@example.com", rememberMe: false }),
  "somebody with a place to go": signUp({ email: "six@example.com", callbackURL: "/welcome?first=yes" }),
  "somebody with an empty place to go": signUp({ email: "seven@example.com", callbackURL: "" }),
  "members nobody asked for are left aside": signUp({ email: "eight@example.com", emailVerified: true, id: "1", role: "admin" }),
  "an address with a tag": signUp({ email: "nine+tag@example.com" }),
  "an address of another script": signUp({ email: "é@example.com" }),
  "an address that is taken": signUp({ email: "taken@example.com" }),
  "an address that is taken, in capitals": taken("TAKEN@example.com"),
  "an address that is taken, and a short password": taken("taken@example.com", "short"),
  "a short password": signUp({ password: "short" }),
  "a long password": signUp({ password: "x".repeat(129) }),
  "a password of 128 characters": signUp({ email: "ten@example.com", password: `${PASSWORD} `.repeat(6).slice(0, 128) }),
  "a password that is long in UTF-16 alone": signUp({ email: "eleven@example.com", password: `${PASSWORD}${"\u{1F98A}".repeat(60)}` }),
  "a password everyone uses": signUp({ email: "twelve@example.com", password: "password123" }),
  "a password that is the address": signUp({ email: "thirteen@example.com", password: "thirteen@example.com" }),
};

function taken(email: string, password = PASSWORD): Cases[string] {
  return async (site) => {
    await signUp({ email: "taken@example.com" })(site);
    return signUp({ email, password })(site);
  };
}
