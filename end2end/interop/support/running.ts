// Starts and stops programs.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface Program {
  command: string[];
  cwd?: string;
  env?: Record<string, string>;
  /** A URL that answers with a 2xx status when the program is ready. */
  ready: string;
}

export interface Running {
  /** The output so far. */
  output(): string;
  /** Stops the program and its child processes. */
  stop(): Promise<void>;
}

const START_TIMEOUT = 60_000;

/** Starts a program and waits until it is ready. If it exits first, the error contains its output. */
export async function start({ command, cwd, env, ready }: Program): Promise<Running> {
  const [file = "", ...args] = command;
  let written = "";
  // A process group, so that child processes are stopped too.
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, detached: true });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (written += text.toString()));
  child.on("error", (error) => (written += String(error)));
  const running = { output: () => written, stop: () => stop(child) };
  const deadline = Date.now() + START_TIMEOUT;
  while (!(await answers(ready))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      await running.stop();
      throw new Error(`${command.join(" ")} did not start:\n${written}`);
    }
    await pause(50);
  }
  return running;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then((response) => response.ok, () => false);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  process.kill(-child.pid, "SIGTERM");
  await ended;
}

/** A free port on the loopback address. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
