// How cases are written: as tables of what is sent, each line for both servers.

import { exchange, type Received, type Sent } from "./http.js";
import type { Site } from "./sites.js";

/** What is done with one of the servers, and everything it answers that is to be compared. */
export type Case = (site: Site) => Promise<Received | Received[]>;

/** Cases by name. */
export type Cases = Record<string, Case>;

/** The password everyone has. */
export const PASSWORD = "violet otter lantern 42";

/** Somebody with an account, signed in. */
export interface Person {
  email: string;
  /** The `Cookie` header of their browser. */
  cookie: string;
  /** What `token` was in the answer to signing up. */
  token: string;
  /** What the header `set-auth-token` was. */
  signed: string;
}

/** How a request is sent. */
export interface How {
  /** Whose it is, by cookie (with the `Origin` a browser sends) or as a bearer. */
  by?: "cookie" | "bearer";
  /** By default somebody who stays the same throughout, and whom no case changes. */
  as?: "newcomer" | Person;
  /** By default `application/json`, if there is a body. */
  type?: string;
  /** `{origin}` stands for the server's own; an empty one is left out. */
  headers?: Record<string, string>;
}

/** One request. Text is sent as it is, anything else as JSON. */
export function send(method: string, path: string, body?: unknown, how: How = {}): Case {
  return (site) => request(site, method, path, body, how);
}

/** One `GET`. */
export const get = (path: string, how?: How): Case => send("GET", path, undefined, how);

/** One `POST`. */
export const post = (path: string, body?: unknown, how?: How): Case => send("POST", path, body, how);

/** One after the other, with the same new person. */
export function story(...steps: ((site: Site, person: Person) => Promise<Received>)[]): Case {
  return async (site) => {
    const person = await newcomer(site);
    const answers: Received[] = [];
    for (const step of steps) answers.push(await step(site, person));
    return answers;
  };
}

/** Sends a request to a server below `/api/auth`. */
export async function request(site: Site, method: string, path: string, body?: unknown, how: How = {}): Promise<Received> {
  const person = how.by && (how.as === "newcomer" ? await newcomer(site) : (how.as ?? (await regular(site))));
  const fill = (text: string) => text.replaceAll("{origin}", site.origin);
  const sent = body === undefined ? undefined : fill(typeof body === "string" ? body : JSON.stringify(body));
  const headers: Record<string, string> = {
    host: new URL(site.origin).host,
    "user-agent": "a test",
    // Both believe what comes from this machine.
    "x-forwarded-for": "203.0.113.7",
    ...(sent !== undefined && { "content-type": how.type ?? "application/json" }),
    ...(person && how.by === "bearer" && { authorization: `Bearer ${person.token}` }),
    ...(person && how.by === "cookie" && { cookie: person.cookie, origin: site.origin }),
    ...how.headers,
  };
  const filled = Object.entries(headers).map(([name, value]) => [name, fill(value)] as const);
  const request: Sent = { method, path: `/api/auth${fill(path)}`, headers: Object.fromEntries(filled.filter(([, value]) => value !== "")), body: sent };
  return exchange(site.port, request);
}

/** Makes up somebody new, and signs them up. */
export async function newcomer(site: Site): Promise<Person> {
  site.people += 1;
  return signUp(site, `newcomer.${site.people}@example.com`);
}

const regulars = new WeakMap<Site, Promise<Person>>();

/** The one who stays the same. */
export function regular(site: Site): Promise<Person> {
  const person = regulars.get(site) ?? signUp(site, REGULAR);
  regulars.set(site, person);
  return person;
}

/** The address of the one who stays the same. */
export const REGULAR = "ada@example.com";

async function signUp(site: Site, email: string): Promise<Person> {
  return signedIn(email, await request(site, "POST", "/sign-up/email", { name: "Ada", email, password: PASSWORD }));
}

/** Signs somebody in once more, as on another device. */
export async function signIn(site: Site, { email }: Person): Promise<Person> {
  return signedIn(email, await request(site, "POST", "/sign-in/email", { email, password: PASSWORD }));
}

/** Who an answer to signing in signs in. */
export function signedIn(email: string, { status, body, cookies, headers }: Received): Person {
  if (status !== 200) throw new Error(`${email} could not sign in: ${status} ${body}`);
  const cookie = cookies.map((header) => header.split(";")[0]).join("; ");
  return { email, cookie, token: JSON.parse(body).token, signed: headers["set-auth-token"] ?? "" };
}
