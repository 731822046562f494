// Pages, sessions and rate limits.

import { type Difference, setsSession, SESSION_COOKIE_CLEARED, step } from "./builders.js";

export const pages: Difference[] = [
  {
    reason: "Pages declare their encoding and can be compressed",
    cases: ["routing: GET /error"],
    reference: ["content-type: text/html"],
    latchkey: ["content-type: text/html; charset=utf-8", "vary: accept-encoding"],
  },
];

export const sessions: Difference[] = [
  {
    reason: "An unchanged session token is not sent again",
    cases: [
      "a name",
      "an empty name",
      "a name with surrounding spaces",
      "a picture",
      "a picture that is null",
      "emailVerified and a name",
      "an unknown member and a name",
      "an id and a name",
    ].map((name) => `update-user: ${name}`),
    reference: [...setsSession, "access-control-expose-headers: set-auth-token"],
    latchkey: [],
  },
  {
    reason: "An unchanged session token is not sent again",
    cases: ["update-user: a name, by cookie"],
    reference: setsSession,
    latchkey: [],
  },
  {
    reason: "An unchanged session token is not sent again",
    cases: ["update-user: the change in get-session"],
    reference: step(1, setsSession),
    latchkey: [],
  },
  {
    reason: "Ending the current session clears its cookie",
    cases: ["this one", "this one by bearer", "the token of the sign-up response", "all", "all by bearer"].map(
      (name) => `sessions: revoke ${name}`,
    ),
    reference: [],
    latchkey: step(1, [SESSION_COOKIE_CLEARED]),
  },
  {
    reason: "An invalid bearer token does not clear the session cookie",
    cases: [
      "bearer: an invalid token",
      "bearer: an invalid token and a valid cookie",
      "bearer: an invalid token at /token",
      "bearer: an invalid token at a protected route",
    ],
    reference: [SESSION_COOKIE_CLEARED],
    latchkey: [],
  },
  {
    reason: "An invalid bearer token does not clear the session cookie",
    cases: ["sign-out: the session is gone"],
    reference: step(3, [SESSION_COOKIE_CLEARED]),
    latchkey: [],
  },
  {
    reason: "An invalid bearer token does not clear the session cookie",
    cases: ["bearer: of an ended session"],
    reference: [...step(2, [SESSION_COOKIE_CLEARED]), ...step(3, [SESSION_COOKIE_CLEARED])],
    latchkey: [],
  },
];

export const throttling: Difference[] = [
  {
    reason: "JSON has the media type application/json",
    cases: ["throttling: too many guesses for a user", "throttling: too many guesses for an unknown user"],
    reference: ["content-type: text/plain;charset=UTF-8"],
    latchkey: ["content-type: application/json"],
  },
];
