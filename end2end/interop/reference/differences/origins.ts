// Origins and return addresses.

import { type Difference, error, refuses } from "./lines.js";

/** Where requests come from, and where they want to go. */
export const origins: Difference[] = [
  {
    why: "Where a request comes from is judged before what is in it",
    cases: ["origins: from another origin, and the wrong types"],
    reference: error(
      400,
      "VALIDATION_ERROR",
      "[body.email] Invalid input: expected string, received number; [body.password] Invalid input: expected string, received undefined",
    ),
    latchkey: error(403, "INVALID_ORIGIN", "Invalid origin"),
  },
  {
    why: "Where a request comes from is judged before what is in it",
    cases: ["origins: from another origin, to go elsewhere"],
    reference: error(403, "INVALID_CALLBACK_URL", "Invalid callbackURL").slice(1),
    latchkey: error(403, "INVALID_ORIGIN", "Invalid origin").slice(1),
  },
  {
    why: "A path with an empty segment can turn into another host on its way through a proxy",
    ...refuses(error(403, "INVALID_CALLBACK_URL", "Invalid callbackURL"), ['callbacks: sign-in, then "/a//b"']),
  },
  {
    why: "A header holds a path as browsers send it, percent-encoded",
    cases: ['callbacks: sign-in, then "/x y"'],
    reference: ["location: /x y"],
    latchkey: ["location: /x%20y"],
  },
  {
    why: "A header holds a path as browsers send it, percent-encoded",
    cases: ['callbacks: sign-in, then "/é"'],
    reference: ["location: /é"],
    latchkey: ["location: /%C3%A9"],
  },
  {
    why: "Trusted origins are told what they may send; the reference leaves that to what it is built into",
    cases: ["trusted origins: preflight of a trusted origin"],
    reference: ["status: 404"],
    latchkey: ["status: 204"],
  },
];
