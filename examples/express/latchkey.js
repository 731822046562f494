// Verifies Latchkey's access tokens. The middleware `owner` restricts a route to the user in its path. `signedInWith`
// requires a stronger or a more recent sign-in.

import { calculateJwkThumbprint, createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from "jose";

const {
  LATCHKEY_BASE_URL: issuer = "http://localhost:3000",
  LATCHKEY_JWT_AUDIENCE: audience = issuer,
  LATCHKEY_JWT_SECRET: sharedSecrets = "",
  LATCHKEY_JWKS_URL: jwksUrl = `${issuer}/api/auth/jwks`,
  LATCHKEY_JWKS_MAX_AGE: maxAge = "300",
  LATCHKEY_JWKS_COOLDOWN: cooldown = "10",
} = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value));

const secrets = sharedSecrets.split(/\s+/).filter(Boolean);
// Fixed, never taken from the token; either shared secrets or public keys (RFC 8725 §3.1).
const algorithms = secrets.length > 0 ? ["HS256"] : ["EdDSA", "ES256"];
const leeway = 5; // seconds
const requiredStrings = ["iss", "sub", "user_id", "sid", "jti"];
// The values of `acr`, the weakest first.
const strengths = ["aal1", "aal2", "phr"];

/** The keys could not be fetched. */
class KeysUnavailable extends Error {}

/** Finds a shared secret by key id, its RFC 7638 thumbprint. */
async function sharedKeys() {
  const keys = new Map();
  for (const secret of secrets) {
    const key = new TextEncoder().encode(secret);
    keys.set(await calculateJwkThumbprint({ kty: "oct", k: Buffer.from(key).toString("base64url") }), key);
  }
  return async ({ kid }) => keys.get(kid) ?? Promise.reject(new errors.JWKSNoMatchingKey());
}

/**
 * Finds one of Latchkey's public keys. jose fetches them when they exceed the maximum age or a token has
 * an unknown key id, at most once per cooldown. This adds the cooldown after a failure; the known keys
 * remain valid meanwhile.
 */
function publishedKeys() {
  const milliseconds = { cooldownDuration: cooldown * 1000, cacheMaxAge: maxAge * 1000, timeoutDuration: 2000 };
  const remote = createRemoteJWKSet(new URL(jwksUrl), milliseconds);
  let retryAt = 0;
  return async (header, token) => {
    if (typeof header.kid !== "string") throw new errors.JWKSNoMatchingKey();
    if (Date.now() >= retryAt) {
      try {
        return await remote(header, token);
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey) throw error;
        retryAt = Date.now() + cooldown * 1000;
        console.warn(`could not fetch keys from ${jwksUrl}: ${error.cause ?? error}`);
      }
    }
    const known = createLocalJWKSet(remote.jwks() ?? { keys: [] });
    return known(header, token).catch(() => Promise.reject(new KeysUnavailable()));
  };
}

const key = secrets.length > 0 ? await sharedKeys() : publishedKeys();

/** Returns the claims of a valid access token, otherwise throws an error of jose. */
async function verify(token) {
  const { payload } = await jwtVerify(token, key, {
    algorithms,
    audience,
    issuer,
    typ: "at+jwt",
    clockTolerance: leeway,
    requiredClaims: [...requiredStrings, "iat", "nbf", "exp"],
  });
  if (requiredStrings.some((name) => typeof payload[name] !== "string" || payload[name] === "")) {
    throw new errors.JWTInvalid("missing identifiers");
  }
  if (payload.iat > Date.now() / 1000 + leeway) throw new errors.JWTInvalid("issued in the future");
  for (const [name, type] of [["auth_time", "number"], ["acr", "string"]]) {
    if (payload[name] !== undefined && typeof payload[name] !== type) throw new errors.JWTInvalid(`malformed ${name}`);
  }
  if (payload.sub !== payload.user_id) throw new errors.JWTInvalid("sub and user_id differ");
  return payload;
}

/** 401 without a valid access token, 403 unless it belongs to the user in the path's `userId`. */
export async function owner(request, response, next) {
  // Node's `headers` would hide a second Authorization header.
  const [header = "", ...others] = request.headersDistinct.authorization ?? [];
  const [, token] = /^bearer +(.+)$/i.exec(header) ?? [];
  if (!token) return response.set("WWW-Authenticate", "Bearer").status(401).json({ detail: "Sign in first" });
  try {
    if (others.length > 0) throw new errors.JWTInvalid("several tokens");
    response.locals.claims = await verify(token);
    if (response.locals.claims.sub !== request.params.userId) return response.status(403).json({ detail: "This belongs to another user" });
  } catch (error) {
    if (error instanceof KeysUnavailable) {
      return response.set("Retry-After", cooldown).status(503).json({ detail: "Tokens cannot be checked now" });
    }
    if (!(error instanceof errors.JOSEError)) throw error;
    const challenge = 'Bearer error="invalid_token"';
    return response.set("WWW-Authenticate", challenge).status(401).json({ detail: "The access token is not valid" });
  }
  next();
}

/**
 * For a route behind `owner`: 401 if the sign-in is weaker than `acr` or more than `maxAge` seconds ago (RFC 9470). A
 * token without the claims counts as the lowest.
 */
export function signedInWith({ acr, maxAge }) {
  const challenge = [
    'Bearer error="insufficient_user_authentication"',
    ...(acr === undefined ? [] : [`acr_values="${acr}"`]),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ].join(", ");
  return (_, response, next) => {
    const { claims } = response.locals;
    const strong = acr === undefined || strengths.indexOf(claims.acr) >= strengths.indexOf(acr);
    const age = Math.floor(Date.now() / 1000) - (claims.auth_time ?? -Infinity);
    if (strong && (maxAge === undefined || age <= maxAge)) next();
    else response.set("WWW-Authenticate", challenge).status(401).json({ detail: "Sign in again" });
  };
}
