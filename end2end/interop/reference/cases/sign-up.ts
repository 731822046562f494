// POST /sign-up/email

import { type Cases, PASSWORD, post, SHARED_EMAIL } from "../cases.js";

/** A valid sign-up with these changes. */
const signUp = (changed: Record<string, unknown>) =>
  post("/sign-up/email", { name: "Ada", email: "fresh@example.com", password: PASSWORD, ...changed });

const without = (name: string) => signUp({ [name]: undefined });

/** Invalid members. */
export const validation: Cases = {
  nothing: post("/sign-up/email", {}),
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
  "an e-mail address that is an array": signUp({ email: ["a@example.com"] }),
  "no password": without("password"),
  "an empty password": signUp({ password: "" }),
  "an image that is a number": signUp({ image: 1 }),
  "an image that is null": signUp({ image: null }),
  "a callbackURL that is a number": signUp({ callbackURL: 1 }),
  "a callbackURL that is null": signUp({ callbackURL: null }),
  "a rememberMe that is a string": signUp({ rememberMe: "no" }),
  "a rememberMe that is a number": signUp({ rememberMe: 1 }),
  "a rememberMe that is null": signUp({ rememberMe: null }),
  "a bad callbackURL before a bad name": signUp({ name: 1, callbackURL: "//evil.example" }),
  "sign-in with an empty body": post("/sign-in/email", {}),
  "sign-in with everything of the wrong type": post("/sign-in/email", { email: 1, password: 1 }),
  "sign-in with no e-mail address": post("/sign-in/email", { email: "bad", password: "x" }),
  "sign-in with empty strings": post("/sign-in/email", { email: "", password: "" }),
  "sign-in with an e-mail address after a space": post("/sign-in/email", { email: ` ${SHARED_EMAIL}`, password: PASSWORD }),
  "sign-in with a rememberMe that is a string": post("/sign-in/email", {
    email: SHARED_EMAIL,
    password: PASSWORD,
    rememberMe: "false",
  }),
  "sign-in with a rememberMe that is null": post("/sign-in/email", {
    email: SHARED_EMAIL,
    password: PASSWORD,
    rememberMe: null,
  }),
  "sign-in with a callbackURL that is null": post("/sign-in/email", {
    email: SHARED_EMAIL,
    password: PASSWORD,
    callbackURL: null,
  }),
};

/** New accounts, taken addresses and password rules. */
export const signUpByEmail: Cases = {
  "a new user": signUp({ email: "one@example.com" }),
  "a user with a picture": signUp({ email: "two@example.com", image: "https://example.com/two.png" }),
  "a user without a name": signUp({ email: "three@example.com", name: "" }),
  "an address in capitals": signUp({ email: "Four@Example.com" }),
  "a user without rememberMe": signUp({ email: "five@example.com", rememberMe: false }),
  "a user with a callbackURL": signUp({ email: "six@example.com", callbackURL: "/welcome?first=yes" }),
  "a user with an empty callbackURL": signUp({ email: "seven@example.com", callbackURL: "" }),
  "unknown members are ignored": signUp({
    email: "eight@example.com",
    emailVerified: true,
    id: "1",
    role: "admin",
  }),
  "an address with a tag": signUp({ email: "nine+tag@example.com" }),
  "a non-ASCII address": signUp({ email: "é@example.com" }),
  "a taken address": signUp({ email: "taken@example.com" }),
  "a taken address, in capitals": taken("TAKEN@example.com"),
  "a taken address, and a short password": taken("taken@example.com", "short"),
  "a short password": signUp({ password: "short" }),
  "a long password": signUp({ password: "x".repeat(129) }),
  "a password of 128 characters": signUp({
    email: "ten@example.com",
    password: `${PASSWORD} `.repeat(6).slice(0, 128),
  }),
  "a password that is too long only in UTF-16": signUp({
    email: "eleven@example.com",
    password: `${PASSWORD}${"\u{1F98A}".repeat(60)}`,
  }),
  "a common password": signUp({ email: "twelve@example.com", password: "password123" }),
  "the address as the password": signUp({ email: "thirteen@example.com", password: "thirteen@example.com" }),
};

function taken(email: string, password = PASSWORD): Cases[string] {
  return async (site) => {
    await signUp({ email: "taken@example.com" })(site);
    return signUp({ email, password })(site);
  };
}
