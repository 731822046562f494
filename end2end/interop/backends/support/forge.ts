// Builds tokens from raw parts, like an attacker or a faulty issuer.

import {
  createHash,
  createHmac,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from "node:crypto";

/** Latchkey's signing algorithms. */
export const algorithms = ["HS256", "EdDSA", "ES256"] as const;

export type Algorithm = (typeof algorithms)[number];

/** Header parameters or claims. */
export type Members = Record<string, unknown>;

/** A signing key of the test. */
export interface SigningKey {
  algorithm: Algorithm;
  kid: string;
  /** As in a JWKS, also for a symmetric key. */
  jwk: JsonWebKey;
  /** The public key, or the secret for HS256. */
  verifying: KeyObject | string;
  sign(bytes: string): Buffer;
}

/** A value for LATCHKEY_JWT_SECRET. */
export function newSecret(): string {
  return randomBytes(36).toString("base64");
}

/** The HS256 key of a shared secret. */
export function secretKey(secret: string | Buffer): SigningKey {
  const jwk = { k: Buffer.from(secret).toString("base64url"), kty: "oct" };
  const signature = (bytes: string) => createHmac("sha256", secret).update(bytes).digest();
  return named({ algorithm: "HS256", jwk, verifying: secret.toString(), sign: signature });
}

export function newKey(algorithm: Algorithm): SigningKey {
  if (algorithm === "HS256") return secretKey(newSecret());
  const { privateKey, publicKey } =
    algorithm === "EdDSA" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const hash = algorithm === "EdDSA" ? null : "sha256";
  const signature = (bytes: string) =>
    sign(hash, Buffer.from(bytes), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return named({ algorithm, jwk: publicKey.export({ format: "jwk" }), verifying: publicKey, sign: signature });
}

/** Sets the key id to the RFC 7638 thumbprint. */
function named(key: Omit<SigningKey, "kid">): SigningKey {
  const members = ["crv", "k", "kty", "x", "y"].filter((name) => name in key.jwk);
  const text = JSON.stringify(Object.fromEntries(members.map((name) => [name, key.jwk[name]])));
  const kid = createHash("sha256").update(text).digest("base64url");
  return { ...key, kid, jwk: { ...key.jwk, kid, alg: key.algorithm, use: "sig" } };
}

/** The public key in every encoding that a verifier could confuse with a shared secret. */
export function asSecrets({ verifying, jwk }: SigningKey): Record<string, string | Buffer> {
  if (typeof verifying === "string") return {};
  return {
    "the PEM": verifying.export({ type: "spki", format: "pem" }),
    "the DER": verifying.export({ type: "spki", format: "der" }),
    "the x coordinate": Buffer.from(String(jwk.x), "base64url"),
    "the JWK": JSON.stringify(jwk),
  };
}

/** The issuer's data for making tokens. */
export interface Forge {
  key: SigningKey;
  issuer: string;
  audience: string;
  userId: string;
  sessionId: string;
}

/** A made-up issuer, user and session. */
export function newForge(key: SigningKey): Forge {
  const issuer = "https://accounts.example.com";
  return { key, issuer, audience: issuer, userId: randomUUID(), sessionId: randomUUID() };
}

/** Whole seconds since 1970. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** The header of a valid token. */
export function header({ key }: Forge): Members {
  return { typ: "at+jwt", alg: key.algorithm, kid: key.kid };
}

/** The claims of a valid token, issued now. */
export function claims({ issuer, audience, userId, sessionId }: Forge): Members {
  const ids = { iss: issuer, sub: userId, user_id: userId, sid: sessionId, jti: randomBytes(16).toString("base64url") };
  return { ...ids, iat: now(), nbf: now(), exp: now() + 900, aud: audience };
}

/** Encodes a token part as base64url; JSON unless it is a string. */
export function encode(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** Decodes a token without verifying it. */
export function decode(token: string): { header: any; claims: any } {
  const [header, claims] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
  return { header: JSON.parse(header ?? ""), claims: JSON.parse(claims ?? "") };
}

/** A valid token with these changes; `undefined` omits a member. */
export function token(forge: Forge, changes: { header?: Members; claims?: Members; key?: SigningKey } = {}): string {
  const parts = [{ ...header(forge), ...changes.header }, { ...claims(forge), ...changes.claims }];
  const signed = parts.map(encode).join(".");
  return `${signed}.${(changes.key ?? forge.key).sign(signed).toString("base64url")}`;
}

/** A correctly signed token with raw text as its header or claims. */
export function tokenOfText(forge: Forge, texts: { header?: string; claims?: string }): string {
  const signed = [texts.header ?? header(forge), texts.claims ?? claims(forge)].map(encode).join(".");
  return `${signed}.${forge.key.sign(signed).toString("base64url")}`;
}
