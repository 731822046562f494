// POST /sign-in/email

import { type Cases, get, newcomer, PASSWORD, post, REGULAR, request, signedIn, signIn, story } from "../cases.js";

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
  "a session that is not to be remembered": async (site) => {
    const person = await newcomer(site);
    const brief = signedIn(person.email, await request(site, "POST", "/sign-in/email", { email: person.email, password: PASSWORD, rememberMe: false }));
    return request(site, "GET", "/get-session", undefined, { by: "cookie", as: brief });
  },
  "while signed in": post("/sign-in/email", { email: REGULAR, password: PASSWORD }, { by: "cookie" }),
  "the session goes on": get("/get-session", { by: "cookie", as: "newcomer" }),
};

/** What attempts get that come too fast; how many are too many differs. */
const exhausted = (path: string, body: unknown): Cases[string] => async (site) => {
  let answer = await request(site, "POST", path, body);
  for (let tries = 0; answer.status !== 429 && tries < 50; tries += 1) answer = await request(site, "POST", path, body);
  return answer;
};

export const throttling: Cases = {
  "too many guesses at a password": exhausted("/sign-in/email", { email: REGULAR, password: "a guess" }),
  "too many guesses at nobody's password": exhausted("/sign-in/email", { email: "nobody@example.com", password: "a guess" }),
};
