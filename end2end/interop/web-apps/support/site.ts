// Latchkey and an app on host names of one site. Chromium resolves every name below localhost to this machine;
// Node.js may not, so programs use 127.0.0.1.

import path from "node:path";
import { root } from "../../support/latchkey.js";
import { freePort, type Program, type Running, start } from "../../support/running.js";

/** The host names. Below `localhost` each name is a site; `app.localhost` would be another site. */
export const hosts = { app: "app.acme.localhost", auth: "auth.acme.localhost" };

/** A running program, its address in the browser, and its address for programs. */
export interface Site extends Running {
  url: string;
  internalUrl: string;
}

/** The two addresses of a port. */
export function addresses(host: string, port: number): Pick<Site, "url" | "internalUrl"> {
  return { url: `http://${host}:${port}`, internalUrl: `http://127.0.0.1:${port}` };
}

/** Starts Latchkey on a host name, or with another base URL on a port behind it. */
export async function startLatchkeyOn(host: string, settings: Record<string, string>): Promise<Site> {
  const port = await freePort();
  const { url, internalUrl } = addresses(host, port);
  const all = { LATCHKEY_BASE_URL: url, ...settings };
  const changed = Object.entries(all).map((pair) => pair.join("="));
  const command = [path.join(root, "scripts/serve-for-tests"), String(port), ...changed];
  return { ...(await start({ command, ready: `${internalUrl}/readyz` })), url: all.LATCHKEY_BASE_URL, internalUrl };
}

/** The folder of an example. */
export const example = (name: string): string => path.join(root, "examples", name);

/** Starts examples/express, the backend that keeps tasks and verifies access tokens. */
export async function startTasks(latchkey: Site): Promise<Site> {
  const port = await freePort();
  const env = {
    PORT: String(port),
    LATCHKEY_BASE_URL: latchkey.url,
    LATCHKEY_JWKS_URL: `${latchkey.internalUrl}/api/auth/jwks`,
  };
  const { url, internalUrl } = addresses("127.0.0.1", port);
  const program: Program = { command: ["node", "main.js"], cwd: example("express"), env, ready: `${url}/healthz` };
  return { ...(await start(program)), url, internalUrl };
}

/** Stops programs in the order given. */
export async function stopAll(programs: Running[]): Promise<void> {
  for (const program of programs) await program.stop();
}
