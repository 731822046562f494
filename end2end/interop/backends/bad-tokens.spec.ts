// Each example, in each mode, refuses what a careful verifier refuses; as a control so does Latchkey.

import { expect, test } from "@playwright/test";
import { startLatchkey } from "../support/latchkey.js";
import { badTokens } from "./support/bad-tokens.js";
import { backends, startBackend } from "./support/backend.js";
import type { Case } from "./support/cases.js";
import { algorithms, newForge, newKey, newSecret, secretKey } from "./support/forge.js";
import { goodTokens } from "./support/good-tokens.js";
import { serveKeys } from "./support/keys-server.js";
import { signUp } from "./support/person.js";
import { send } from "./support/request.js";

for (const name of backends) {
  for (const algorithm of algorithms) {
    test(`${name} refuses every bad token and accepts every good one, ${algorithm}`, async () => {
      const key = newKey(algorithm);
      const forge = newForge(key);
      const published = await serveKeys(key.jwk);
      const shared = algorithm === "HS256" ? String(key.open) : "";
      const backend = await startBackend(name, {
        LATCHKEY_BASE_URL: forge.issuer,
        LATCHKEY_JWT_SECRET: shared,
        LATCHKEY_JWKS_URL: published.url,
      });
      try {
        const tasks = `${backend.url}/api/${forge.userId}/tasks`;
        expect(await surprises(tasks, badTokens(forge), 401)).toEqual([]);
        expect(await surprises(tasks, goodTokens(forge), 200)).toEqual([]);
      } finally {
        await backend.stop();
        await published.stop();
      }
    });
  }
}

test("Latchkey itself refuses the same tokens and accepts the same", async () => {
  const secret = newSecret();
  const latchkey = await startLatchkey({ LATCHKEY_JWT_SECRET: secret });
  try {
    const { userId, sessionId } = await signUp(latchkey.url, "ada@example.com");
    const forge = { key: secretKey(secret), issuer: latchkey.url, audience: latchkey.url, userId, sessionId };
    const profile = `${latchkey.url}/api/users/${userId}`;
    expect(await surprises(profile, badTokens(forge), 401)).toEqual([]);
    expect(await surprises(profile, goodTokens(forge), 200)).toEqual([]);
  } finally {
    await latchkey.stop();
  }
});

/** The cases that got another answer than this one, or a 401 without a challenge. */
async function surprises(url: string, cases: Case[], status: number): Promise<string[]> {
  const found: string[] = [];
  for (const { name, authorization, query = "" } of cases) {
    const answer = await send(url + query, { authorization });
    if (answer.status !== status) found.push(`${name}: ${answer.status}`);
    else if (status === 401 && !answer.challenge?.startsWith("Bearer")) found.push(`${name}: ${answer.challenge}`);
  }
  return found;
}
