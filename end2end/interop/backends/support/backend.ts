// Starts the example backends.

import path from "node:path";
import { root } from "../../support/latchkey.js";
import { freePort, type Running, start } from "../../support/running.js";

export interface Backend extends Running {
  url: string;
}

const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? "target");

/** Start commands. All backends have the same settings and routes. */
const commands = {
  FastAPI: (port: string) => [
    path.join(root, "scripts/with-tools"),
    ..."uvicorn main:app --app-dir examples/fastapi --host 127.0.0.1 --log-level warning --port".split(" "),
    port,
  ],
  Express: () => ["node", path.join(root, "examples/express/main.js")],
  axum: () => [path.join(target, "debug/axum-example")],
};

export type BackendName = keyof typeof commands;

export const backends = Object.keys(commands) as BackendName[];

/** Empty settings, so that the caller's environment has no effect. */
const defaults = {
  LATCHKEY_BASE_URL: "",
  LATCHKEY_JWT_AUDIENCE: "",
  LATCHKEY_JWT_SECRET: "",
  LATCHKEY_JWKS_URL: "",
  LATCHKEY_JWKS_MAX_AGE: "",
  LATCHKEY_JWKS_COOLDOWN: "",
  LATCHKEY_EVENTS_TOKEN: "",
  LATCHKEY_EVENTS_URL: "",
  LATCHKEY_WEBHOOK_SECRET: "",
  DATABASE: ":memory:",
  PYTHONDONTWRITEBYTECODE: "1",
};

/** Starts a backend, on a free port unless the settings have a `PORT`. */
export async function startBackend(name: BackendName, settings: Record<string, string>): Promise<Backend> {
  const port = settings.PORT ?? String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const env = { ...defaults, ...settings, PORT: port };
  return { ...(await start({ command: commands[name](port), env, ready: `${url}/healthz` })), url };
}
