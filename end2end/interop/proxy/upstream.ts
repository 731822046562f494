// A service without authentication that answers with the request it received.

import { once } from "node:events";
import { createServer } from "node:http";

export interface Received {
  method: string;
  url: string;
  /** All header lines, with names in lower case. */
  headers: [name: string, value: string][];
}

export interface Upstream {
  port: number;
  /** All requests, oldest first. */
  received: Received[];
  stop(): Promise<void>;
}

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

/** A header's values; underscores in names count as hyphens, as in CGI-style frameworks. */
export function values({ headers }: Received, name: string): string[] {
  return headers.filter(([key]) => key.replaceAll("_", "-") === name).map(([, value]) => value);
}

/** The identity headers of the request. */
export function identity(request: Received): Record<string, string[]> {
  const names = request.headers.map(([name]) => name.replaceAll("_", "-")).filter((name) => name.startsWith("x-auth"));
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, values(request, name)]));
}
