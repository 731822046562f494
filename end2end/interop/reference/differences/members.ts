// What people type in: passwords, names, addresses, pictures.

import {
  commonlyUsed,
  type Difference,
  error,
  refuses,
  session,
  SESSION_COOKIE_GONE,
  succeeds,
  tooLong,
  withToken,
} from "./lines.js";

/** Passwords. */
export const passwords: Difference[] = [
  {
    why: "A password that everyone uses is no password (NIST 800-63B-4 §3.1.1.2)",
    ...refuses(commonlyUsed, ["sign-up: a password everyone uses", "change-password: to one that everyone uses"]),
  },
  {
    why: "Nor is one that names its owner",
    ...refuses(
      error(400, "PASSWORD_TOO_WEAK", "Do not use your e-mail address, your name or “latchkey” in the password"),
      ["sign-up: a password that is the address"],
    ),
  },
  {
    why: "Lengths count characters and not UTF-16 units (NIST 800-63B-4 §3.1.1.2)",
    cases: ["sign-up: a password that is long in UTF-16 alone"],
    reference: tooLong,
    latchkey: succeeds,
  },
  {
    why: "A password too long to be anybody's is a wrong one like any other",
    cases: [
      "sign-in: with a password too long to be anybody's",
      "sign-in: as nobody, with a password too long to be anybody's",
    ],
    reference: tooLong,
    latchkey: error(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"),
  },
  {
    why: "A password too long to be anybody's is a wrong one like any other",
    cases: [
      "change-password: with a current one too long to be anybody's",
      "verify-password: with one too long to be anybody's",
      "delete-user: with a password too long to be anybody's",
    ],
    reference: tooLong.slice(1),
    latchkey: error(400, "INVALID_PASSWORD", "Invalid password").slice(1),
  },
  {
    why: "What is wrong with a new password is for its owner to read, so the current one is judged first",
    cases: ["change-password: with the wrong current one, and a short new one"],
    reference: error(400, "PASSWORD_TOO_SHORT", "Password too short").slice(1),
    latchkey: error(400, "INVALID_PASSWORD", "Invalid password").slice(1),
  },
  {
    why: "A change of the password ends the other sessions, asked for or not (ASVS 7.4.3)",
    cases: ["change-password: what becomes of the other sessions"],
    reference: [withToken, ...session("newcomer@example.com")],
    latchkey: [SESSION_COOKIE_GONE, "body: null"],
  },
];

/** Names, addresses and pictures. */
export const members: Difference[] = [
  {
    why: "E-mail addresses may hold other letters than English ones (RFC 6531)",
    cases: ["sign-up: an address of another script"],
    reference: error(400, "VALIDATION_ERROR", "[body.email] Invalid email address"),
    latchkey: succeeds,
  },
  {
    why: "No e-mail address is as long (RFC 5321 §4.5.3.1)",
    cases: ["sign-in: with an address of 300 characters"],
    reference: error(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"),
    latchkey: error(400, "INVALID_EMAIL", "Invalid email"),
  },
  {
    why: "A name is a text, as the client's types have it",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Invalid input: expected string, received number"), [
      "update-user: a name that is a number",
    ]),
  },
  {
    why: "A name is a text, as the client's types have it",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Invalid input: expected string, received null"), [
      "update-user: a name that is null",
    ]),
  },
  {
    why: "A name is shown on one line",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Use letters, digits, spaces and punctuation only"), [
      "update-user: a name on two lines",
    ]),
  },
  {
    why: "A name has a bearable length",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Use at most 100 characters"), [
      "update-user: a name of 101 characters",
    ]),
  },
  {
    why: "A picture's address is a text, as the client's types have it",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.image] Invalid input: expected string, received number"), [
      "update-user: a picture that is a number",
    ]),
  },
  {
    why: "A media type is the one it is, not the one it begins with",
    cases: ["bodies: sign-up as application/jsonx"],
    reference: error(
      400,
      "VALIDATION_ERROR",
      ["name", "email", "password"]
        .map((name) => `[body.${name}] Invalid input: expected string, received undefined`)
        .join("; "),
    ),
    latchkey: error(
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      'Content-Type "application/jsonx" is not allowed. Allowed types: application/x-www-form-urlencoded, application/json',
    ),
  },
];
