// Sends requests without adding headers.

import http from "node:http";

export interface Sent {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body?: string | undefined;
}

export interface Received {
  status: number;
  /** By lower-case name, without `set-cookie`. */
  headers: Record<string, string>;
  cookies: string[];
  body: string;
}

/** Sends a request to a loopback port. */
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
