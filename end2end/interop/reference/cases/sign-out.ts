// POST /sign-out, and cookies over https.

import { call, type Cases, get, PASSWORD, post, SHARED_EMAIL, sequence } from "../cases.js";

export const signOut: Cases = {
  "without a session": post("/sign-out"),
  "without a session, empty object": post("/sign-out", {}),
  "with a callbackURL that is a number": post("/sign-out", { callbackURL: 1 }),
  "with an untrusted callbackURL": post("/sign-out", { callbackURL: "https://evil.example" }),
  "by cookie": post("/sign-out", {}, { by: "cookie", as: "new user" }),
  "by cookie, without a body": post("/sign-out", undefined, { by: "cookie", as: "new user" }),
  "by cookie, with a callbackURL": post("/sign-out", { callbackURL: "/goodbye" }, { by: "cookie", as: "new user" }),
  "by bearer": post("/sign-out", {}, { by: "bearer", as: "new user" }),
  twice: sequence(call("POST", "/sign-out", {}), call("POST", "/sign-out", {})),
  "the session is gone": sequence(
    call("POST", "/sign-out", {}),
    call("GET", "/get-session"),
    call("GET", "/get-session", undefined, "bearer"),
  ),
};

/** Over https. */
export const overHttps: Cases = {
  "sign-up": post("/sign-up/email", { name: "x", email: "https@example.com", password: PASSWORD }),
  "sign-up without rememberMe": post("/sign-up/email", {
    name: "x",
    email: "brief@example.com",
    password: PASSWORD,
    rememberMe: false,
  }),
  "sign-in": post("/sign-in/email", { email: SHARED_EMAIL, password: PASSWORD }),
  "sign-out": post("/sign-out", {}, { by: "cookie", as: "new user" }),
  "get-session": get("/get-session", { by: "cookie" }),
  "from http": post(
    "/sign-in/email",
    { email: SHARED_EMAIL, password: PASSWORD },
    { by: "cookie", headers: { origin: "http://localhost" } },
  ),
};
