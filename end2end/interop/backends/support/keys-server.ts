// A JWKS of our own, which counts who asks, and fails when told to.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A running server of keys. */
export interface KeysServer {
  url: string;
  /** What it answers: these keys, or something else under that status. */
  answer: { status: number; body: unknown };
  /** How often it was asked. */
  asked: number;
  stop(): Promise<void>;
}

/** Starts one that publishes these keys. */
export async function serveKeys(...keys: unknown[]): Promise<KeysServer> {
  const server = createServer((_, response) => {
    served.asked += 1;
    response.writeHead(served.answer.status, { "content-type": "application/jwk-set+json" });
    response.end(JSON.stringify(served.answer.body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  const served: KeysServer = { url: `http://127.0.0.1:${port}/jwks`, answer: published(...keys), asked: 0, stop };
  return served;
}

/** The answer that publishes these keys. */
export function published(...keys: unknown[]): KeysServer["answer"] {
  return { status: 200, body: { keys } };
}
