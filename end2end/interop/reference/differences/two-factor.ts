// Users with a second factor.

import type { Rule } from "../compare.js";
import { type Difference, error, refuses } from "./builders.js";

/** Differences in any number of cases with a second factor. */
export const twoFactorRules: Rule[] = [
  {
    reason: "No session exists before the second factor, so there is no token of one",
    example: "password: the right password",
    reference: /^set-auth-token: <secret>$/,
  },
];

const invalidCode = error(401, "INVALID_CODE", "Invalid code");
const invalidCookie = error(401, "INVALID_TWO_FACTOR_COOKIE", "Invalid two factor cookie");

export const twoFactorDifferences: Difference[] = [
  {
    reason: "A code is accepted once (RFC 6238 §5.2)",
    ...refuses(invalidCode, ["first code: the same code afterwards", "second factor: the code of the set-up", "second factor: the same code twice"]),
  },
  {
    reason: "A change of the password ends sign-ins that wait for the second factor",
    ...refuses(invalidCookie, ["second factor: the cookie after a change of the password"]),
  },
  {
    reason: "The user is the one after the change",
    cases: ["first code: the right code"],
    reference: ["body.user.twoFactorEnabled: false"],
    latchkey: ["body.user.twoFactorEnabled: true"],
  },
];
