// A service that knows nothing about signing in: it says what reached it.

import { once } from "node:events";
import { createServer } from "node:http";

/** A request as the service got it. */
export interface Received {
  method: string;
  url: string;
  /** Every header line, the names in lower case. */
  headers: [name: string, value: string][];
}

/** A running service. */
export interface Upstream {
  port: number;
  /** Everything that has reached it, oldest first. */
  received: Received[];
  stop(): Promise<void>;
}

/** Starts one. */
export async function startUpstream(): Promise<Upstream> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", rawHeaders } = request;
    const headers: Received["headers"] = [];
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      headers.push([(rawHeaders[at] ?? "").toLowerCase(), rawHeaders[at + 1] ?? ""]);
    }
    const seen = { method, url, headers };
    received.push(seen);
    request.resume();
    const status = url.includes("missing") ? 404 : 200;
    if (request.headers.accept?.includes("text/html")) {
      response.writeHead(status, { "content-type": "text/html; charset=utf-8" });
      response.end("<!doctype html><title>Tasks</title><link rel=icon href=data:,><h1>Tasks</h1>");
    } else {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(seen));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the service has no port");
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { port: address.port, received, stop };
}

/** The values that reached the service under a header's name, whichever sign joins its words. */
export function values({ headers }: Received, name: string): string[] {
  return headers.filter(([key]) => key.replaceAll("_", "-") === name).map(([, value]) => value);
}

/** Everything that reached the service about who is asking. */
export function identity(request: Received): Record<string, string[]> {
  const names = request.headers.map(([name]) => name.replaceAll("_", "-")).filter((name) => name.startsWith("x-auth"));
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, values(request, name)]));
}
