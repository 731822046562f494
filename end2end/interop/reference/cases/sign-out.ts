// POST /sign-out, and what cookies become.

import { type Cases, get, PASSWORD, post, REGULAR, request, story } from "../cases.js";

export const signOut: Cases = {
  "of nobody": post("/sign-out"),
  "of nobody, with an object": post("/sign-out", {}),
  "with a callbackURL that is a number": post("/sign-out", { callbackURL: 1 }),
  "with a callbackURL elsewhere": post("/sign-out", { callbackURL: "https://evil.example" }),
  "by cookie": post("/sign-out", {}, { by: "cookie", as: "newcomer" }),
  "by cookie, without a body": post("/sign-out", undefined, { by: "cookie", as: "newcomer" }),
  "by cookie, with a place to go": post("/sign-out", { callbackURL: "/goodbye" }, { by: "cookie", as: "newcomer" }),
  "by bearer": post("/sign-out", {}, { by: "bearer", as: "newcomer" }),
  "twice": story(
    ...[1, 2].map(() => (site: Parameters<Cases[string]>[0], as: Parameters<Parameters<typeof story>[0]>[1]) => request(site, "POST", "/sign-out", {}, { by: "cookie", as })),
  ),
  "the session is gone": story(
    (site, as) => request(site, "POST", "/sign-out", {}, { by: "cookie", as }),
    (site, as) => request(site, "GET", "/get-session", undefined, { by: "cookie", as }),
    (site, as) => request(site, "GET", "/get-session", undefined, { by: "bearer", as }),
  ),
};

/** Cookies on https. */
export const overHttps: Cases = {
  "sign-up": post("/sign-up/email", { name: "x", email: "https@example.com", password: PASSWORD }),
  "sign-up, not to be remembered": post("/sign-up/email", { name: "x", email: "brief@example.com", password: PASSWORD, rememberMe: false }),
  "sign-in": post("/sign-in/email", { email: REGULAR, password: PASSWORD }),
  "sign-out": post("/sign-out", {}, { by: "cookie", as: "newcomer" }),
  "get-session": get("/get-session", { by: "cookie" }),
  "from http": post("/sign-in/email", { email: REGULAR, password: PASSWORD }, { by: "cookie", headers: { origin: "http://localhost" } }),
};
