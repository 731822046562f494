// POST /sign-in/email

import { type Cases, get, newUser, PASSWORD, post, SHARED_EMAIL, request, signedIn, signIn, sequence } from "../cases.js";

const attempt = (changed: Record<string, unknown>) =>
  post("/sign-in/email", { email: SHARED_EMAIL, password: PASSWORD, ...changed });

export const signInByEmail: Cases = {
  "with the right password": attempt({}),
  "in capitals": attempt({ email: SHARED_EMAIL.toUpperCase() }),
  "with the wrong password": attempt({ password: "wrong" }),
  "with an empty password": attempt({ password: "" }),
  "unknown user": attempt({ email: "nobody@example.com" }),
  "with a password over the length limit": attempt({ password: "x".repeat(129) }),
  "unknown user, with a password over the length limit": attempt({
    email: "nobody@example.com",
    password: "x".repeat(129),
  }),
  "without rememberMe": attempt({ rememberMe: false }),
  "with rememberMe": attempt({ rememberMe: true }),
  "with an address of 300 characters": attempt({ email: `${"a".repeat(300)}@example.com` }),
  "with unknown members": attempt({ extra: 1 }),
  "with a password in another normal form": sequence((site, person) =>
    request(site, "POST", "/sign-in/email", { email: person.email, password: PASSWORD.normalize("NFD") }),
  ),
  "each sign-in creates a session": sequence(async (site, person) => {
    await signIn(site, person);
    return request(site, "GET", "/list-sessions", undefined, { by: "cookie", as: person });
  }),
  "a session without rememberMe": async (site) => {
    const person = await newUser(site);
    const brief = signedIn(
      person.email,
      await request(site, "POST", "/sign-in/email", { email: person.email, password: PASSWORD, rememberMe: false }),
    );
    return request(site, "GET", "/get-session", undefined, { by: "cookie", as: brief });
  },
  "while signed in": post("/sign-in/email", { email: SHARED_EMAIL, password: PASSWORD }, { by: "cookie" }),
  "a session from before": get("/get-session", { by: "cookie", as: "new user" }),
};

/** Repeats a request until it is rate limited; the limits of the servers differ. */
const exhausted =
  (path: string, body: unknown): Cases[string] =>
  async (site) => {
    let answer = await request(site, "POST", path, body);
    for (let tries = 0; answer.status !== 429 && tries < 50; tries += 1)
      answer = await request(site, "POST", path, body);
    return answer;
  };

export const throttling: Cases = {
  "too many guesses for a user": exhausted("/sign-in/email", { email: SHARED_EMAIL, password: "a guess" }),
  "too many guesses for an unknown user": exhausted("/sign-in/email", {
    email: "nobody@example.com",
    password: "a guess",
  }),
};
