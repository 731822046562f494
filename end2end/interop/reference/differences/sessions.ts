// Sessions, pages and throttling.

import { type Difference, handsOverSession, SESSION_COOKIE_GONE, step } from "./lines.js";

/** Pages. */
export const pages: Difference[] = [
  {
    why: "A page says in which encoding it is, and can be compressed",
    cases: ["routing: GET /error"],
    reference: ["content-type: text/html"],
    latchkey: ["content-type: text/html; charset=utf-8", "vary: accept-encoding"],
  },
];

/** Sessions, and what shows them. */
export const sessions: Difference[] = [
  {
    why: "A session's secret is not sent again when nothing about it changed",
    cases: [
      "a name",
      "an empty name",
      "a name in spaces",
      "a picture",
      "a picture that is null",
      "that the address is verified, and a name",
      "what nobody knows, and a name",
      "an id and a name",
    ].map((name) => `update-user: ${name}`),
    reference: [...handsOverSession, "access-control-expose-headers: set-auth-token"],
    latchkey: [],
  },
  {
    why: "A session's secret is not sent again when nothing about it changed",
    cases: ["update-user: a name, by cookie"],
    reference: handsOverSession,
    latchkey: [],
  },
  {
    why: "A session's secret is not sent again when nothing about it changed",
    cases: ["update-user: what is seen of it"],
    reference: step(1, handsOverSession),
    latchkey: [],
  },
  {
    why: "A browser forgets the session that was just ended",
    cases: ["this one", "this one by bearer", "what sign-up called the token", "all", "all by bearer"].map(
      (name) => `sessions: revoke ${name}`,
    ),
    reference: [],
    latchkey: step(1, [SESSION_COOKIE_GONE]),
  },
  {
    why: "A browser forgets a cookie that opens nothing",
    cases: ["get-session: with a cookie that is nonsense"],
    reference: [],
    latchkey: [
      SESSION_COOKIE_GONE,
      "cookie better-auth.session_token: emptied; HttpOnly; Max-Age=0; Path=/; SameSite=Lax",
    ],
  },
  {
    why: "A bad bearer says nothing about the cookie, and does not sign the browser out",
    cases: [
      "bearer: nonsense",
      "bearer: nonsense, and a good cookie",
      "bearer: nonsense at /token",
      "bearer: nonsense where a session is needed",
    ],
    reference: [SESSION_COOKIE_GONE],
    latchkey: [],
  },
  {
    why: "A bad bearer says nothing about the cookie, and does not sign the browser out",
    cases: ["sign-out: the session is gone"],
    reference: step(3, [SESSION_COOKIE_GONE]),
    latchkey: [],
  },
  {
    why: "A bad bearer says nothing about the cookie, and does not sign the browser out",
    cases: ["bearer: of a session that ended"],
    reference: [...step(2, [SESSION_COOKIE_GONE]), ...step(3, [SESSION_COOKIE_GONE])],
    latchkey: [],
  },
];

/** Attempts that come too fast. */
export const throttling: Difference[] = [
  {
    why: "JSON is said to be JSON",
    cases: ["throttling: too many guesses at a password", "throttling: too many guesses at nobody's password"],
    reference: ["content-type: text/plain;charset=UTF-8"],
    latchkey: ["content-type: application/json"],
  },
];
