// Verifies an access token, and asks Latchkey for its user.

import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { internalUrl, latchkeyUrl } from "./settings.js";

const keys = createRemoteJWKSet(new URL(`${internalUrl}/api/auth/jwks`));

/** The claims of an access token, or null if the token is not valid. */
async function verify(token) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ["EdDSA", "ES256"],
      issuer: latchkeyUrl,
      audience: latchkeyUrl,
      typ: "at+jwt",
      clockTolerance: 5,
      requiredClaims: ["sub", "user_id", "sid", "jti", "iat", "nbf", "exp"],
    });
    return payload.sub === payload.user_id ? payload : null;
  } catch (error) {
    const unavailable = error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError);
    if (unavailable) throw error;
    return null;
  }
}

/**
 * The session of an access token: its user, and the seconds until the token expires. Null if the token is not
 * valid or its session has ended, which only Latchkey knows.
 */
export async function sessionOf(token) {
  const claims = await verify(token);
  if (!claims) return null;
  const response = await fetch(`${internalUrl}/api/users/${claims.sub}`, {
    headers: { authorization: `Bearer ${token}` },
    cache: "no-store",
  });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`Latchkey answered ${response.status}`);
  return { token, user: await response.json(), secondsLeft: Math.max(0, Math.floor(claims.exp - Date.now() / 1000)) };
}
