// Starts a Better Auth server.

import { type Mailbox, mailServer } from "./mailbox.js";
import { freePort, type Running, start } from "./running.js";

export interface BetterAuth extends Running {
  url: string;
  port: number;
  /** The messages, if the server sends any. */
  mailbox: Mailbox;
}

export interface Settings {
  baseURL?: string;
  trustedOrigins?: string[];
  rateLimit?: boolean;
  /** Up to this age (s), a session may add passkeys. */
  freshAge?: number | undefined;
  /** With mail, and who can sign up: as `LATCHKEY_SIGN_UP`. */
  mail?: "open" | "verify" | undefined;
}

/** The base URL defaults to the server's port on localhost. */
export async function startBetterAuth({
  baseURL,
  trustedOrigins = [],
  rateLimit = false,
  freshAge,
  mail,
}: Settings = {}): Promise<BetterAuth> {
  const port = await freePort();
  const url = baseURL ?? `http://localhost:${port}`;
  const program = new URL("better-auth-server.js", import.meta.url).pathname;
  const options = JSON.stringify({ baseURL: url, trustedOrigins, rateLimit: { enabled: rateLimit }, session: { freshAge } });
  const command = [process.execPath, program, String(port), options, ...(mail ? [mail] : [])];
  const running = await start({ command, ready: `http://127.0.0.1:${port}/api/auth/ok` });
  return { ...running, url, port, mailbox: mailServer(`http://127.0.0.1:${port}/messages`) };
}
