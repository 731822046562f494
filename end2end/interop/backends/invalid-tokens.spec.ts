// Every example rejects malformed, forged and expired tokens in every mode. As a control, Latchkey
// gets the same tokens.

import { expect, test } from "@playwright/test";
import { startLatchkey } from "../support/latchkey.js";
import { invalidTokens } from "./support/invalid-tokens.js";
import { backends, startBackend } from "./support/backend.js";
import type { Case } from "./support/cases.js";
import { algorithms, newForge, newKey, newSecret, secretKey } from "./support/forge.js";
import { validTokens } from "./support/valid-tokens.js";
import { serveKeys } from "./support/keys-server.js";
import { signUp } from "./support/person.js";
import { send } from "./support/request.js";

for (const name of backends) {
  for (const algorithm of algorithms) {
    test(`${name}, ${algorithm}: rejects all invalid tokens and accepts all valid ones`, async () => {
      const key = newKey(algorithm);
      const forge = newForge(key);
      const published = await serveKeys(key.jwk);
      const secret = algorithm === "HS256" ? String(key.verifying) : "";
      const backend = await startBackend(name, {
        LATCHKEY_BASE_URL: forge.issuer,
        LATCHKEY_JWT_SECRET: secret,
        LATCHKEY_JWKS_URL: published.url,
      });
      try {
        const tasks = `${backend.url}/api/${forge.userId}/tasks`;
        expect(await unexpected(tasks, invalidTokens(forge), 401)).toEqual([]);
        expect(await unexpected(tasks, validTokens(forge), 200)).toEqual([]);
      } finally {
        await backend.stop();
        await published.stop();
      }
    });
  }
}

test("Latchkey: rejects and accepts the same tokens", async () => {
  const secret = newSecret();
  const latchkey = await startLatchkey({ LATCHKEY_JWT_SECRET: secret });
  try {
    const { userId, sessionId } = await signUp(latchkey.url, "ada@example.com");
    const forge = { key: secretKey(secret), issuer: latchkey.url, audience: latchkey.url, userId, sessionId };
    const profile = `${latchkey.url}/api/users/${userId}`;
    expect(await unexpected(profile, invalidTokens(forge), 401)).toEqual([]);
    expect(await unexpected(profile, validTokens(forge), 200)).toEqual([]);
  } finally {
    await latchkey.stop();
  }
});

/** Lists the cases with another status than expected, or with a 401 without a challenge. */
async function unexpected(url: string, cases: Case[], status: number): Promise<string[]> {
  const found: string[] = [];
  for (const { name, authorization, query = "" } of cases) {
    const answer = await send(url + query, { authorization });
    if (answer.status !== status) found.push(`${name}: ${answer.status}`);
    else if (status === 401 && !answer.challenge?.startsWith("Bearer")) found.push(`${name}: ${answer.challenge}`);
  }
  return found;
}
