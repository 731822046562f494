// HTTP clients of programs sign in and use their session. None of them sends an `Origin`; Node's
// `fetch` sends `Sec-Fetch-Mode` without `Sec-Fetch-Site`.

import { expect } from "@playwright/test";
import axios from "axios";
import got from "got";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { request } from "undici";
import { newPerson } from "../../support/people.js";
import { latchkeyTest } from "../support/test.js";
import { cookieClient } from "./stock.js";

const run = promisify(execFile);

const test = latchkeyTest();

interface Answer {
  status: number;
  body: unknown;
  cookies: string[];
}

/** Sends a body as JSON, or a GET request with these cookies. */
type Send = (url: string, sent: { body?: object; cookie?: string }) => Promise<Answer>;

const json = { "content-type": "application/json" };

const libraries: Record<string, Send> = {
  async fetch(url, { body, cookie }) {
    const answer = await fetch(url, body ? { method: "POST", headers: json, body: JSON.stringify(body) } : { headers: { cookie: cookie! } });
    return { status: answer.status, body: await answer.json(), cookies: answer.headers.getSetCookie() };
  },

  async undici(url, { body, cookie }) {
    const answer = await request(url, body ? { method: "POST", headers: json, body: JSON.stringify(body) } : { headers: { cookie } });
    return { status: answer.statusCode, body: await answer.body.json(), cookies: list(answer.headers["set-cookie"]) };
  },

  async axios(url, { body, cookie }) {
    const options = { validateStatus: () => true };
    const answer = await (body ? axios.post(url, body, options) : axios.get(url, { ...options, headers: { cookie } }));
    return { status: answer.status, body: answer.data, cookies: list(answer.headers["set-cookie"]) };
  },

  async got(url, { body, cookie }) {
    const options = { throwHttpErrors: false, responseType: "json" } as const;
    const answer = await (body ? got.post(url, { ...options, json: body }) : got(url, { ...options, headers: { cookie } }));
    return { status: answer.statusCode, body: answer.body, cookies: list(answer.headers["set-cookie"]) };
  },
};

const list = (values: string | string[] | undefined) => [values ?? []].flat();

for (const [name, send] of Object.entries(libraries)) {
  test(`${name} signs up, signs in and reads its session`, async ({ latchkey }) => {
    const base = `${latchkey.url}/api/auth`;
    const { email, password } = newPerson();
    const signUp = await send(`${base}/sign-up/email`, { body: { name: "Ada", email, password } });
    expect(signUp).toMatchObject({ status: 200 });
    const signIn = await send(`${base}/sign-in/email`, { body: { email, password } });
    expect(signIn).toMatchObject({ status: 200, body: { user: { email } } });
    const cookie = signIn.cookies.map((set) => set.split(";")[0]).join("; ");
    const session = await send(`${base}/get-session`, { cookie });
    expect(session).toMatchObject({ status: 200, body: { user: { email } } });
  });
}

for (const library of ["requests", "httpx"]) {
  test(`Python ${library} signs up, signs in and reads its session`, async ({ latchkey }) => {
    const { email, password } = newPerson();
    const script = path.join(import.meta.dirname, "programs.py");
    const { stdout } = await run("python", [script, library, `${latchkey.url}/api/auth`, email, password]);
    expect(JSON.parse(stdout)).toMatchObject({ statuses: [200, 200, 200], session: { user: { email } } });
  });
}

test("stock client in Node: signs in without an added Origin", async ({ latchkey }) => {
  const { email, password } = newPerson();
  const client = cookieClient(latchkey.url);
  const signUp = await client.signUp.email({ name: "Ada", email, password });
  expect(signUp.error).toBeNull();
  const signIn = await client.signIn.email({ email, password });
  expect(signIn).toMatchObject({ data: { user: { email } }, error: null });
});
