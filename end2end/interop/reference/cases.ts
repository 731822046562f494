// Builders for comparison cases: requests that are sent to both servers.

import { exchange, type Received, type Sent } from "./http.js";
import type { Site } from "./sites.js";

/** Sends requests to one server and returns the responses to compare. */
export type Case = (site: Site) => Promise<Received | Received[]>;

export type Cases = Record<string, Case>;

/** Every user's password. */
export const PASSWORD = "violet otter lantern 42";

/** A signed-in user. */
export interface Person {
  email: string;
  /** The `Cookie` header of the user's browser. */
  cookie: string;
  /** `token` in the sign-up response. */
  token: string;
  /** The header `set-auth-token` of the sign-up response. */
  signed: string;
}

export interface Options {
  /** The credential: a cookie (with the `Origin` header of a browser) or a bearer token. */
  by?: "cookie" | "bearer" | undefined;
  /** By default the shared user, which no case changes. */
  as?: "new user" | Person;
  /** The media type of the body; by default `application/json`. */
  type?: string;
  /** `{origin}` is replaced with the server's origin; empty headers are omitted. */
  headers?: Record<string, string>;
}

/** One request. A string body is sent unchanged, any other as JSON. */
export function send(method: string, path: string, body?: unknown, options: Options = {}): Case {
  return (site) => request(site, method, path, body, options);
}

export const get = (path: string, options?: Options): Case => send("GET", path, undefined, options);

export const post = (path: string, body?: unknown, options?: Options): Case => send("POST", path, body, options);

/** A request in a sequence. */
export type Step = (site: Site, person: Person) => Promise<Received>;

/** One request of the sequence's user; by default with the cookie. */
export const call =
  (method: string, path: string, body?: unknown, by: Options["by"] = "cookie"): Step =>
  (site, as) =>
    request(site, method, path, body, { by, as });

/** Requests in order, with one new user. */
export function sequence(...steps: Step[]): Case {
  return async (site) => {
    const person = await newUser(site);
    const answers: Received[] = [];
    for (const step of steps) answers.push(await step(site, person));
    return answers;
  };
}

/** Sends a request to a server below `/api/auth`. */
export async function request(
  site: Site,
  method: string,
  path: string,
  body?: unknown,
  options: Options = {},
): Promise<Received> {
  const person = options.by && (options.as === "new user" ? await newUser(site) : (options.as ?? (await sharedUser(site))));
  const fill = (text: string) => text.replaceAll("{origin}", site.origin);
  const sent = body === undefined ? undefined : fill(typeof body === "string" ? body : JSON.stringify(body));
  const headers: Record<string, string> = {
    host: new URL(site.origin).host,
    "user-agent": "a test",
    // Both servers trust forwarded headers from loopback.
    "x-forwarded-for": "203.0.113.7",
    ...(sent !== undefined && { "content-type": options.type ?? "application/json" }),
    ...(person && options.by === "bearer" && { authorization: `Bearer ${person.token}` }),
    ...(person && options.by === "cookie" && { cookie: person.cookie, origin: site.origin }),
    ...options.headers,
  };
  const filled = Object.entries(headers).map(([name, value]) => [name, fill(value)] as const);
  const request: Sent = {
    method,
    path: `/api/auth${fill(path)}`,
    headers: Object.fromEntries(filled.filter(([, value]) => value !== "")),
    body: sent,
  };
  return exchange(site.port, request);
}

/** Signs a new user up. */
export async function newUser(site: Site): Promise<Person> {
  site.users += 1;
  return signUp(site, `newcomer.${site.users}@example.com`);
}

const sharedUsers = new WeakMap<Site, Promise<Person>>();

/** The site's shared user. */
export function sharedUser(site: Site): Promise<Person> {
  const person = sharedUsers.get(site) ?? signUp(site, SHARED_EMAIL);
  sharedUsers.set(site, person);
  return person;
}

/** The shared user's e-mail address. */
export const SHARED_EMAIL = "ada@example.com";

async function signUp(site: Site, email: string): Promise<Person> {
  return signedIn(email, await request(site, "POST", "/sign-up/email", { name: "Ada", email, password: PASSWORD }));
}

/** Signs the user in on another device. */
export async function signIn(site: Site, { email }: Person): Promise<Person> {
  return signedIn(email, await request(site, "POST", "/sign-in/email", { email, password: PASSWORD }));
}

/** The user that a sign-in response signs in. */
export function signedIn(email: string, { status, body, cookies, headers }: Received): Person {
  if (status !== 200) throw new Error(`${email} could not sign in: ${status} ${body}`);
  const cookie = cookies.map((header) => header.split(";")[0]).join("; ");
  return { email, cookie, token: JSON.parse(body).token, signed: headers["set-auth-token"] ?? "" };
}
