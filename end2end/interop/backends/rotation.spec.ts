// The examples keep working through a rotation of Latchkey's signing key.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { root, startLatchkey } from "../support/latchkey.js";
import { backends, startBackend } from "./support/backend.js";
import { decode } from "./support/forge.js";
import { proxyKeys } from "./support/keys-server.js";
import { accessToken, signUp } from "./support/person.js";
import { send, sendAs } from "./support/request.js";

const run = promisify(execFile);

for (const name of backends) {
  test(`${name}: accepts tokens through a rotation and while Latchkey is unavailable`, async () => {
    const data = await mkdtemp(path.join(tmpdir(), "latchkey-"));
    const latchkey = await startLatchkey({ LATCHKEY_DATA: data });
    const keys = await proxyKeys(`${latchkey.url}/api/auth/jwks`);
    const settings = { LATCHKEY_BASE_URL: latchkey.url, LATCHKEY_JWKS_URL: keys.url, LATCHKEY_JWKS_COOLDOWN: "0" };
    const backend = await startBackend(name, settings);
    try {
      const ada = await signUp(latchkey.url, "ada@example.com");
      const old = ada.accessToken;
      const ask = async (token: string) => (await sendAs(token, `${backend.url}/api/${ada.userId}/tasks`)).status;
      const published = async () => JSON.parse((await send(`${latchkey.url}/api/auth/jwks`)).body).keys.length;
      expect(await ask(old)).toBe(200);

      await latchkeyKeys(data, "rotate");
      await expect.poll(published, { message: "the next key is published" }).toBe(2);
      expect(kid(await accessToken(latchkey.url, ada.sessionToken)), "the current key still signs").toBe(kid(old));
      expect(await ask(old)).toBe(200);
      expect(keys.requests, "no new fetch").toBe(1);

      await latchkeyKeys(data, "retire", kid(old));
      const current = () => accessToken(latchkey.url, ada.sessionToken);
      await expect.poll(async () => kid(await current()), { message: "the next key signs" }).not.toBe(kid(old));
      const fresh = await current();
      for (const token of [fresh, old, fresh, await current(), old]) expect(await ask(token)).toBe(200);
      expect(keys.requests, "one fetch for the new key").toBe(2);

      await latchkey.stop();
      for (const token of [fresh, old]) expect(await ask(token), "while Latchkey is unavailable").toBe(200);
      expect(keys.requests).toBe(2);
    } finally {
      await backend.stop();
      await keys.stop();
      await latchkey.stop();
      await rm(data, { recursive: true });
    }
  });
}

/** Runs `latchkey keys` while the service runs. */
async function latchkeyKeys(data: string, ...command: string[]): Promise<void> {
  const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
  const binary = process.env.LATCHKEY_TEST_BINARY ?? path.join(target, "release/latchkey");
  await run(binary, ["keys", ...command], { cwd: data, env: { LATCHKEY_DATA: data } });
}

function kid(token: string): string {
  return decode(token).header.kid;
}
