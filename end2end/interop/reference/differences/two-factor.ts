// Users with a second factor.

import type { Rule } from "../compare.js";
import {
  type Difference,
  error,
  refuses,
  session,
  SESSION_COOKIE_CLEARED,
  setsSession,
  setsTokenHeader,
  step,
  succeeds,
  user,
} from "./builders.js";

/** Differences in any number of cases with a second factor. */
export const twoFactorRules: Rule[] = [
  {
    reason: "A sign-in waits for the second factor for 5 minutes, instead of 10",
    example: "password: the right password",
    reference: /^cookie two_factor: set; HttpOnly; Max-Age=600; Path=\/; SameSite=Lax$/,
    latchkey: /^cookie two_factor: set; HttpOnly; Max-Age=300; Path=\/; SameSite=Lax$/,
  },
];

const EMAIL = "newcomer@example.com";

const invalidCode = error(401, "INVALID_CODE", "Invalid code");
const invalidCookie = error(401, "INVALID_TWO_FACTOR_COOKIE", "Invalid two factor cookie");

const exposesToken = "access-control-expose-headers: set-auth-token";

/** The second factor is missing. */
const redirects = ["body.twoFactorMethods[0]: totp", "body.twoFactorRedirect: true"];

const trustSet = "cookie trust_device: set; HttpOnly; Max-Age=2592000; Path=/; SameSite=Lax";
const trustCleared = "cookie trust_device: cleared; HttpOnly; Max-Age=0; Path=/; SameSite=Lax";

/** The answer to the first code. */
const firstCode = {
  reference: [...setsSession, "body.token: <secret>", "body.user.twoFactorEnabled: false"],
  latchkey: ["body.token: <the session's id>", "body.user.twoFactorEnabled: true"],
};

const setUp: Difference[] = [
  {
    reason: "The app shows the name of the service",
    cases: ["enable: an issuer"],
    reference: [`body.totpURI: ${uriOf("Ada+&+Co")}`],
    latchkey: [`body.totpURI: ${uriOf("Latchkey")}`],
  },
  {
    reason: "A change of the factors keeps the session, and the answer has the user after the change",
    cases: ["the right code", "a device to trust", "the code of the newest QR code"]
      .map((name) => `first code: ${name}`)
      .concat("URI: a code of the URI"),
    ...firstCode,
  },
  {
    reason: "A change of the factors keeps the session, and the answer has the user after the change",
    cases: ["first code: the right code, by bearer"],
    reference: [...firstCode.reference, exposesToken],
    latchkey: firstCode.latchkey,
  },
  {
    reason: "A change of the factors keeps the session, and the answer has the user after the change",
    cases: ["first code: a wrong code, then the right one"],
    reference: step(2, firstCode.reference),
    latchkey: step(2, firstCode.latchkey),
  },
  {
    reason: "A change of the factors keeps the session",
    cases: ["first code: the old session afterwards"],
    reference: [SESSION_COOKIE_CLEARED, "body: null"],
    latchkey: [setsTokenHeader, ...session(EMAIL, { twoFactor: true })],
  },
  {
    reason: "A session token is only in the response that sets it",
    cases: ["first code: another code afterwards", "backup code: in the session"],
    reference: ["body.token: <secret>"],
    latchkey: ["body.token: <the session's id>"],
  },
];

const signIn: Difference[] = [
  {
    reason: "There is no session before the second factor, and no token",
    cases: [
      "password: the right password",
      "password: without rememberMe",
      "password: a callbackURL",
      "trusted device: another browser",
      "by mail: a new password",
    ],
    reference: ["set-auth-token: <secret>", exposesToken],
    latchkey: [],
  },
  {
    reason: "There is no session before the second factor, and no token",
    cases: ["password: in the own session", "trusted device: a forged cookie"],
    reference: ["set-auth-token: <secret>"],
    latchkey: [],
  },
  {
    reason: "A code is accepted once (RFC 6238 §5.2)",
    ...refuses(invalidCode, [
      "first code: the same code afterwards",
      "second factor: the code of the set-up",
      "second factor: the same code twice",
    ]),
  },
  {
    reason: "A change of the password ends the sign-ins that wait for the second factor",
    ...refuses(invalidCookie, ["second factor: the cookie after a change of the password"]),
  },
];

const trust: Difference[] = [
  {
    reason: "Trust in a device ends 30 days after the second factor, however often it is used",
    cases: ["trusted device: the next sign-in", "trusted device: the sign-in after the next"],
    reference: [trustSet],
    latchkey: [],
  },
  {
    reason: "A cookie of another user's trust is kept; and there is no token before the second factor",
    cases: ["trusted device: another user", "trusted device: after disable and enable"],
    reference: ["set-auth-token: <secret>", trustCleared],
    latchkey: [],
  },
  {
    reason: "A change of the password ends the trust in all devices",
    cases: ["trusted device: after a change of the password"],
    reference: [...setsSession, trustSet, "body.redirect: false", "body.token: <secret>", ...user(EMAIL, { twoFactor: true })],
    latchkey: [SESSION_COOKIE_CLEARED, ...redirects],
  },
];

const withoutSession = error(400, "VALIDATION_ERROR", "[body.disableSession] Invalid input: expected false");

const backupCodes: Difference[] = [
  {
    reason: "A backup code completes a sign-in: without a session, it would be used up and prove nothing",
    ...refuses(withoutSession, ["backup code: without a new session"]),
  },
  {
    reason: "A backup code completes a sign-in: without a session, it would be used up and prove nothing",
    cases: ["backup code: without a new session, and the session"],
    reference: step(1, succeeds),
    latchkey: step(1, withoutSession),
  },
  {
    reason: "Backup codes work when the set-up is complete",
    ...refuses(error(400, "BACKUP_CODES_NOT_ENABLED", "Backup codes aren't enabled"), [
      "backup code: in the session, before the first code",
    ]),
  },
];

const disabled: Difference[] = [
  {
    reason: "A change of the factors keeps the session",
    cases: ["the right password", "on a trusted device", "before the first code", "without a second factor"].map(
      (name) => `disable: ${name}`,
    ),
    reference: setsSession,
    latchkey: [],
  },
  {
    reason: "A change of the factors keeps the session",
    cases: ["disable: without a second factor, by bearer"],
    reference: [...setsSession, exposesToken],
    latchkey: [],
  },
  {
    reason: "A change of the factors keeps the session",
    cases: ["disable: the old session afterwards"],
    reference: [SESSION_COOKIE_CLEARED, "body: null"],
    latchkey: [setsTokenHeader, ...session(EMAIL)],
  },
];

/** The user of the cases by mail. */
const VERIFIED = { verified: true, twoFactor: true };

/** A used link or code forgets the request for it. */
const requestForgotten = "cookie code: cleared; HttpOnly; Max-Age=0; Path=/; SameSite=Lax";

const byMail: Difference[] = [
  {
    reason: "Links and codes in messages ask for the second factor too: on a page of Latchkey",
    cases: ["by mail: a sign-in link"],
    reference: ["location: <origin>/home", ...setsSession],
    latchkey: ["location: <origin>/sign-in/second-step", SESSION_COOKIE_CLEARED, requestForgotten],
  },
  {
    reason: "Links and codes in messages ask for the second factor too",
    cases: ["by mail: a sign-in link for a program"],
    reference: [...setsSession, "body.token: <secret>", ...session(EMAIL, VERIFIED)],
    latchkey: [SESSION_COOKIE_CLEARED, requestForgotten, ...redirects],
  },
  {
    reason: "Links and codes in messages ask for the second factor too",
    cases: ["by mail: a code"],
    reference: [...setsSession, "body.token: <secret>", ...user(EMAIL, VERIFIED)],
    latchkey: [SESSION_COOKIE_CLEARED, requestForgotten, ...redirects],
  },
  {
    reason: "Links and codes in messages ask for the second factor too",
    cases: ["by mail: a sign-in link, and the session", "by mail: a code, and the session"],
    reference: [setsTokenHeader, ...session(EMAIL, VERIFIED)],
    latchkey: ["body: null"],
  },
];

export const twoFactorDifferences: Difference[] = [
  ...setUp,
  ...signIn,
  ...trust,
  ...backupCodes,
  ...disabled,
  ...byMail,
];

/** The URI of an authenticator app, as the comparison shows it. */
function uriOf(issuer: string): string {
  return `otpauth://totp/${issuer}:${EMAIL}?issuer=${issuer}&secret=<seed>&algorithm=SHA1&digits=6&period=30`;
}
