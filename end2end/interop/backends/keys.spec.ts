// When the examples fetch Latchkey's public keys, and which keys they accept.

import { expect, test } from "@playwright/test";
import { type Backend, type BackendName, backends, startBackend } from "./support/backend.js";
import { type Forge, newForge, newKey, token } from "./support/forge.js";
import { type KeysServer, published, serveKeys } from "./support/keys-server.js";
import { sendAs } from "./support/request.js";

/** A backend with a JWKS server that the test controls. */
interface Scene {
  backend: Backend;
  keys: KeysServer;
  forge: Forge;
  /** Requests the token's own tasks; returns the status. */
  ask(token: string): Promise<number>;
}

const requests = 100;
const noCooldown = { LATCHKEY_JWKS_COOLDOWN: "0" };

for (const name of backends) {
  test.describe(name, () => {
    test("fetches the keys once for many concurrent requests", async () => {
      await scene(name, {}, async ({ keys, forge, ask }) => {
        expect(keys.requests, "before the first token").toBe(0);
        const statuses = await Promise.all(Array.from({ length: requests }, () => ask(token(forge))));
        expect(new Set(statuses)).toEqual(new Set([200]));
        expect(keys.requests).toBe(1);
      });
    });

    test("fetches a new key once, when a token first uses it", async () => {
      await scene(name, noCooldown, async ({ keys, forge, ask }) => {
        expect(await ask(token(forge))).toBe(200);
        const next = newKey("ES256");
        keys.answer = published(next.jwk, forge.key.jwk);
        for (let i = 0; i < 3; i += 1) {
          expect(await ask(token({ ...forge, key: next }))).toBe(200);
          expect(await ask(token(forge)), "signed with the previous key").toBe(200);
        }
        expect(keys.requests).toBe(2);
      });
    });

    test("rejects a withdrawn key after the maximum age", async () => {
      await scene(name, { ...noCooldown, LATCHKEY_JWKS_MAX_AGE: "0" }, async ({ keys, forge, ask }) => {
        expect(await ask(token(forge))).toBe(200);
        keys.answer = published(newKey("EdDSA").jwk);
        expect(await ask(token(forge))).toBe(401);
      });
    });

    test("unknown key ids do not cause requests during the cooldown", async () => {
      await scene(name, {}, async ({ keys, forge, ask }) => {
        expect(await ask(token(forge))).toBe(200);
        const unknown = Array.from({ length: requests }, (_, i) => token(forge, { header: { kid: `unknown ${i}` } }));
        const statuses = await Promise.all(unknown.map(ask));
        expect(new Set(statuses)).toEqual(new Set([401]));
        expect(await ask(token(forge)), "a valid token afterwards").toBe(200);
        expect(keys.requests).toBe(1);
      });
    });

    test("rejects tokens with an unsupported header without fetching keys", async () => {
      await scene(name, {}, async ({ keys, forge, ask }) => {
        for (const header of [{ alg: "none" }, { alg: "HS256" }, { kid: undefined }]) {
          expect(await ask(token(forge, { header })), JSON.stringify(header)).toBe(401);
        }
        expect(keys.requests).toBe(0);
      });
    });

    test("answers 503 while the keys cannot be fetched", async () => {
      await scene(name, noCooldown, async ({ backend, keys, forge, ask }) => {
        for (const answer of [{ status: 500, body: {} }, { status: 200, body: "x" }, { status: 200, body: [] }]) {
          keys.answer = answer;
          const refused = await sendAs(token(forge), `${backend.url}/api/${forge.userId}/tasks`);
          expect(refused.status, JSON.stringify(answer)).toBe(503);
          expect(refused.headers["retry-after"]).toMatch(/^\d+$/);
        }
        keys.answer = published(forge.key.jwk);
        expect(await ask(token(forge)), "after recovery").toBe(200);
      });
    });

    test("does not retry during the cooldown after a failure", async () => {
      await scene(name, {}, async ({ keys, forge, ask }) => {
        keys.answer = { status: 503, body: {} };
        const statuses = await Promise.all(Array.from({ length: requests }, () => ask(token(forge))));
        expect(new Set([...statuses, await ask(token(forge))])).toEqual(new Set([503]));
        expect(keys.requests).toBe(1);
      });
    });

    test("known keys work while Latchkey is unavailable", async () => {
      await scene(name, { ...noCooldown, LATCHKEY_JWKS_MAX_AGE: "0" }, async ({ keys, forge, ask }) => {
        expect(await ask(token(forge))).toBe(200);
        await keys.stop();
        expect(await ask(token(forge))).toBe(200);
        expect(await ask(token(forge, { key: newKey("EdDSA") })), "another key with the known id").toBe(401);
        expect(await ask(token({ ...forge, key: newKey("EdDSA") })), "an unknown key").toBe(503);
      });
    });

    test("ignores keys of other types and uses", async () => {
      const symmetric = newKey("HS256");
      const forEncryption = newKey("EdDSA");
      const withoutId = newKey("EdDSA");
      await scene(name, noCooldown, async ({ keys, forge, ask }) => {
        const others = [symmetric.jwk, { ...forEncryption.jwk, use: "enc" }, { ...withoutId.jwk, kid: undefined }];
        const unsupported = [{ kty: "x", kid: "x" }, { kty: "RSA", n: "AQAB", e: "AQAB", alg: "RS256", kid: "rsa" }];
        keys.answer = published(...others, ...unsupported, forge.key.jwk);
        expect(await ask(token(forge))).toBe(200);
        for (const key of [symmetric, forEncryption, withoutId]) {
          expect(await ask(token({ ...forge, key })), JSON.stringify(key.jwk)).toBe(401);
        }
      });
    });

    test("accepts each key only with its own algorithm", async () => {
      const other = newKey("ES256");
      await scene(name, {}, async ({ keys, forge, ask }) => {
        keys.answer = published(other.jwk, forge.key.jwk);
        expect(await ask(token({ ...forge, key: other }))).toBe(200);
        expect(await ask(token(forge))).toBe(200);
        expect(await ask(token(forge, { key: other })), "signed with one key, with the id of the other").toBe(401);
        expect(await ask(token(forge, { header: { kid: other.kid } }))).toBe(401);
        expect(await ask(token(forge, { header: { alg: "ES256" } }))).toBe(401);
        expect(await ask(token(forge, { key: other, header: { alg: "ES256" } }))).toBe(401);
      });
    });

    test("accepts each shared secret only with its own id", async () => {
      const [first, second, unknown] = [newKey("HS256"), newKey("HS256"), newKey("HS256")];
      const forge = newForge(first);
      const secrets = `${first.verifying} ${second.verifying}`;
      const backend = await startBackend(name, { LATCHKEY_BASE_URL: forge.issuer, LATCHKEY_JWT_SECRET: secrets });
      try {
        const ask = requester(backend, forge);
        expect(await ask(token(forge))).toBe(200);
        expect(await ask(token({ ...forge, key: second }))).toBe(200);
        expect(await ask(token({ ...forge, key: unknown }))).toBe(401);
        expect(await ask(token(forge, { key: second })), "with the id of the other").toBe(401);
        const published = newKey("EdDSA");
        expect(await ask(token({ ...forge, key: published })), "public keys are not accepted in this mode").toBe(401);
      } finally {
        await backend.stop();
      }
    });
  });
}

/** Runs a test with a JWKS server that publishes one EdDSA key, which signs the test's tokens. */
async function scene(name: BackendName, settings: Record<string, string>, run: (scene: Scene) => Promise<void>) {
  const forge = newForge(newKey("EdDSA"));
  const keys = await serveKeys(forge.key.jwk);
  const required = { LATCHKEY_BASE_URL: forge.issuer, LATCHKEY_JWKS_URL: keys.url };
  const backend = await startBackend(name, { ...required, ...settings });
  try {
    await run({ backend, keys, forge, ask: requester(backend, forge) });
  } finally {
    await backend.stop();
    await keys.stop();
  }
}

function requester({ url }: Backend, { userId }: Forge) {
  return async (token: string) => (await sendAs(token, `${url}/api/${userId}/tasks`)).status;
}
