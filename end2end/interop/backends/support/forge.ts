// Makes tokens from bytes, as an attacker or a faulty issuer would.

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

/** How Latchkey may sign. */
export const algorithms = ["HS256", "EdDSA", "ES256"] as const;

/** One of them. */
export type Algorithm = (typeof algorithms)[number];

/** The members of a header, or the claims. */
export type Members = Record<string, unknown>;

/** A key of our own making. */
export interface SigningKey {
  algorithm: Algorithm;
  kid: string;
  /** As a JWKS shows it; a symmetric one, too. */
  jwk: JsonWebKey;
  /** The public part, or for HS256 the secret. */
  open: KeyObject | string;
  sign(bytes: string): Buffer;
}

/** A shared secret as Latchkey takes it. */
export function newSecret(): string {
  return randomBytes(36).toString("base64");
}

/** The key that a shared secret is. */
export function secretKey(secret: string | Buffer): SigningKey {
  const jwk = { k: Buffer.from(secret).toString("base64url"), kty: "oct" };
  const signature = (bytes: string) => createHmac("sha256", secret).update(bytes).digest();
  return named({ algorithm: "HS256", jwk, open: secret.toString(), sign: signature });
}

/** A new key. */
export function newKey(algorithm: Algorithm): SigningKey {
  if (algorithm === "HS256") return secretKey(newSecret());
  const { privateKey, publicKey } =
    algorithm === "EdDSA" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const hash = algorithm === "EdDSA" ? null : "sha256";
  const signature = (bytes: string) =>
    sign(hash, Buffer.from(bytes), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return named({ algorithm, jwk: publicKey.export({ format: "jwk" }), open: publicKey, sign: signature });
}

/** With its RFC 7638 thumbprint for a name. */
function named(key: Omit<SigningKey, "kid">): SigningKey {
  const members = ["crv", "k", "kty", "x", "y"].filter((name) => name in key.jwk);
  const text = JSON.stringify(Object.fromEntries(members.map((name) => [name, key.jwk[name]])));
  const kid = createHash("sha256").update(text).digest("base64url");
  return { ...key, kid, jwk: { ...key.jwk, kid, alg: key.algorithm, use: "sig" } };
}

/** A public key's bytes, in every form that a careless verifier may take for a shared secret. */
export function asSecrets({ open, jwk }: SigningKey): Record<string, string | Buffer> {
  if (typeof open === "string") return {};
  return {
    "the PEM": open.export({ type: "spki", format: "pem" }),
    "the DER": open.export({ type: "spki", format: "der" }),
    "the x coordinate": Buffer.from(String(jwk.x), "base64url"),
    "the JWK": JSON.stringify(jwk),
  };
}

/** Knows everything the issuer knows. */
export interface Forge {
  key: SigningKey;
  issuer: string;
  audience: string;
  userId: string;
  sessionId: string;
}

/** For a backend that nobody has signed in to. */
export function newForge(key: SigningKey): Forge {
  const issuer = "https://accounts.example.com";
  return { key, issuer, audience: issuer, userId: randomUUID(), sessionId: randomUUID() };
}

/** Whole seconds since 1970. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** The header of a good token. */
export function header({ key }: Forge): Members {
  return { typ: "at+jwt", alg: key.algorithm, kid: key.kid };
}

/** The claims of a good token, issued this second. */
export function claims({ issuer, audience, userId, sessionId }: Forge): Members {
  const ids = { iss: issuer, sub: userId, user_id: userId, sid: sessionId, jti: randomBytes(16).toString("base64url") };
  return { ...ids, iat: now(), nbf: now(), exp: now() + 900, aud: audience };
}

/** Parts as they are in a token. */
export function encode(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** A token of these members; `undefined` leaves one out. */
export function token(forge: Forge, changes: { header?: Members; claims?: Members; key?: SigningKey } = {}): string {
  const signed = [{ ...header(forge), ...changes.header }, { ...claims(forge), ...changes.claims }].map(encode).join(".");
  return `${signed}.${(changes.key ?? forge.key).sign(signed).toString("base64url")}`;
}

/** A good token with other text for a header or claims, rightly signed. */
export function tokenOfText(forge: Forge, texts: { header?: string; claims?: string }): string {
  const signed = [texts.header ?? header(forge), texts.claims ?? claims(forge)].map(encode).join(".");
  return `${signed}.${forge.key.sign(signed).toString("base64url")}`;
}
