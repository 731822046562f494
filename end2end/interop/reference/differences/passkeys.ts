// Users with passkeys.

import type { Rule } from "../compare.js";
import { type Difference, error, refuses, SESSION_COOKIE_CLEARED, succeeds } from "./builders.js";
import { noChallenge, registration } from "./passkey-registration.js";
import { accessToken } from "./tokens.js";

/** Differences in any number of cases with passkeys. */
export const passkeyRules: Rule[] = [
  {
    reason: "A passkey verifies its user, and names the account: it is two factors alone",
    example: "register options: in a session",
    reference: /^body\.(authenticatorSelection\.)?(requireResidentKey: false|(residentKey|userVerification): preferred)$/,
    latchkey: /^body\.(authenticatorSelection\.)?(requireResidentKey: true|(residentKey|userVerification): required)$/,
  },
  {
    reason: "A ceremony waits for five minutes, as long as its challenge",
    example: "register options: in a session",
    reference: /^body\.timeout: 60000$/,
    latchkey: /^body\.timeout: 300000$/,
  },
  {
    reason: "ES256, ES384 and RS256, without Ed25519",
    example: "register options: in a session",
    reference: /^body\.pubKeyCredParams\[\d\]\.(alg: (-8|-7|-257)|type: public-key)$/,
    latchkey: /^body\.pubKeyCredParams\[\d\]\.(alg: (-7|-35|-257)|type: public-key)$/,
  },
  {
    reason: "Authenticators do not use the passkey without verifying the user; and there are no hints",
    example: "register options: in a session",
    reference: /^body\.hints: \[\]$/,
    latchkey:
      /^body\.extensions\.(credentialProtectionPolicy: userVerificationRequired|enforceCredentialProtectionPolicy: false)$/,
  },
  {
    reason: "Authenticators show the user's name and address; the name of the passkey is not the name of the account",
    example: "register options: a name",
    reference: /^body\.user\.(displayName: newcomer@example\.com|name: (?!Ada$)[^]*)$/,
    latchkey: /^body\.user\.(displayName: Ada|name: newcomer@example\.com)$/,
  },
  {
    reason: "The cookie of a ceremony ends with its answer",
    example: "sign-in: a passkey",
    latchkey: /^cookie passkey: cleared; HttpOnly; Max-Age=0; Path=\/; SameSite=Lax$/,
  },
  {
    reason: "A passkey without a name has the name of the device",
    example: "register: a passkey",
    latchkey: /^body(\[\d\])?\.name: Unknown device$/,
  },
];

const failed = error(400, "AUTHENTICATION_FAILED", "Authentication failed");
const notFound = error(401, "PASSKEY_NOT_FOUND", "Passkey not found");
const notFresh = error(403, "SESSION_NOT_FRESH", "Session is not fresh");

const signIn: Difference[] = [
  { ...accessToken("newcomer@example.com", "phr", ["pop", "user", "mfa"]), cases: ["sign-in: a passkey, and an access token"] },
  {
    reason: "An invalid bearer token does not clear the session cookie",
    cases: ["sign-in options: an invalid bearer token"],
    reference: [SESSION_COOKIE_CLEARED],
    latchkey: [],
  },
  {
    reason: "A passkey of one device stays one (WebAuthn §7.2)",
    ...refuses(failed, ["sign-in, invalid: eligible for a backup since then"]),
  },
  {
    reason: "A passkey verifies its user",
    ...refuses(failed, ["sign-in, invalid: without verification"]),
  },
  {
    reason: "A page in a frame of another site cannot sign in",
    ...refuses(failed, ["sign-in, invalid: a cross-origin frame"]),
  },
  {
    reason: "The user handle is that of the passkey's user (WebAuthn §7.2)",
    ...refuses(
      failed,
      ["without a user handle", "an empty user handle", "another user handle", "a user handle that is not base64"].map(
        (name) => `sign-in, invalid: ${name}`,
      ),
    ),
  },
  {
    reason: "In a session, a passkey of its user signs in",
    ...refuses(failed, ["sign-in: of another user than the options", "sign-in: in another user's session"]),
  },
  {
    reason: "Passkeys work on trusted origins of their domain, and on related origins",
    ...refuses(failed, ["sign-in: from a trusted origin"]),
  },
  {
    reason: "The client data has the origin, so that a header is not required",
    cases: ["sign-in: with a referrer instead of an origin"],
    reference: ["status: 400", "body.message: origin missing"],
    latchkey: succeeds,
  },
  {
    reason: "The client data has the origin, so that a header is not required",
    cases: ["sign-in: without options and origin"],
    reference: ["body.message: origin missing"],
    latchkey: noChallenge.slice(1),
  },
  {
    reason: "All answers that do not verify get the same error",
    cases: ["sign-in, invalid: another counter than signed", "sign-in, invalid: a wrong signature", "sign-in, invalid: the id of another user's passkey"],
    reference: ["status: 401"],
    latchkey: ["status: 400"],
  },
  {
    reason: "An answer without a valid id names no passkey",
    cases: ["an empty answer", "no id", "an id that is a number", "an id that is a list", "the answer of a registration"].map(
      (name) => `sign-in, invalid: ${name}`,
    ),
    reference: notFound,
    latchkey: failed,
  },
  {
    reason: "The passkeys of a deleted user are deleted",
    cases: ["afterwards: a deleted user"],
    reference: ["status: 500", "body.message: User not found"],
    latchkey: notFound,
  },
];

const removal: Difference[] = [
  {
    reason: "A change of the factors needs a recent sign-in (ASVS 7.5.1)",
    ...refuses(notFresh, ["stale: remove"]),
  },
  {
    reason: "A change of the factors needs a recent sign-in (ASVS 7.5.1)",
    cases: ["stale: remove an unknown one"],
    reference: error(404, "PASSKEY_NOT_FOUND", "Passkey not found"),
    latchkey: notFresh,
  },
];

export const passkeyDifferences: Difference[] = [...registration, ...signIn, ...removal];
