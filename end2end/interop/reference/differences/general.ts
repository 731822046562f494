// Differences in any number of cases.

import type { Rule } from "../compare.js";

export const generalRules: Rule[] = [
  {
    reason: "Responses must not be cached",
    example: "routing: GET /ok",
    latchkey: /^cache-control: no-store$/,
  },
  {
    reason: "Latchkey sends CORS headers to trusted origins; with Better Auth the host application sends them",
    example: "trusted origins: get-session from a trusted origin",
    latchkey: new RegExp(
      "^access-control-(allow-origin: (<origin>|https://app\\.example\\.com|https://one\\.(two\\.)?preview\\.example\\.com)|allow-credentials: true" +
        "|expose-headers: (set-auth-token|set-auth-jwt|x-retry-after|retry-after|www-authenticate|x-request-id))$",
    ),
  },
  {
    reason: "The response depends on the origin",
    example: "trusted origins: get-session from a trusted origin",
    latchkey: /^vary: origin$/,
  },
  {
    reason: "A known path lists its methods, also when another method gets 404",
    example: "routing: PUT /ok",
    latchkey: /^allow: (get|head|post)$/,
  },
  {
    reason: "The wait time is also in the standard header (RFC 9110 §10.2.3)",
    example: "throttling: too many guesses for a user",
    latchkey: /^retry-after: <seconds>$/,
  },
  {
    reason: "Browsers also get a short-lived access token for /api/users",
    example: "sign-up: a new user",
    latchkey:
      /^cookie access: (set; HttpOnly(; Max-Age=900)?|cleared; HttpOnly; Max-Age=0); Path=\/; SameSite=Lax(; Secure)?$/,
  },
  {
    reason: "A device on which the user has signed in has a budget of attempts of its own",
    example: "sign-up: a new user",
    latchkey: /^cookie device: set; HttpOnly; Max-Age=[^;]+; Path=\/; SameSite=Lax(; Secure)?$/,
  },
  {
    reason: "rememberMe is stored with the session, and no cookie has a copy of the session",
    example: "sign-in: without rememberMe",
    reference:
      /^cookie (dont_remember|session_data): (set; HttpOnly|cleared; HttpOnly; Max-Age=0); Path=\/; SameSite=Lax(; Secure)?$/,
  },
  {
    reason: "A missing picture is null, as with Better Auth's SQL adapters; its memory adapter omits it",
    example: "sign-up: a new user",
    latchkey: /^body\.user\.image: null$/,
  },
  {
    reason: "Lists contain session ids instead of session tokens, so that a list cannot be used to hijack a session",
    example: "get-session: by cookie",
    reference: /^body(\.session|\[\d\])\.token: <secret>$/,
    latchkey: /^body(\.session|\[\d\])\.token: <the session's id>$/,
  },
];
