// The stock client in Node, with a cookie jar and as a bearer. The server that is imitated stands the
// same tests, so that they ask nothing else of Latchkey than of it.

import { expect, test as base } from "@playwright/test";
import { newPerson } from "../../support/people.js";
import { type BetterAuth, startBetterAuth } from "../support/better-auth.js";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";
import { bearerClient, type Client, cookieClient } from "./stock.js";
import { stricter, verbs } from "./verbs.js";

const test = base.extend<object, { latchkey: Latchkey; reference: BetterAuth }>({
  latchkey: [
    async ({}, use) => {
      const latchkey = await startLatchkey({ LATCHKEY_RATE_LIMIT: "off" });
      await use(latchkey);
      await latchkey.stop();
    },
    { scope: "worker" },
  ],

  reference: [
    async ({}, use) => {
      const reference = await startBetterAuth();
      await use(reference);
      await reference.stop();
    },
    { scope: "worker" },
  ],
});

/** A client that does with cookies what a browser does. */
function jarClient(baseURL: string): Client {
  const jar = new Map<string, string>();
  return cookieClient(baseURL, {
    headers: { origin: baseURL },
    onRequest: ({ headers }) => {
      if (jar.size > 0) headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    },
    onResponse: ({ response }) => {
      for (const header of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
        if (/; Max-Age=0(;|$)/.test(header)) jar.delete(name);
        else jar.set(name, value);
      }
    },
  });
}

const ways = {
  "with a cookie jar": (url: string) => jarClient(url),
  "as a bearer": (url: string) => bearerClient(url, { origin: url }),
};

for (const [way, client] of Object.entries(ways)) {
  const scene = (url: string) => ({ client: client(url), elsewhere: bearerClient(url, { origin: url }), person: newPerson(), url });

  test.describe(way, () => {
    for (const [name, verb] of Object.entries({ ...verbs, ...stricter })) {
      test(name, ({ latchkey: { url } }) => verb(scene(url)));
    }
  });

  test.describe(`${way}, with the server that is imitated`, () => {
    for (const [name, verb] of Object.entries(verbs)) {
      test(name, ({ reference: { url } }) => verb(scene(url)));
    }
  });
}

test("whoever guesses passwords is told how long to wait", async () => {
  const latchkey = await startLatchkey();
  const client = jarClient(latchkey.url);
  let wait: string | null = null;
  const onError = ({ response }: { response: Response }) => void (wait = response.headers.get("x-retry-after"));
  const guess = () => client.signIn.email({ email: newPerson().email, password: "a guess", fetchOptions: { onError } });
  let status = (await guess()).error?.status;
  for (let tries = 0; status === 401 && tries < 50; tries += 1) status = (await guess()).error?.status;
  expect(status).toBe(429);
  expect(Number(wait)).toBeGreaterThan(0);
  await latchkey.stop();
});
