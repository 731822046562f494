// A JWKS server that counts requests: with configurable responses, or as a proxy of another JWKS.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { send } from "./request.js";

export interface KeysServer {
  url: string;
  /** The response to every request. */
  answer: Published;
  /** How many requests have arrived. */
  requests: number;
  stop(): Promise<void>;
}

/** A status, and a body to send as JSON. */
interface Published {
  status: number;
  body: unknown;
}

/** Publishes these keys. */
export function serveKeys(...keys: unknown[]): Promise<KeysServer> {
  return serve(published(...keys), ({ answer }) => Promise.resolve(answer));
}

/** Forwards every request to another JWKS. */
export function proxyKeys(url: string): Promise<KeysServer> {
  return serve(published(), async () => {
    const { status, body } = await send(url);
    return { status, body: JSON.parse(body) };
  });
}

async function serve(answer: Published, ask: (served: KeysServer) => Promise<Published>): Promise<KeysServer> {
  const server = createServer(async (_, response) => {
    served.requests += 1;
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
  const served: KeysServer = { url: `http://127.0.0.1:${port}/jwks`, answer, requests: 0, stop };
  return served;
}

/** The response that publishes these keys. */
export function published(...keys: unknown[]): Published {
  return { status: 200, body: { keys } };
}
