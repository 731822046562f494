// Access tokens and keys.

import { type Difference } from "./lines.js";

/** Access tokens. */
export const tokens: Difference[] = [
  {
    why: "An access token says who and in which session, and nothing personal; it says what it is (RFC 9068)",
    cases: ["tokens: token by cookie", "tokens: token by bearer"],
    reference: [
      "body.token claims.createdAt: <now>",
      "body.token claims.email: ada@example.com",
      "body.token claims.emailVerified: false",
      "body.token claims.id: <id>",
      "body.token claims.name: Ada",
      "body.token claims.updatedAt: <now>",
    ],
    latchkey: [
      "body.token header.typ: at+jwt",
      "body.token claims.jti: <token id>",
      "body.token claims.nbf: iat + 0",
      "body.token claims.sid: <id>",
      "body.token claims.user_id: <id>",
    ],
  },
];

/** The keys to check them with. */
const publicKeys = {
  reference: ["content-type: application/json"],
  latchkey: ["content-type: application/jwk-set+json", "cache-control: public, max-age=300", "body.keys[0].use: sig"],
};
export const keys: Difference[] = [
  {
    why: "Keys say what they are and what they are for (RFC 7517 §4.2, §8.5.2), and may be kept for a while",
    cases: ["tokens: the keys, with a cookie"],
    ...publicKeys,
  },
  {
    why: "They may be read by every page",
    cases: ["tokens: the keys"],
    reference: publicKeys.reference,
    latchkey: [...publicKeys.latchkey, "access-control-allow-origin: *"],
  },
];
