// Requests exactly as they are written: nothing is added that a case is not about.

import http from "node:http";

/** A request to one of the servers. */
export interface Sent {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body?: string | undefined;
}

/** What came back. */
export interface Received {
  status: number;
  /** By name in lower case; `set-cookie` apart. */
  headers: Record<string, string>;
  cookies: string[];
  body: string;
}

/** Sends a request to a port of this machine. */
export function exchange(port: number, { method, path, headers, body }: Sent): Promise<Received> {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: "127.0.0.1", method, path, headers: { ...headers, ...length } });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("error", reject);
      response.on("end", () => {
        const { "set-cookie": cookies = [], ...others } = response.headers;
        const single = Object.entries(others).map(([name, value]) => [name, String(value)] as const);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(single), cookies, body: text });
      });
    });
    request.end(body);
  });
}
