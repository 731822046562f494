// What differs wherever it occurs.

import type { Rule } from "../compare.js";

/** Whatever the case. */
export const everywhere: Rule[] = [
  {
    why: "Nothing that is answered is to be kept by a cache",
    seen: "routing: GET /ok",
    latchkey: /^cache-control: no-store$/,
  },
  {
    why: "Trusted origins may read what is answered; the reference leaves that to what it is built into",
    seen: "trusted origins: get-session from a trusted origin",
    latchkey: new RegExp(
      "^access-control-(allow-origin: (<origin>|https://app\\.example\\.com|https://one\\.(two\\.)?preview\\.example\\.com)|allow-credentials: true" +
        "|expose-headers: (set-auth-token|set-auth-jwt|x-retry-after|retry-after|www-authenticate|x-request-id))$",
    ),
  },
  {
    why: "So what is answered depends on the origin",
    seen: "trusted origins: get-session from a trusted origin",
    latchkey: /^vary: origin$/,
  },
  {
    why: "A path that is there says which methods it has, even as it answers another with 404",
    seen: "routing: PUT /ok",
    latchkey: /^allow: (get|head|post)$/,
  },
  {
    why: "How long to wait is said in the standard's header too (RFC 9110 §10.2.3)",
    seen: "throttling: too many guesses at a password",
    latchkey: /^retry-after: <seconds>$/,
  },
  {
    why: "A browser holds a short-lived access token too, which /api/users is opened with",
    seen: "sign-up: somebody new",
    latchkey:
      /^cookie access: (set; HttpOnly(; Max-Age=900)?|emptied; HttpOnly; Max-Age=0); Path=\/; SameSite=Lax(; Secure)?$/,
  },
  {
    why: "Whether to remember a session is kept with the session, and no copy of a session in a cookie",
    seen: "sign-in: not to be remembered",
    reference:
      /^cookie (dont_remember|session_data): (set; HttpOnly|emptied; HttpOnly; Max-Age=0); Path=\/; SameSite=Lax(; Secure)?$/,
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
