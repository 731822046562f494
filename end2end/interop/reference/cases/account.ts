// POST /update-user, POST /update-session, POST /delete-user and GET /list-accounts

import { type Cases, get, newcomer, PASSWORD, type Person, post, request, signIn, story } from "../cases.js";
import type { Site } from "../sites.js";

const look = (site: Site, as: Person) => request(site, "GET", "/get-session", undefined, { by: "cookie", as });

const update = (body: unknown, by: "bearer" | "cookie" = "bearer") => post("/update-user", body, { by, as: "newcomer" });

export const updateUser: Cases = {
  "of nobody, with nothing": post("/update-user", {}),
  "of nobody": post("/update-user", { name: "New" }),
  "of nobody, with an address": post("/update-user", { email: "x@example.com" }),
  "with nothing": update({}),
  "a name": update({ name: "New" }),
  "a name, by cookie": update({ name: "New" }, "cookie"),
  "an empty name": update({ name: "" }),
  "a name in spaces": update({ name: "  New  " }),
  "a name that is a number": update({ name: 1 }),
  "a name that is null": update({ name: null }),
  "a name on two lines": update({ name: "a\nb" }),
  "a name of 101 characters": update({ name: "n".repeat(101) }),
  "a picture": update({ image: "https://example.com/new.png" }),
  "a picture that is null": update({ image: null }),
  "a picture that is a number": update({ image: 1 }),
  "an address": update({ email: "x@example.com" }),
  "an address and a name": update({ email: "x@example.com", name: "New" }),
  "an address that is null": update({ email: null }),
  "an empty address": update({ email: "" }),
  "that the address is verified": update({ emailVerified: true }),
  "that the address is verified, and a name": update({ emailVerified: true, name: "New" }),
  "what nobody knows": update({ foo: 1 }),
  "what nobody knows, and a name": update({ foo: 1, name: "New" }),
  "an id and a name": update({ id: "1", name: "New" }),
  "what is seen of it": story(
    (site, as) => request(site, "POST", "/update-user", { name: "New", image: "https://example.com/new.png" }, { by: "cookie", as }),
    look,
  ),
};

export const updateSession: Cases = {
  "of nobody, with nothing": post("/update-session", {}),
  "of nobody": post("/update-session", { theme: "dark" }),
  "with nothing": post("/update-session", {}, { by: "bearer" }),
  "with nothing, by cookie": post("/update-session", {}, { by: "cookie" }),
  "what nobody knows": post("/update-session", { theme: "dark" }, { by: "cookie" }),
  "the end of the session": post("/update-session", { expiresAt: "2099-01-01T00:00:00.000Z" }, { by: "bearer" }),
  "whose the session is": post("/update-session", { userId: "somebody" }, { by: "bearer" }),
  "the token": post("/update-session", { token: "mine" }, { by: "bearer" }),
  "from another origin": post("/update-session", {}, { by: "cookie", headers: { origin: "https://evil.example" } }),
};

const remove = (body: unknown, by: "bearer" | "cookie" = "cookie") => post("/delete-user", body, { by, as: "newcomer" });

export const deleteUser: Cases = {
  "of nobody, with nothing": post("/delete-user", {}),
  "of nobody": post("/delete-user", { password: PASSWORD }),
  "with nothing": remove({}),
  "with nothing, by bearer": remove({}, "bearer"),
  "with the right password": remove({ password: PASSWORD }),
  "with the right password, by bearer": remove({ password: PASSWORD }, "bearer"),
  "with the wrong password": remove({ password: "wrong" }),
  "with an empty password": remove({ password: "" }),
  "with a password that is a number": remove({ password: 1 }),
  "with a password too long to be anybody's": remove({ password: "x".repeat(129) }),
  "with a token that is unknown": remove({ token: "unknown" }),
  "with a token that is unknown, and the right password": remove({ token: "unknown", password: PASSWORD }),
  "with an empty token": remove({ token: "" }),
  "with a place to go": remove({ callbackURL: "/goodbye" }),
  "with a bad place to go": remove({ callbackURL: "https://evil.example" }),
  "from another origin": post("/delete-user", {}, { by: "cookie", as: "newcomer", headers: { origin: "https://evil.example" } }),
  "the session is gone, and so is the account": story(
    (site, as) => request(site, "POST", "/delete-user", {}, { by: "cookie", as }),
    look,
    (site, { email }) => request(site, "POST", "/sign-in/email", { email, password: PASSWORD }),
  ),
  "the sessions elsewhere are gone": async (site) => {
    const person = await newcomer(site);
    const elsewhere = await signIn(site, person);
    const answer = await request(site, "POST", "/delete-user", { password: PASSWORD }, { by: "cookie", as: person });
    return [answer, await look(site, elsewhere)];
  },
  "the address is free again": async (site) => {
    const person = await newcomer(site);
    await request(site, "POST", "/delete-user", {}, { by: "cookie", as: person });
    return request(site, "POST", "/sign-up/email", { name: "Again", email: person.email, password: PASSWORD });
  },
  "confirmation of nobody": get("/delete-user/callback?token=unknown"),
  "confirmation of nobody, without a token": get("/delete-user/callback"),
  "confirmation without a token": get("/delete-user/callback", { by: "cookie" }),
  "confirmation with a token that is unknown": get("/delete-user/callback?token=unknown", { by: "cookie" }),
  "confirmation with a token that is unknown, and a place to go": get("/delete-user/callback?token=unknown&callbackURL=/goodbye", { by: "cookie" }),
  "confirmation with a bad place to go": get("/delete-user/callback?token=unknown&callbackURL=https://evil.example", { by: "cookie" }),
};

export const listAccounts: Cases = {
  "of nobody": get("/list-accounts"),
  "by cookie": get("/list-accounts", { by: "cookie" }),
  "by bearer": get("/list-accounts", { by: "bearer" }),
  "with a query": get("/list-accounts?x=1", { by: "cookie" }),
};
