// The key pair of a passkey.

import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { type Cbor, cbor } from "./cbor.js";

export type Algorithm = "ES256" | "EdDSA" | "RS256";

export interface Credential {
  id: Buffer;
  /** Base64url. */
  userHandle: string;
  algorithm: Algorithm;
  privateKey: KeyObject;
  /** COSE (RFC 9053). */
  publicKey: Buffer;
  counter: number;
}

/** Comparisons recognize credential ids by this length. */
const ID_LENGTH = 20;

export function newCredential(userHandle: string, algorithm: Algorithm): Credential {
  const { privateKey } = generateKeys[algorithm]();
  const publicKey = coseKey(privateKey, algorithm);
  return { id: randomBytes(ID_LENGTH), userHandle, algorithm, privateKey, publicKey, counter: 0 };
}

export function signature({ algorithm, privateKey }: Credential, signed: Buffer): Buffer {
  return sign(algorithm === "EdDSA" ? null : "sha256", signed, privateKey);
}

const generateKeys = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

function coseKey(privateKey: KeyObject, algorithm: Algorithm): Buffer {
  const { x = "", y = "", n = "", e = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  const bytes = (text: string) => Buffer.from(text, "base64url");
  const members = {
    ES256: [[1, 2], [3, -7], [-1, 1], [-2, bytes(x)], [-3, bytes(y)]],
    EdDSA: [[1, 1], [3, -8], [-1, 6], [-2, bytes(x)]],
    RS256: [[1, 3], [3, -257], [-1, bytes(n)], [-2, bytes(e)]],
  } satisfies Record<Algorithm, [number, number | Buffer][]>;
  return cbor(new Map<number, Cbor>(members[algorithm]));
}
