// POST /update-user, POST /update-session, POST /delete-user and GET /list-accounts

import { call, type Cases, get, newUser, PASSWORD, post, request, signIn, sequence } from "../cases.js";

const readSession = call("GET", "/get-session");

const update = (body: unknown, by: "bearer" | "cookie" = "bearer") =>
  post("/update-user", body, { by, as: "new user" });

export const updateUser: Cases = {
  "without a session, empty body": post("/update-user", {}),
  "without a session": post("/update-user", { name: "New" }),
  "without a session, an e-mail address": post("/update-user", { email: "x@example.com" }),
  "with an empty body": update({}),
  "a name": update({ name: "New" }),
  "a name, by cookie": update({ name: "New" }, "cookie"),
  "an empty name": update({ name: "" }),
  "a name with surrounding spaces": update({ name: "  New  " }),
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
  "emailVerified": update({ emailVerified: true }),
  "emailVerified and a name": update({ emailVerified: true, name: "New" }),
  "an unknown member": update({ foo: 1 }),
  "an unknown member and a name": update({ foo: 1, name: "New" }),
  "an id and a name": update({ id: "1", name: "New" }),
  "the change in get-session": sequence(
    call("POST", "/update-user", { name: "New", image: "https://example.com/new.png" }),
    readSession,
  ),
};

export const updateSession: Cases = {
  "without a session, empty body": post("/update-session", {}),
  "without a session": post("/update-session", { theme: "dark" }),
  "with an empty body": post("/update-session", {}, { by: "bearer" }),
  "with an empty body, by cookie": post("/update-session", {}, { by: "cookie" }),
  "an unknown member": post("/update-session", { theme: "dark" }, { by: "cookie" }),
  "an expiry": post("/update-session", { expiresAt: "2099-01-01T00:00:00.000Z" }, { by: "bearer" }),
  "a user id": post("/update-session", { userId: "other" }, { by: "bearer" }),
  "a token": post("/update-session", { token: "mine" }, { by: "bearer" }),
  "from another origin": post("/update-session", {}, { by: "cookie", headers: { origin: "https://evil.example" } }),
};

const remove = (body: unknown, by: "bearer" | "cookie" = "cookie") =>
  post("/delete-user", body, { by, as: "new user" });

export const deleteUser: Cases = {
  "without a session, empty body": post("/delete-user", {}),
  "without a session": post("/delete-user", { password: PASSWORD }),
  "with an empty body": remove({}),
  "with an empty body, by bearer": remove({}, "bearer"),
  "with the right password": remove({ password: PASSWORD }),
  "with the right password, by bearer": remove({ password: PASSWORD }, "bearer"),
  "with the wrong password": remove({ password: "wrong" }),
  "with an empty password": remove({ password: "" }),
  "with a password that is a number": remove({ password: 1 }),
  "with a password over the length limit": remove({ password: "x".repeat(129) }),
  "with an unknown token": remove({ token: "unknown" }),
  "with an unknown token, and the right password": remove({ token: "unknown", password: PASSWORD }),
  "with an empty token": remove({ token: "" }),
  "with a callbackURL": remove({ callbackURL: "/goodbye" }),
  "with an untrusted callbackURL": remove({ callbackURL: "https://evil.example" }),
  "from another origin": post(
    "/delete-user",
    {},
    { by: "cookie", as: "new user", headers: { origin: "https://evil.example" } },
  ),
  "the session and the account are gone": sequence(call("POST", "/delete-user", {}), readSession, (site, { email }) =>
    request(site, "POST", "/sign-in/email", { email, password: PASSWORD }),
  ),
  "the other sessions are gone": async (site) => {
    const person = await newUser(site);
    const otherDevice = await signIn(site, person);
    const answer = await request(site, "POST", "/delete-user", { password: PASSWORD }, { by: "cookie", as: person });
    return [answer, await readSession(site, otherDevice)];
  },
  "the address can be registered again": async (site) => {
    const person = await newUser(site);
    await request(site, "POST", "/delete-user", {}, { by: "cookie", as: person });
    return request(site, "POST", "/sign-up/email", { name: "Again", email: person.email, password: PASSWORD });
  },
  "confirmation without a session": get("/delete-user/callback?token=unknown"),
  "confirmation without a session or token": get("/delete-user/callback"),
  "confirmation without a token": get("/delete-user/callback", { by: "cookie" }),
  "confirmation with an unknown token": get("/delete-user/callback?token=unknown", { by: "cookie" }),
  "confirmation with an unknown token, and a callbackURL": get(
    "/delete-user/callback?token=unknown&callbackURL=/goodbye",
    { by: "cookie" },
  ),
  "confirmation with an untrusted callbackURL": get("/delete-user/callback?token=unknown&callbackURL=https://evil.example", {
    by: "cookie",
  }),
};

export const listAccounts: Cases = {
  "without a session": get("/list-accounts"),
  "by cookie": get("/list-accounts", { by: "cookie" }),
  "by bearer": get("/list-accounts", { by: "bearer" }),
  "with a query": get("/list-accounts?x=1", { by: "cookie" }),
};
