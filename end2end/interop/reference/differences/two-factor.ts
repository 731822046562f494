// Users with a second factor.

import type { Rule } from "../compare.js";
import { type Difference, error, refuses, session, SESSION_COOKIE_CLEARED, setsSession, setsTokenHeader, step, succeeds } from "./builders.js";

/** Differences in any number of cases with a second factor. */
export const twoFactorRules: Rule[] = [
  {
    reason: "A sign-in waits for the second factor for 5 minutes, instead of 10",
    example: "password: the right password",
    reference: /^cookie two_factor: set; HttpOnly; Max-Age=600; Path=\/; SameSite=Lax$/,
    latchkey: /^cookie two_factor: set; HttpOnly; Max-Age=300; Path=\/; SameSite=Lax$/,
  },
];

const invalidCode = error(401, "INVALID_CODE", "Invalid code");
const invalidCookie = error(401, "INVALID_TWO_FACTOR_COOKIE", "Invalid two factor cookie");

/** The lines of a new session. */
const newSession = [...setsSession, "access-control-expose-headers: set-auth-token"];

/** The session token of a session that waits for nothing. */
const deletedSession = ["set-auth-token: <secret>", "access-control-expose-headers: set-auth-token"];

const redirects = ["status: 200"];

const setUp: Difference[] = [
  {
    reason: "A set-up does not replace the session, and the answer has the new state of the user",
    cases: [
      "first code: the right code",
      "first code: a device to trust",
      "first code: the code of the newest QR code",
      "URI: a code of the URI",
    ],
    reference: [...newSession, "body.token: <secret>", "body.user.twoFactorEnabled: false"],
    latchkey: ["body.token: <the session's id>", "body.user.twoFactorEnabled: true"],
  },
];

export const twoFactorDifferences: Difference[] = [
  ...setUp,
  {
    reason: "A code is accepted once (RFC 6238 §5.2)",
    ...refuses(invalidCode, [
      "first code: the same code afterwards",
      "second factor: the code of the set-up",
      "second factor: the same code twice",
    ]),
  },
  {
    reason: "A change of the password ends sign-ins that wait for the second factor",
    ...refuses(invalidCookie, ["second factor: the cookie after a change of the password"]),
  },
];
