// Where an example's public keys come from: asked for once, and again only when there is a reason.

import { expect, test } from "@playwright/test";
import { type Backend, type BackendName, backends, startBackend } from "./support/backend.js";
import { type Forge, newForge, newKey, token } from "./support/forge.js";
import { type KeysServer, published, serveKeys } from "./support/keys-server.js";
import { sendAs } from "./support/request.js";

/** A backend beside keys that we publish. */
interface Scene {
  backend: Backend;
  keys: KeysServer;
  forge: Forge;
  /** The status that a token gets for its own user's tasks. */
  ask(token: string): Promise<number>;
}

const flood = 100;
const noCooldown = { LATCHKEY_JWKS_COOLDOWN: "0" };

for (const name of backends) {
  test.describe(name, () => {
    test("asks for the keys once, however many tokens come at once", async () => {
      await scene(name, {}, async ({ keys, forge, ask }) => {
        expect(keys.asked, "before the first token").toBe(0);
        const statuses = await Promise.all(Array.from({ length: flood }, () => ask(token(forge))));
        expect(new Set(statuses)).toEqual(new Set([200]));
        expect(keys.asked).toBe(1);
      });
    });

    test("a new key is fetched when the first token names it, once", async () => {
      await scene(name, noCooldown, async ({ keys, forge, ask }) => {
        expect(await ask(token(forge))).toBe(200);
        const next = newKey("ES256");
        keys.answer = published(next.jwk, forge.key.jwk);
        for (let i = 0; i < 3; i += 1) {
          expect(await ask(token({ ...forge, key: next }))).toBe(200);
          expect(await ask(token(forge)), "of the key before").toBe(200);
        }
        expect(keys.asked).toBe(2);
      });
    });

    test("a key that is no longer published is refused once the keys are old", async () => {
      await scene(name, { ...noCooldown, LATCHKEY_JWKS_MAX_AGE: "0" }, async ({ keys, forge, ask }) => {
        expect(await ask(token(forge))).toBe(200);
        keys.answer = published(newKey("EdDSA").jwk);
        expect(await ask(token(forge))).toBe(401);
      });
    });

    test("a flood of made-up key ids does not reach Latchkey", async () => {
      await scene(name, {}, async ({ keys, forge, ask }) => {
        expect(await ask(token(forge))).toBe(200);
        const madeUp = Array.from({ length: flood }, (_, i) => token(forge, { header: { kid: `made up ${i}` } }));
        const statuses = await Promise.all(madeUp.map(ask));
        expect(new Set(statuses)).toEqual(new Set([401]));
        expect(await ask(token(forge)), "a good token meanwhile").toBe(200);
        expect(keys.asked).toBe(1);
      });
    });

    test("what can be refused without a key asks for none", async () => {
      await scene(name, {}, async ({ keys, forge, ask }) => {
        for (const header of [{ alg: "none" }, { alg: "HS256" }, { kid: undefined }]) {
          expect(await ask(token(forge, { header })), JSON.stringify(header)).toBe(401);
        }
        expect(keys.asked).toBe(0);
      });
    });

    test("without an answer from Latchkey, tokens are neither good nor bad", async () => {
      await scene(name, noCooldown, async ({ backend, keys, forge, ask }) => {
        for (const answer of [{ status: 500, body: {} }, { status: 200, body: "x" }, { status: 200, body: [] }]) {
          keys.answer = answer;
          const refused = await sendAs(token(forge), `${backend.url}/api/${forge.userId}/tasks`);
          expect(refused.status, JSON.stringify(answer)).toBe(503);
          expect(refused.headers["retry-after"]).toMatch(/^\d+$/);
        }
        keys.answer = published(forge.key.jwk);
        expect(await ask(token(forge)), "as soon as it answers").toBe(200);
      });
    });

    test("a Latchkey in trouble is left alone, too", async () => {
      await scene(name, {}, async ({ keys, forge, ask }) => {
        keys.answer = { status: 503, body: {} };
        const statuses = await Promise.all(Array.from({ length: flood }, () => ask(token(forge))));
        expect(new Set([...statuses, await ask(token(forge))])).toEqual(new Set([503]));
        expect(keys.asked).toBe(1);
      });
    });

    test("known keys keep working while Latchkey is down, however old", async () => {
      await scene(name, { ...noCooldown, LATCHKEY_JWKS_MAX_AGE: "0" }, async ({ keys, forge, ask }) => {
        expect(await ask(token(forge))).toBe(200);
        await keys.stop();
        expect(await ask(token(forge))).toBe(200);
        expect(await ask(token(forge, { key: newKey("EdDSA") })), "another key under the known id").toBe(401);
        expect(await ask(token({ ...forge, key: newKey("EdDSA") })), "an unknown key").toBe(503);
      });
    });

    test("only public signing keys of Latchkey's kinds count", async () => {
      const symmetric = newKey("HS256");
      const forEncryption = newKey("EdDSA");
      const nameless = newKey("EdDSA");
      await scene(name, noCooldown, async ({ keys, forge, ask }) => {
        const others = [symmetric.jwk, { ...forEncryption.jwk, use: "enc" }, { ...nameless.jwk, kid: undefined }];
        const unheardOf = [{ kty: "x", kid: "x" }, { kty: "RSA", n: "AQAB", e: "AQAB", alg: "RS256", kid: "rsa" }];
        keys.answer = published(...others, ...unheardOf, forge.key.jwk);
        expect(await ask(token(forge))).toBe(200);
        for (const key of [symmetric, forEncryption, nameless]) {
          expect(await ask(token({ ...forge, key })), JSON.stringify(key.jwk)).toBe(401);
        }
      });
    });

    test("each key is good for its own algorithm", async () => {
      const other = newKey("ES256");
      await scene(name, {}, async ({ keys, forge, ask }) => {
        keys.answer = published(other.jwk, forge.key.jwk);
        expect(await ask(token({ ...forge, key: other }))).toBe(200);
        expect(await ask(token(forge))).toBe(200);
        expect(await ask(token(forge, { key: other })), "signed by the one, named after the other").toBe(401);
        expect(await ask(token(forge, { header: { kid: other.kid } }))).toBe(401);
        expect(await ask(token(forge, { header: { alg: "ES256" } }))).toBe(401);
        expect(await ask(token(forge, { key: other, header: { alg: "ES256" } }))).toBe(401);
      });
    });

    test("of several shared secrets each is accepted under its own id", async () => {
      const [first, second, unknown] = [newKey("HS256"), newKey("HS256"), newKey("HS256")];
      const forge = newForge(first);
      const secrets = `${first.open} ${second.open}`;
      const backend = await startBackend(name, { LATCHKEY_BASE_URL: forge.issuer, LATCHKEY_JWT_SECRET: secrets });
      try {
        const ask = asker(backend, forge);
        expect(await ask(token(forge))).toBe(200);
        expect(await ask(token({ ...forge, key: second }))).toBe(200);
        expect(await ask(token({ ...forge, key: unknown }))).toBe(401);
        expect(await ask(token(forge, { key: second })), "under the other's id").toBe(401);
        const published = newKey("EdDSA");
        expect(await ask(token({ ...forge, key: published })), "public keys are another mode").toBe(401);
      } finally {
        await backend.stop();
      }
    });
  });
}

/** Runs a story beside a server that publishes one EdDSA key, which signs the story's tokens. */
async function scene(name: BackendName, settings: Record<string, string>, story: (scene: Scene) => Promise<void>) {
  const forge = newForge(newKey("EdDSA"));
  const keys = await serveKeys(forge.key.jwk);
  const served = { LATCHKEY_BASE_URL: forge.issuer, LATCHKEY_JWKS_URL: keys.url };
  const backend = await startBackend(name, { ...served, ...settings });
  try {
    await story({ backend, keys, forge, ask: asker(backend, forge) });
  } finally {
    await backend.stop();
    await keys.stop();
  }
}

function asker({ url }: Backend, { userId }: Forge) {
  return async (token: string) => (await sendAs(token, `${url}/api/${userId}/tasks`)).status;
}
