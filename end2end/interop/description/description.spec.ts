// schemathesis generates valid and invalid requests from the OpenAPI document. Every response must be
// documented, and every invalid request must be refused.

import { expect, test } from "@playwright/test";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";

const run = promisify(execFile);

/** Generated cases per operation and phase. */
const CASES = "25";

/** The password in the document's examples; hooks.py signs in with it. */
const PASSWORD = "violet otter lantern 42";

let latchkey: Latchkey;

test.beforeAll(async () => {
  latchkey = await startLatchkey({
    LATCHKEY_RATE_LIMIT: "off",
    LATCHKEY_EMAIL_SIGN_IN: "on",
    LATCHKEY_EVENTS_TOKEN: randomBytes(32).toString("hex"),
  });
});

test.afterAll(() => latchkey.stop());

for (const signedIn of [false, true]) {
  test(`schemathesis: no violation ${signedIn ? "with" : "without"} a session`, async () => {
    test.setTimeout(240_000);
    const email = `${signedIn ? "user" : "anonymous"}@example.com`;
    const id = await signUp(email);
    const options = ["--config-file", "schemathesis.toml", "run", `${latchkey.url}/api/openapi.json`];
    const { code, output } = await schemathesis([...options, "--max-examples", CASES], {
      LATCHKEY_URL: latchkey.url,
      LATCHKEY_USER_ID: id,
      LATCHKEY_EMAIL: signedIn ? email : "",
    });
    expect(code, output).toBe(0);
    const [, tested = "0"] = /(\d+) generated/.exec(output) ?? [];
    test.info().annotations.push({ type: "cases", description: tested });
    expect(Number(tested), output).toBeGreaterThan(500);
  });
}

async function signUp(email: string): Promise<string> {
  const answer = await fetch(`${latchkey.url}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: latchkey.url },
    body: JSON.stringify({ name: "Ada", email, password: PASSWORD }),
  });
  expect(answer.status).toBe(200);
  const { user } = (await answer.json()) as { user: { id: string } };
  return user.id;
}

async function schemathesis(args: string[], settings: Record<string, string>): Promise<{ code: number; output: string }> {
  const env = { ...process.env, ...settings, PYTHONDONTWRITEBYTECODE: "1", COLUMNS: "120", NO_COLOR: "1" };
  const cwd = import.meta.dirname;
  try {
    const { stdout, stderr } = await run("schemathesis", args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout = "", stderr = "", message } = error as Error & { code?: number; stdout?: string; stderr?: string };
    return { code: typeof code === "number" ? code : -1, output: stdout + stderr || message };
  }
}
