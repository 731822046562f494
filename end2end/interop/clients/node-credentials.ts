// `navigator.credentials` in Node, with a software authenticator for each page of a user.

import { PasskeyAuthenticator } from "../support/passkey-authenticator.js";

type Creation = CredentialCreationOptions & { publicKey: PublicKeyCredentialCreationOptions };
type Request = CredentialRequestOptions & { publicKey: PublicKeyCredentialRequestOptions };

/** Runs a function in which `navigator.credentials` belongs to a page of this origin. */
export async function withCredentials<T>(origin: string, run: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const credentials = new Credentials(origin);
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { credentials } });
  Object.defineProperty(globalThis, "PublicKeyCredential", { configurable: true, value: class {} });
  try {
    return await run();
  } finally {
    Reflect.deleteProperty(globalThis, "PublicKeyCredential");
    Reflect.deleteProperty(globalThis, "navigator");
    if (before) Object.defineProperty(globalThis, "navigator", before);
  }
}

class Credentials {
  readonly #authenticator = new PasskeyAuthenticator();

  constructor(readonly origin: string) {}

  async create({ publicKey: { challenge, rp, user, excludeCredentials = [] } }: Creation) {
    if (excludeCredentials.some(({ id }) => this.#find(id))) throw new DOMException("registered", "InvalidStateError");
    const options = { challenge: encoded(challenge), rp, user: { id: encoded(user.id) } };
    return credential(this.#authenticator.create(options, this.origin));
  }

  async get({ publicKey: { challenge, rpId = "", allowCredentials } }: Request) {
    const options = { challenge: encoded(challenge), rpId };
    const chosen = allowCredentials?.map(({ id }) => this.#find(id)).find((found) => found !== undefined);
    return credential(this.#authenticator.get(options, this.origin, {}, chosen));
  }

  #find(id: BufferSource) {
    return this.#authenticator.credentials.find((credential) => credential.id.toString("base64url") === encoded(id));
  }
}

/** A `PublicKeyCredential`, as far as the client reads it. */
function credential({ response, ...answer }: ReturnType<PasskeyAuthenticator["create"]>) {
  const { transports: _, ...texts } = response;
  const bytes = Object.entries(texts).map(([name, text]) => [name, decoded(String(text))]);
  return {
    ...answer,
    rawId: decoded(answer.rawId),
    response: { ...Object.fromEntries(bytes), getTransports: () => ["internal"] },
    getClientExtensionResults: () => ({}),
  };
}

const encoded = (bytes: BufferSource) =>
  (ArrayBuffer.isView(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.from(bytes)).toString("base64url");

const decoded = (text: string) => new Uint8Array(Buffer.from(text, "base64url")).buffer;
