// Every difference that is meant. The suite fails on any other, and on one in here that is no longer there.

import type { Only, Rule } from "./compare.js";

/** What is meant to differ in some cases. */
export interface Difference extends Only {
  why: string;
  cases: string[];
}

/** What differs wherever it occurs. */
export const everywhere: Rule[] = [
  {
    why: "Nothing that is answered is to be kept by a cache",
    seen: "routing: GET /ok",
    latchkey: /^cache-control: no-store$/,
  },
  {
    why: "A browser holds a short-lived access token too, which /api/users is opened with",
    seen: "sign-up: somebody new",
    latchkey: /^cookie access: (set; HttpOnly; Max-Age=900|set; HttpOnly|emptied; HttpOnly; Max-Age=0); Path=\/; SameSite=Lax(; Secure)?$/,
  },
  {
    why: "Whether to remember a session is kept with the session, and no copy of a session in a cookie",
    seen: "sign-in: not to be remembered",
    reference: /^cookie (dont_remember|session_data): (set; HttpOnly|emptied; HttpOnly; Max-Age=0); Path=\/; SameSite=Lax(; Secure)?$/,
  },
  {
    why: "A picture that is not there is null, as with the reference's SQL adapters; its memory adapter leaves it out",
    seen: "sign-up: somebody new",
    latchkey: /^body\.user\.image: null$/,
  },
  {
    why: "Lists of sessions name them by id, so that whoever reads one can take over none",
    seen: "get-session: by cookie",
    reference: /^body(\.session|\[\d\])\.token: <secret>$/,
    latchkey: /^body(\.session|\[\d\])\.token: <the session's id>$/,
  },
];

/** What differs in single cases. */
export const inSomeCases: Difference[] = [];
