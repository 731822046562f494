// Checks Latchkey's access tokens. A route behind `owner` is open to the user in its path alone.

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
// Never taken from the token, and never both kinds at once (RFC 8725 §3.1).
const algorithms = secrets.length > 0 ? ["HS256"] : ["EdDSA", "ES256"];
const leeway = 5; // seconds
const texts = ["iss", "sub", "user_id", "sid", "jti"];

/** The keys cannot be had now: nobody's fault but ours. */
class Unavailable extends Error {}

/** Finds a shared secret by key id, which is its RFC 7638 thumbprint. */
async function sharedKeys() {
  const keys = new Map();
  for (const secret of secrets) {
    const key = new TextEncoder().encode(secret);
    keys.set(await calculateJwkThumbprint({ kty: "oct", k: Buffer.from(key).toString("base64url") }), key);
  }
  return async ({ kid }) => keys.get(kid) ?? Promise.reject(new errors.JWKSNoMatchingKey());
}

/**
 * Finds one of Latchkey's public keys. jose asks for them when they are old or lack the one a token
 * names, once in the cooldown; what it leaves to us is a Latchkey that does not answer: then it is not
 * asked again for as long, and the keys known so far keep working.
 */
function publishedKeys() {
  const milliseconds = { cooldownDuration: cooldown * 1000, cacheMaxAge: maxAge * 1000, timeoutDuration: 2000 };
  const remote = createRemoteJWKSet(new URL(jwksUrl), milliseconds);
  let quietUntil = 0;
  return async (header, token) => {
    if (typeof header.kid !== "string") throw new errors.JWKSNoMatchingKey();
    if (Date.now() >= quietUntil) {
      try {
        return await remote(header, token);
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey) throw error;
        quietUntil = Date.now() + cooldown * 1000;
        console.warn(`no keys from ${jwksUrl}: ${error.cause ?? error}`);
      }
    }
    const known = createLocalJWKSet(remote.jwks() ?? { keys: [] });
    return known(header, token).catch(() => Promise.reject(new Unavailable()));
  };
}

const key = secrets.length > 0 ? await sharedKeys() : publishedKeys();

/** What the access token says; an error of jose if it is not a good one. */
async function verify(token) {
  const { payload } = await jwtVerify(token, key, {
    algorithms,
    audience,
    issuer,
    typ: "at+jwt",
    clockTolerance: leeway,
    requiredClaims: [...texts, "iat", "nbf", "exp"],
  });
  if (texts.some((name) => typeof payload[name] !== "string" || payload[name] === "")) {
    throw new errors.JWTInvalid("not texts");
  }
  if (payload.iat > Date.now() / 1000 + leeway) throw new errors.JWTInvalid("issued in the future");
  if (payload.sub !== payload.user_id) throw new errors.JWTInvalid("two users");
  return payload;
}

/** Lets the user of the path's `userId` pass: 401 without a good access token, 403 if it is not theirs. */
export async function owner(request, response, next) {
  // All of them: Node's `headers` would hide that there are two.
  const [header = "", ...others] = request.headersDistinct.authorization ?? [];
  const [, token] = /^bearer +(.+)$/i.exec(header) ?? [];
  if (!token) return response.set("WWW-Authenticate", "Bearer").status(401).json({ detail: "Sign in first" });
  try {
    if (others.length > 0) throw new errors.JWTInvalid("two tokens");
    const { sub } = await verify(token);
    if (sub !== request.params.userId) return response.status(403).json({ detail: "This belongs to another user" });
  } catch (error) {
    if (error instanceof Unavailable) {
      return response.set("Retry-After", cooldown).status(503).json({ detail: "Tokens cannot be checked now" });
    }
    if (!(error instanceof errors.JOSEError)) throw error;
    const challenge = 'Bearer error="invalid_token"';
    return response.set("WWW-Authenticate", challenge).status(401).json({ detail: "The access token is not valid" });
  }
  next();
}
