// POST /sign-in/email

import { type Cases, get, PASSWORD, post, REGULAR, request, signIn, story } from "../cases.js";

const attempt = (changed: Record<string, unknown>) => post("/sign-in/email", { email: REGULAR, password: PASSWORD, ...changed });

export const signInByEmail: Cases = {
  "with the right password": attempt({}),
  "in capitals": attempt({ email: REGULAR.toUpperCase() }),
  "with the wrong password": attempt({ password: "wrong" }),
  "with an empty password": attempt({ password: "" }),
  "as nobody": attempt({ email: "nobody@example.com" }),
  "with a password too long to be anybody's": attempt({ password: "x".repeat(129) }),
  "as nobody, with a password too long to be anybody's": attempt({ email: "nobody@example.com", password: "x".repeat(129) }),
  "not to be remembered": attempt({ rememberMe: false }),
  "to be remembered": attempt({ rememberMe: true }),
  "with an address of 300 characters": attempt({ email: `${"a".repeat(300)}@example.com` }),
  "with members nobody asked for": attempt({ extra: 1 }),
  "with a password in another normal form": story((site, person) =>
    request(site, "POST", "/sign-in/email", { email: person.email, password: PASSWORD.normalize("NFD") }),
  ),
  "each sign-in is a session of its own": story(async (site, person) => {
    await signIn(site, person);
    return request(site, "GET", "/list-sessions", undefined, { by: "cookie", as: person });
  }),
  "while signed in": post("/sign-in/email", { email: REGULAR, password: PASSWORD }, { by: "cookie" }),
  "the session goes on": get("/get-session", { by: "cookie", as: "newcomer" }),
};
