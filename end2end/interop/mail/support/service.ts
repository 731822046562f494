// A Latchkey that sends to a mail server, each with a folder of its own.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test as base } from "@playwright/test";
import { type Latchkey, startLatchkey } from "../../support/latchkey.js";
import { type MailServer, type Options, startMailServer } from "./mail-server.js";

const run = promisify(execFile);

/** A message in the outbox. */
export interface Queued {
  kind: string;
  state: "pending" | "delivered" | "given up" | "dropped";
  attempts: number;
  /** Whether its content is deleted. */
  emptied: boolean;
}

export interface Setup {
  server?: Options;
  /** How Latchkey finds the server, and other settings. `{port}`, `{authority}` and its `{folder}` are replaced. */
  settings?: Record<string, string>;
}

export interface Service {
  server: MailServer;
  latchkey: Latchkey;
  /** The messages in the outbox, oldest first. */
  outbox(): Promise<Queued[]>;
  /** Makes the pending messages due now. */
  makeDue(): Promise<void>;
  /** Creates an account, which queues a message. */
  signUp(email: string, name?: string): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
}

/** `0.0.0.0` reaches this machine, and is not a loopback address: `smtp://` requires STARTTLS there. */
export const REMOTE = "0.0.0.0";

export const PASSWORD = "violet otter lantern 42";

export const test = base.extend<{ start: (setup?: Setup) => Promise<Service> }>({
  start: async ({}, use) => {
    const stops: (() => Promise<void>)[] = [];
    await use(async (setup = {}) => {
      const folder = await mkdtemp(path.join(tmpdir(), "latchkey-mail-"));
      stops.push(() => rm(folder, { recursive: true }));
      return startService(folder, setup, stops);
    });
    for (const stop of stops.reverse()) await stop();
  },
});

async function startService(folder: string, setup: Setup, stops: (() => Promise<void>)[]): Promise<Service> {
  const authority = path.join(folder, "authority", "ca.pem");
  await mkdir(path.dirname(authority));
  const server = await startMailServer({ authority, ...setup.server });
  stops.push(() => server.stop());
  const names = { port: String(server.port), authority, folder: path.dirname(authority) };
  const fill = (text: string) => Object.entries(names).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), text);
  const settings = {
    LATCHKEY_DATA: path.join(folder, "data"),
    LATCHKEY_RATE_LIMIT: "off",
    LATCHKEY_MAIL: "smtp://localhost:{port}",
    LATCHKEY_MAIL_FROM: "Acme <auth@acme.example>",
    ...setup.settings,
  };
  const latchkey = await startLatchkey(
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, fill(value)])),
  );
  stops.push(() => latchkey.stop());
  const script = path.join(import.meta.dirname, "outbox.py");
  const read = async (...change: string[]) => {
    const { stdout } = await run("python", [script, path.join(folder, "data", "latchkey.db"), ...change]);
    return JSON.parse(stdout) as Queued[];
  };
  const post = (name: string, body: unknown) =>
    fetch(`${latchkey.url}/api/auth${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return {
    server,
    latchkey,
    outbox: () => read(),
    makeDue: async () => void (await read("due")),
    signUp: (email, name = "Ada") => post("/sign-up/email", { name, email, password: PASSWORD }),
    post,
  };
}

/** Waits until the only message in the outbox is as expected. */
export async function settled({ outbox }: Service, expected: Partial<Queued>): Promise<void> {
  await expect.poll(outbox, { timeout: 20_000 }).toEqual([expect.objectContaining(expected)]);
}

/** The only accepted message. */
export async function onlyMessage({ server }: Service) {
  const messages = await server.messages();
  expect(messages).toHaveLength(1);
  return messages[0]!;
}

/** Pages and sign-ins, all at once. Each gets its answer. */
export async function requestsAreAnswered({ latchkey, post }: Service): Promise<void> {
  const pages = Array.from({ length: 10 }, () => fetch(`${latchkey.url}/sign-in`));
  const signIns = Array.from({ length: 10 }, () =>
    post("/sign-in/email", { email: "grace@example.com", password: PASSWORD }),
  );
  expect((await Promise.all(pages)).map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect((await Promise.all(signIns)).map(({ status }) => status)).toEqual(Array(10).fill(401));
}
