// An HTTP client that sends paths and headers unchanged.

import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import type { Received } from "./upstream.js";

export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: string;
  /** The request that reached the service behind the proxy, from the body. */
  received(): Received;
}

/** A user who signed up through the API. */
export interface Account {
  email: string;
  password: string;
  userId: string;
  sessionToken: string;
  accessToken: string;
  /** As `name=value`. */
  cookies: { access: string; session: string };
}

type Headers = Record<string, string | string[]>;

export interface Options {
  method?: string;
  headers?: Headers;
  body?: unknown;
}

/** Sends a request to a loopback port. */
export async function ask(port: number, path: string, { method = "GET", headers = {}, body }: Options = {}): Promise<Answer> {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const described = json && { "content-type": "application/json", "content-length": String(Buffer.byteLength(json)) };
  const sent = request({
    host: "127.0.0.1",
    port,
    path,
    method,
    agent: false,
    headers: { host: `localhost:${port}`, ...described, ...headers },
  });
  sent.end(json);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const answered = await text(response);
  const received = () => JSON.parse(answered) as Received;
  return { status: response.statusCode ?? 0, headers: response.headers, body: answered, received };
}

/** Signs a user up. */
export async function signUp(port: number, email: string, name = "Ada Lovelace"): Promise<Account> {
  const password = "violet otter lantern 42";
  const answer = await ask(port, "/api/auth/sign-up/email", { method: "POST", body: { name, email, password } });
  if (answer.status !== 200) throw new Error(`sign-up: ${answer.status} ${answer.body}`);
  const { token, user } = JSON.parse(answer.body) as { token: string; user: { id: string } };
  const fresh = await ask(port, "/api/auth/token", { headers: bearer(token) });
  const accessToken = (JSON.parse(fresh.body) as { token: string }).token;
  const pair = (name: string) => setCookie(answer, name)?.split(";")[0] ?? "";
  const cookies = { access: pair("latchkey_access"), session: pair("latchkey_session") };
  return { email, password, userId: user.id, sessionToken: token, accessToken, cookies };
}

export const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** The `Set-Cookie` header for a cookie. */
export function setCookie({ headers }: Answer, name: string): string | undefined {
  return headers["set-cookie"]?.find((cookie) => cookie.startsWith(`${name}=`));
}
