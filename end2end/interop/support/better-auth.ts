// Starts a Better Auth server.

import { freePort, type Running, start } from "./running.js";

export interface BetterAuth extends Running {
  url: string;
  port: number;
}

export interface Settings {
  baseURL?: string;
  trustedOrigins?: string[];
  rateLimit?: boolean;
}

/** The base URL defaults to the server's port on localhost. */
export async function startBetterAuth({
  baseURL,
  trustedOrigins = [],
  rateLimit = false,
}: Settings = {}): Promise<BetterAuth> {
  const port = await freePort();
  const url = baseURL ?? `http://localhost:${port}`;
  const program = new URL("better-auth-server.js", import.meta.url).pathname;
  const options = JSON.stringify({ baseURL: url, trustedOrigins, rateLimit: { enabled: rateLimit } });
  const command = [process.execPath, program, String(port), options];
  return { ...(await start({ command, ready: `http://127.0.0.1:${port}/api/auth/ok` })), url, port };
}
