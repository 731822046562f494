// Client generators accept the OpenAPI document, and what they generate works.

import { expect, test } from "@playwright/test";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { newPerson } from "../../support/people.js";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";

const run = promisify(execFile);
const interop = path.resolve(import.meta.dirname, "..");

let latchkey: Latchkey;
let folder: string;
let document: string;

test.beforeAll(async () => {
  latchkey = await startLatchkey({ LATCHKEY_RATE_LIMIT: "off" });
  folder = await mkdtemp(path.join(tmpdir(), "latchkey-generators-"));
  document = path.join(folder, "openapi.json");
  await writeFile(document, await (await fetch(`${latchkey.url}/api/openapi.json`)).text());
});

test.afterAll(async () => {
  await latchkey.stop();
  await rm(folder, { recursive: true });
});

/** Runs a command of an npm package. */
function npx(command: string, ...args: string[]) {
  const env = { ...process.env, NO_COLOR: "1", REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  return run("npx", ["--no-install", command, ...args], { cwd: interop, env, maxBuffer: 16 * 1024 * 1024 });
}

test("redocly finds no error and no warning", async () => {
  const config = path.join(import.meta.dirname, "redocly.yaml");
  const { stdout } = await npx("redocly", "lint", document, "--config", config, "--format", "json");
  const { problems } = JSON.parse(stdout) as { problems: { ruleId: string; message: string }[] };
  expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
});

test("openapi-typescript generates types for a sign-in", async () => {
  test.setTimeout(120_000);
  const types = path.join(folder, "api.ts");
  await npx("openapi-typescript", document, "--output", types);
  const program = path.join(folder, "program.ts");
  await writeFile(
    program,
    `import type { components, operations } from "./api.js";
     type Answer = operations["signIn"]["responses"][200]["content"]["application/json"];
     export const body: operations["signIn"]["requestBody"]["content"]["application/json"] = { email: "a", password: "b" };
     export const name = (answer: Answer): string => ("user" in answer ? answer.user.name : "");
     export const code = (problem: components["schemas"]["Problem"]): string => problem.code;
     // @ts-expect-error: no such member
     export const wrong = (answer: Answer) => answer.nothing;`,
  );
  const tsc = path.join(interop, "../node_modules/.bin/tsc");
  await run(tsc, ["--ignoreConfig", "--noEmit", "--strict", "--module", "nodenext", "--types", "", program]);
});

test("openapi-python-client generates a package that works", async () => {
  test.setTimeout(240_000);
  const target = path.join(folder, "client");
  const options = ["--path", document, "--output-path", target, "--meta", "none", "--fail-on-warning"];
  await run("openapi-python-client", ["generate", ...options]);
  const models = (await readdir(path.join(target, "models"))).filter((name) => name !== "__init__.py");
  expect(models.length).toBeLessThan(75);
  const { email, password } = newPerson();
  const env = { ...process.env, PYTHONPATH: folder };
  const script = path.join(import.meta.dirname, "generated_client.py");
  const { stdout } = await run("python", [script, latchkey.url, email, password], { env });
  expect(JSON.parse(stdout)).toMatchObject({ email, refused: "INVALID_EMAIL_OR_PASSWORD" });
});
