// Access tokens and the JWKS.

import { type Difference } from "./builders.js";

/** The access token of a user after a sign-in with these methods. */
export const accessToken = (email: string, acr: string, amr: string[]): Omit<Difference, "cases"> => ({
  reason: "Access tokens identify the user, the session and the sign-in, have no personal data and a type (RFC 9068)",
  reference: [
    "body.token claims.createdAt: <now>",
    `body.token claims.email: ${email}`,
    "body.token claims.emailVerified: false",
    "body.token claims.id: <id>",
    "body.token claims.name: Ada",
    "body.token claims.twoFactorEnabled: false",
    "body.token claims.updatedAt: <now>",
  ],
  latchkey: [
    "body.token header.typ: at+jwt",
    `body.token claims.acr: ${acr}`,
    ...amr.map((method, index) => `body.token claims.amr[${index}]: ${method}`),
    "body.token claims.auth_time: <now>",
    "body.token claims.jti: <token id>",
    "body.token claims.nbf: iat + 0",
    "body.token claims.sid: <id>",
    "body.token claims.user_id: <id>",
  ],
});

export const tokens: Difference[] = [
  { ...accessToken("ada@example.com", "aal1", ["pwd"]), cases: ["tokens: token by cookie", "tokens: token by bearer"] },
];

const publicKeys = {
  reference: ["content-type: application/json"],
  latchkey: ["content-type: application/jwk-set+json", "cache-control: public, max-age=300", "body.keys[0].use: sig"],
};
export const keys: Difference[] = [
  {
    reason: "The JWKS has its own media type, declares the use of keys (RFC 7517 §4.2, §8.5.2) and can be cached",
    cases: ["tokens: the keys, with a cookie"],
    ...publicKeys,
  },
  {
    reason: "Every origin may read the JWKS",
    cases: ["tokens: the keys"],
    reference: publicKeys.reference,
    latchkey: [...publicKeys.latchkey, "access-control-allow-origin: *"],
  },
];
