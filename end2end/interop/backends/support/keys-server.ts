// A JWKS of our own, or one passed on, which counts who asks, and fails when told to.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { send } from "./request.js";

/** A running server of keys. */
export interface KeysServer {
  url: string;
  /** What it answers: these keys, or something else under that status. */
  answer: Published;
  /** How often it was asked. */
  asked: number;
  stop(): Promise<void>;
}

/** A status and a body that is sent as JSON. */
interface Published {
  status: number;
  body: unknown;
}

/** Starts one that publishes these keys. */
export function serveKeys(...keys: unknown[]): Promise<KeysServer> {
  return serve(published(...keys), ({ answer }) => Promise.resolve(answer));
}

/** Starts one that passes on what is published elsewhere. */
export function passOnKeys(url: string): Promise<KeysServer> {
  return serve(published(), async () => {
    const { status, body } = await send(url);
    return { status, body: JSON.parse(body) };
  });
}

async function serve(answer: Published, ask: (served: KeysServer) => Promise<Published>): Promise<KeysServer> {
  const server = createServer(async (_, response) => {
    served.asked += 1;
    const { status, body } = await ask(served);
    response.writeHead(status, { "content-type": "application/jwk-set+json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  const served: KeysServer = { url: `http://127.0.0.1:${port}/jwks`, answer, asked: 0, stop };
  return served;
}

/** The answer that publishes these keys. */
export function published(...keys: unknown[]): Published {
  return { status: 200, body: { keys } };
}
