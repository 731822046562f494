// Cases with messages: links and codes that sign in, and the other uses of codes.

import { commonlyUsed, type Difference, error, refuses, setsSession, step, succeeds } from "./builders.js";

const invalidCode = error(400, "INVALID_OTP", "Invalid OTP");
const tooManyAttempts = error(403, "TOO_MANY_ATTEMPTS", "Too many attempts");
const changeRefused = "body.message: Change email with OTP is disabled";

export const signInLinks: Difference[] = [
  {
    reason: "In another browser, a sign-in link leads to a page with one button, because mail scanners open links",
    cases: ["magic-link: a link in another browser"],
    reference: ["access-control-expose-headers: set-auth-token", "location: <origin>/home", ...setsSession],
    latchkey: ["location: <origin>/sign-in/link?token=<link>"],
  },
];

export const codes: Difference[] = [
  {
    reason: "A code works only in the browser that asked for it",
    ...refuses(invalidCode, ["email-otp use: sign in in another browser"]),
  },
  {
    reason: "A sign-in with a code needs a trusted origin, as the other sign-ins do (login CSRF)",
    cases: ["email-otp use: sign in from another origin"],
    reference: invalidCode,
    latchkey: error(403, "INVALID_ORIGIN", "Invalid origin"),
  },
  {
    reason: "A code has five attempts, of which an address has 15 a day",
    cases: ["email-otp use: sign in with three wrong codes, then the right one"],
    reference: step(4, tooManyAttempts),
    latchkey: step(4, succeeds),
  },
  {
    reason: "A code has five attempts, of which an address has 15 a day",
    cases: ["email-otp use: sign in with too many wrong codes"],
    reference: [...step(4, tooManyAttempts), ...step(6, invalidCode)],
    latchkey: [...step(4, invalidCode), ...step(6, tooManyAttempts)],
  },
  {
    reason: "Common passwords are refused (NIST 800-63B-4 §3.1.1.2)",
    ...refuses(commonlyUsed, ["email-otp reset: reset to a common password"]),
  },
  {
    reason: "A link changes the address, and no code does",
    cases: ["email-otp change: request, a taken address", "email-otp change: request, a new address"],
    reference: succeeds,
    latchkey: ["status: 400", changeRefused],
  },
  {
    reason: "A link changes the address, and no code does",
    cases: ["email-otp change: request, the own address"],
    reference: ["body.message: Email is the same"],
    latchkey: [changeRefused],
  },
  {
    reason: "A link changes the address, and no code does",
    cases: ["email-otp change: request, no address"],
    reference: error(400, "INVALID_EMAIL", "Invalid email").slice(1),
    latchkey: [changeRefused],
  },
  {
    reason: "A link changes the address, and no code does",
    cases: ["email-otp change: change without a request"],
    reference: step(1, invalidCode.slice(1)),
    latchkey: step(1, [changeRefused]),
  },
];
