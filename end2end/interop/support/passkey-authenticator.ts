// A software authenticator with its browser (WebAuthn Level 3). Tests can change what it signs.

import { createHash } from "node:crypto";
import { type Cbor, cbor } from "./cbor.js";
import { type Algorithm, type Credential, newCredential, signature } from "./credential.js";

/** The part of the server's options that matters here. */
export interface Options {
  challenge: string;
  /** For a registration. */
  rp?: { id?: string };
  user?: { id: string };
  /** For a sign-in. */
  rpId?: string;
}

/** What to do differently. */
export interface Changes {
  /** In the client data. */
  type?: string;
  challenge?: string;
  origin?: string;
  crossOrigin?: boolean;
  /** In the authenticator data. */
  rpId?: string;
  counter?: number;
  userPresent?: boolean;
  userVerified?: boolean;
  backupEligible?: boolean;
  backedUp?: boolean;
  /** `null` omits it. */
  userHandle?: string | null;
  algorithm?: Algorithm;
  /** Registers this credential again. */
  again?: Credential;
}

/** As `PublicKeyCredential.toJSON()`, without `clientExtensionResults`, which the stock client removes. */
export interface Answer {
  id: string;
  rawId: string;
  type: string;
  authenticatorAttachment: string;
  response: Record<string, unknown>;
}

export const AAGUID = "01020304-0506-0708-0102-030405060708";

export class PasskeyAuthenticator {
  readonly credentials: Credential[] = [];

  /** Registers a passkey, with the attestation `none`. */
  create(options: Options, origin: string, changes: Changes = {}): Answer {
    const { again, algorithm = "ES256" } = changes;
    const credential = again ?? newCredential(options.user?.id ?? "", algorithm);
    this.credentials.push(credential);
    credential.counter = changes.counter ?? 0;
    const data = authenticatorData(credential, options.rp?.id ?? "", changes, attested(credential));
    const attestation = new Map<string, Cbor>([
      ["fmt", "none"],
      ["attStmt", new Map<string, Cbor>()],
      ["authData", data],
    ]);
    return answer(credential, {
      clientDataJSON: base64(clientData("webauthn.create", options, origin, changes)),
      attestationObject: base64(cbor(attestation)),
      transports: ["internal", "hybrid"],
    });
  }

  /** Signs in with the newest passkey, or another. */
  get(options: Options, origin: string, changes: Changes = {}, credential = this.credentials.at(-1)): Answer {
    if (!credential) throw new Error("the authenticator has no passkey");
    credential.counter = changes.counter ?? credential.counter + 1;
    const client = clientData("webauthn.get", options, origin, changes);
    const data = authenticatorData(credential, options.rpId ?? "", changes);
    const { userHandle = credential.userHandle } = changes;
    return answer(credential, {
      clientDataJSON: base64(client),
      authenticatorData: base64(data),
      signature: base64(signature(credential, Buffer.concat([data, sha256(client)]))),
      ...(userHandle !== null && { userHandle }),
    });
  }
}

function answer({ id }: Credential, response: Answer["response"]): Answer {
  return { id: base64(id), rawId: base64(id), type: "public-key", authenticatorAttachment: "platform", response };
}

function clientData(type: string, { challenge }: Options, origin: string, changes: Changes): Buffer {
  const { crossOrigin = false } = changes;
  const data = {
    type: changes.type ?? type,
    challenge: changes.challenge ?? challenge,
    origin: changes.origin ?? origin,
    crossOrigin,
  };
  return Buffer.from(JSON.stringify(data));
}

function authenticatorData(credential: Credential, rpId: string, changes: Changes, attested?: Buffer): Buffer {
  const { userPresent = true, userVerified = true, backupEligible = false, backedUp = false } = changes;
  const flags = [userPresent, false, userVerified, backupEligible, backedUp, false, attested !== undefined];
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(credential.counter);
  return Buffer.concat([
    sha256(changes.rpId ?? rpId),
    Buffer.of(flags.reduce((bits, flag, index) => bits | (Number(flag) << index), 0)),
    counter,
    attested ?? Buffer.alloc(0),
  ]);
}

function attested({ id, publicKey }: Credential): Buffer {
  return Buffer.concat([Buffer.from(AAGUID.replaceAll("-", ""), "hex"), Buffer.of(0, id.length), id, publicKey]);
}

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest();

const base64 = (bytes: Buffer) => bytes.toString("base64url");
