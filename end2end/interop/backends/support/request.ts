// Sends requests without adding or merging headers.

import { once } from "node:events";
import http from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  status: number;
  challenge: string | undefined;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Each value of `authorization` is sent as a separate header. */
export interface Request {
  method?: string;
  authorization?: string[];
  body?: unknown;
}

export async function send(url: string, { method = "GET", authorization = [], body }: Request = {}): Promise<Answer> {
  const headers: http.OutgoingHttpHeaders = {};
  if (authorization.length > 0) headers.authorization = authorization as unknown as string;
  const json = body === undefined ? undefined : JSON.stringify(body);
  if (json !== undefined) {
    headers["content-type"] = "application/json";
    // Node.js does not add the length to a DELETE request.
    headers["content-length"] = Buffer.byteLength(json);
  }
  const request = http.request(url, { method, headers });
  request.end(json);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    challenge: response.headers["www-authenticate"],
    headers: response.headers,
    body: await text(response),
  };
}

export function sendAs(token: string, url: string, request: Request = {}): Promise<Answer> {
  return send(url, { ...request, authorization: [`Bearer ${token}`] });
}
