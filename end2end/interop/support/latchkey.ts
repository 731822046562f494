// Starts the release binary of Latchkey in an empty folder.

import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Mailbox, mailFolder } from "./mailbox.js";
import { freePort, type Running, start } from "./running.js";

/** The repository. */
export const root = path.resolve(import.meta.dirname, "../../..");

export interface Latchkey extends Running {
  url: string;
  port: number;
  /** The service's log so far. */
  log(): string;
}

/** Starts Latchkey with these settings (`LATCHKEY_…`). */
export async function startLatchkey(settings: Record<string, string> = {}): Promise<Latchkey> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const changed = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const command = [path.join(root, "scripts/serve-for-tests"), String(port), ...changed];
  const logs = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, "target"), "logs");
  const log = () => readFileSync(path.join(logs, `server-${port}.log`), "utf8");
  return { ...(await start({ command, ready: `${url}/readyz` })), url, port, log };
}

/** Starts Latchkey with messages in a folder, which is removed at the stop. */
export async function startLatchkeyWithMail(settings: Record<string, string>): Promise<Latchkey & { mailbox: Mailbox }> {
  const folder = await mkdtemp(path.join(tmpdir(), "latchkey-mail-"));
  const latchkey = await startLatchkey({
    LATCHKEY_MAIL: `file:${folder}`,
    LATCHKEY_EMAIL_SIGN_IN: "on",
    ...settings,
  });
  const stop = async () => {
    await latchkey.stop();
    await rm(folder, { recursive: true });
  };
  return { ...latchkey, stop, mailbox: mailFolder(folder) };
}
