// Cases with messages: verification and change of addresses, and reset of passwords.

import type { Rule } from "../compare.js";
import {
  commonlyUsed,
  type Difference,
  error,
  refuses,
  session,
  SESSION_COOKIE_CLEARED,
  setsSession,
  setsTokenHeader,
  step,
  succeeds,
} from "./builders.js";
import { codes, signInLinks } from "./sign-in-by-mail.js";

const unknownToken = (status: number) => error(status, "INVALID_TOKEN", "Invalid token");
const invalidAddress = error(400, "VALIDATION_ERROR", "[body.email] Invalid email address");
const userNotFound = ["body.code: USER_NOT_FOUND", "body.message: User not found"];

/** Differences in any number of cases with messages. */
export const mailRules: Rule[] = [
  {
    reason: "A cookie identifies the browser of the sign-up, which may verify the address without a session",
    example: "required verification: sign-up",
    latchkey: /^cookie unverified: set; HttpOnly; Max-Age=172800; Path=\/; SameSite=Lax$/,
  },
  {
    reason: "A cookie identifies the browser that asked for a code or a sign-in link",
    example: "magic-link: an unknown address",
    latchkey: /^cookie code: (set; HttpOnly; Max-Age=600|cleared; HttpOnly; Max-Age=0); Path=\/; SameSite=Lax$/,
  },
];

const verification: Difference[] = [
  {
    reason: "Without a session of the user, a link leads to a page that asks for a new password (GHSA-qq9h-g4jm-xgf3)",
    cases: [
      "verify-email: a link without a session",
      "verify-email: a link in another user's session",
      "required verification: a link in another browser",
    ],
    reference: succeeds,
    latchkey: ["status: 302"],
  },
  {
    reason: "Without a session of the user, a link leads to a page that asks for a new password (GHSA-qq9h-g4jm-xgf3)",
    cases: ["verify-email: a link without a session, with a callbackURL"],
    reference: ["location: /verified"],
    latchkey: ["location: <origin>/verify-email?token=<link>"],
  },
  {
    reason: "A new link replaces the older ones",
    cases: ["verify-email: an older link"],
    reference: succeeds,
    latchkey: unknownToken(401),
  },
  {
    reason: "The links of a deleted user are deleted too",
    cases: ["verify-email: a link of a deleted user"],
    reference: userNotFound,
    latchkey: unknownToken(401).slice(1),
  },
  {
    reason: "The links of a deleted user are deleted too",
    cases: ["verify-email: a link of a deleted user, with a callbackURL"],
    reference: ["location: /verified?error=USER_NOT_FOUND"],
    latchkey: ["location: /verified?error=INVALID_TOKEN"],
  },
  {
    reason: "E-mail addresses have a maximum length (RFC 5321 §4.5.3.1)",
    ...refuses(invalidAddress, ["send-verification-email: an address of 300 characters"]),
  },
];

const reset: Difference[] = [
  {
    reason: "E-mail addresses have a maximum length (RFC 5321 §4.5.3.1)",
    cases: ["request-password-reset: an address of 300 characters"],
    reference: [
      ...succeeds,
      "body.message: If this email exists in our system, check your email for the reset link",
    ],
    latchkey: invalidAddress,
  },
  {
    reason: "Common passwords are refused (NIST 800-63B-4 §3.1.1.2)",
    ...refuses(commonlyUsed, [
      "reset-password: a link, and a common password",
      "required verification: sign-up with a common password",
    ]),
  },
  {
    reason: "Passwords that contain the user's name or address are refused",
    ...refuses(
      error(400, "PASSWORD_TOO_WEAK", "Do not use your e-mail address, your name or “latchkey” in the password"),
      ["reset-password: a link, and the address as password"],
    ),
  },
  {
    reason: "A new link replaces the older ones",
    ...refuses(unknownToken(400), ["reset-password: an older link"]),
  },
  {
    reason: "The links of a deleted user are deleted too",
    cases: ["reset-password: a link of a deleted user"],
    reference: userNotFound,
    latchkey: unknownToken(400).slice(1),
  },
  {
    reason: "A reset ends all sessions",
    cases: ["reset-password: the session afterwards"],
    reference: [setsTokenHeader, ...session("newcomer@example.com")],
    latchkey: [SESSION_COOKIE_CLEARED, "body: null"],
  },
  {
    reason: "A reset ends all sessions",
    cases: ["reset-password: a session of a bearer afterwards"],
    reference: ["access-control-expose-headers: set-auth-jwt", setsTokenHeader, ...session("newcomer@example.com")],
    latchkey: ["body: null"],
  },
  {
    reason: "A reset ends all sessions",
    cases: ["verify-email: a link after a reset"],
    reference: [],
    latchkey: [SESSION_COOKIE_CLEARED],
  },
  {
    reason: "A reset verifies the address, because the user has read its messages",
    cases: ["reset-password: a sign-in with the new password"],
    reference: ["body.user.emailVerified: false"],
    latchkey: ["body.user.emailVerified: true"],
  },
  {
    reason: "A reset verifies the address, because the user has read its messages",
    cases: ["required verification: reset of an unverified user"],
    reference: step(2, error(403, "EMAIL_NOT_VERIFIED", "Email not verified")),
    latchkey: step(2, succeeds),
  },
];

const change: Difference[] = [
  {
    reason: "A change of the address leaves the session and its token as they are",
    cases: ["change-email: a link", "change-email: a link, with a callbackURL"],
    reference: setsSession,
    latchkey: [],
  },
  {
    reason: "A link to a new address works in a session of the user only, and creates none",
    cases: ["change-email: a link without a session"],
    reference: succeeds,
    latchkey: ["status: 302"],
  },
  {
    reason: "A link to a new address works once",
    cases: ["change-email: a link, twice"],
    reference: userNotFound,
    latchkey: unknownToken(401).slice(1),
  },
  {
    reason: "An address belongs to one account, also with a link from the time when it was free",
    ...refuses(error(422, "USER_ALREADY_EXISTS", "User already exists."), [
      "change-email: an address that is taken before the link is followed",
    ]),
  },
];

export const mailDifferences: Difference[] = [...verification, ...reset, ...change, ...signInLinks, ...codes];
