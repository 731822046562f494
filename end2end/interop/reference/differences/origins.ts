// Origins and return addresses.

import { type Difference, error, refuses, succeeds } from "./builders.js";

export const origins: Difference[] = [
  {
    reason: "No browser sends Sec-Fetch-Mode without Sec-Fetch-Site and Origin; Node.js's fetch does",
    cases: ["origins: sign-in from fetch without an origin"],
    reference: error(403, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin"),
    latchkey: succeeds,
  },
  {
    reason: "The origin is checked before the body",
    cases: ["origins: from another origin, and the wrong types"],
    reference: error(
      400,
      "VALIDATION_ERROR",
      "[body.email] Invalid input: expected string, received number; [body.password] Invalid input: expected string, received undefined",
    ),
    latchkey: error(403, "INVALID_ORIGIN", "Invalid origin"),
  },
  {
    reason: "The origin is checked before the body",
    cases: ["origins: from another origin, with an untrusted callbackURL"],
    reference: error(403, "INVALID_CALLBACK_URL", "Invalid callbackURL").slice(1),
    latchkey: error(403, "INVALID_ORIGIN", "Invalid origin").slice(1),
  },
  {
    reason: "A proxy can turn a path with an empty segment into another host",
    ...refuses(error(403, "INVALID_CALLBACK_URL", "Invalid callbackURL"), ['callbacks: sign-in, then "/a//b"']),
  },
  {
    reason: "Paths in headers are percent-encoded, as browsers send them",
    cases: ['callbacks: sign-in, then "/x y"'],
    reference: ["location: /x y"],
    latchkey: ["location: /x%20y"],
  },
  {
    reason: "Paths in headers are percent-encoded, as browsers send them",
    cases: ['callbacks: sign-in, then "/é"'],
    reference: ["location: /é"],
    latchkey: ["location: /%C3%A9"],
  },
  {
    reason: "Latchkey answers preflight requests of trusted origins; with Better Auth the host application does",
    cases: ["trusted origins: preflight of a trusted origin"],
    reference: ["status: 404"],
    latchkey: ["status: 204"],
  },
];
