// Builds of the examples.

import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { example } from "./site.js";

const execute = promisify(execFile);

/** Builds examples/react into a folder. */
export async function buildReact(outDir: string, latchkeyUrl: string): Promise<void> {
  await run("react", ["vite", "build", "--outDir", outDir, "--emptyOutDir"], { VITE_LATCHKEY_URL: latchkeyUrl });
}

/** Builds examples/nextjs, unless it has been built since it was last changed. */
export async function buildNextjs(): Promise<void> {
  const folder = example("nextjs");
  const built = await modified(path.join(folder, ".next/BUILD_ID")).catch(() => 0);
  const files = ["app", "lib"].map((name) => readdir(path.join(folder, name), { recursive: true, withFileTypes: true }));
  const sources = (await Promise.all(files)).flat().map(({ parentPath, name }) => path.join(parentPath, name));
  const others = ["next.config.js", "package-lock.json"].map((name) => path.join(folder, name));
  const changed = await Promise.all([...sources, ...others].map(modified));
  if (Math.max(...changed) > built) await run("nextjs", ["next", "build"], { NEXT_TELEMETRY_DISABLED: "1" });
}

const modified = async (file: string): Promise<number> => (await stat(file)).mtimeMs;

/** Runs a program of an example's `node_modules`. The error contains what the program wrote. */
async function run(name: string, [program = "", ...args]: string[], env: Record<string, string>): Promise<void> {
  const cwd = example(name);
  const file = path.join(cwd, "node_modules/.bin", program);
  await execute(file, args, { cwd, env: { ...process.env, ...env } }).catch((error: { message: string; stdout: string }) => {
    throw new Error(`${error.message}\n${error.stdout}`);
  });
}
