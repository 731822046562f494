// User input: passwords, names, addresses and pictures.

import {
  commonlyUsed,
  type Difference,
  error,
  refuses,
  session,
  SESSION_COOKIE_CLEARED,
  succeeds,
  tooLong,
  setsTokenHeader,
} from "./builders.js";

export const passwords: Difference[] = [
  {
    reason: "Common passwords are refused (NIST 800-63B-4 §3.1.1.2)",
    ...refuses(commonlyUsed, ["sign-up: a common password", "change-password: to a common one"]),
  },
  {
    reason: "Passwords that contain the user's name or address are refused",
    ...refuses(
      error(400, "PASSWORD_TOO_WEAK", "Do not use your e-mail address, your name or “latchkey” in the password"),
      ["sign-up: the address as the password"],
    ),
  },
  {
    reason: "Lengths count characters and not UTF-16 units (NIST 800-63B-4 §3.1.1.2)",
    cases: ["sign-up: a password that is too long only in UTF-16"],
    reference: tooLong,
    latchkey: succeeds,
  },
  {
    reason: "A password over the length limit is treated as a wrong password",
    cases: [
      "sign-in: with a password over the length limit",
      "sign-in: unknown user, with a password over the length limit",
    ],
    reference: tooLong,
    latchkey: error(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"),
  },
  {
    reason: "A password over the length limit is treated as a wrong password",
    cases: [
      "change-password: with a current one over the length limit",
      "verify-password: with one over the length limit",
      "delete-user: with a password over the length limit",
    ],
    reference: tooLong.slice(1),
    latchkey: error(400, "INVALID_PASSWORD", "Invalid password").slice(1),
  },
  {
    reason: "The current password is verified before the new one is validated, so that only the user sees policy errors",
    cases: ["change-password: with the wrong current one, and a short new one"],
    reference: error(400, "PASSWORD_TOO_SHORT", "Password too short").slice(1),
    latchkey: error(400, "INVALID_PASSWORD", "Invalid password").slice(1),
  },
  {
    reason: "A password change always ends the other sessions (ASVS 7.4.3)",
    cases: ["change-password: the other sessions afterwards"],
    reference: [setsTokenHeader, ...session("newcomer@example.com")],
    latchkey: [SESSION_COOKIE_CLEARED, "body: null"],
  },
];

/** The message for missing members of a sign-up. */
const missing = (...names: string[]) =>
  names.map((name) => `[body.${name}] Invalid input: expected string, received undefined`).join("; ");

export const inputs: Difference[] = [
  {
    reason: "The name is optional at sign-up",
    cases: ["validation: no name"],
    reference: error(400, "VALIDATION_ERROR", missing("name")),
    latchkey: succeeds,
  },
  {
    reason: "The name is optional at sign-up",
    cases: ["validation: nothing", "bodies: sign-up as Application/JSON with parameters"],
    reference: error(400, "VALIDATION_ERROR", missing("name", "email", "password")).slice(2),
    latchkey: error(400, "VALIDATION_ERROR", missing("email", "password")).slice(2),
  },
  {
    reason: "E-mail addresses may contain non-ASCII letters (RFC 6531)",
    cases: ["sign-up: a non-ASCII address"],
    reference: error(400, "VALIDATION_ERROR", "[body.email] Invalid email address"),
    latchkey: succeeds,
  },
  {
    reason: "E-mail addresses have a maximum length (RFC 5321 §4.5.3.1)",
    cases: ["sign-in: with an address of 300 characters"],
    reference: error(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"),
    latchkey: error(400, "INVALID_EMAIL", "Invalid email"),
  },
  {
    reason: "A name is a string, as in the client's types",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Invalid input: expected string, received number"), [
      "update-user: a name that is a number",
    ]),
  },
  {
    reason: "A name is a string, as in the client's types",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Invalid input: expected string, received null"), [
      "update-user: a name that is null",
    ]),
  },
  {
    reason: "A name is a single line",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Write the name on one line"), [
      "update-user: a name on two lines",
    ]),
  },
  {
    reason: "A name has a maximum length",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Use at most 100 characters"), [
      "update-user: a name of 101 characters",
    ]),
  },
  {
    reason: "A picture's URL is a string, as in the client's types",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.image] Invalid input: expected string, received number"), [
      "update-user: a picture that is a number",
    ]),
  },
  {
    reason: "Media types are compared in full, not by prefix",
    cases: ["bodies: sign-up as application/jsonx"],
    reference: error(400, "VALIDATION_ERROR", missing("name", "email", "password")),
    latchkey: error(
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      'Content-Type "application/jsonx" is not allowed. Allowed types: application/x-www-form-urlencoded, application/json',
    ),
  },
];
