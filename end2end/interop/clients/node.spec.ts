// The stock Better Auth client in Node, with cookies and with a bearer token. The same tests run
// against Better Auth, so that they require the same of both servers.

import { expect } from "@playwright/test";
import { newPerson } from "../../support/people.js";
import { type BetterAuth, startBetterAuth } from "../support/better-auth.js";
import { type Latchkey, startLatchkey, startLatchkeyWithMail } from "../support/latchkey.js";
import type { Mailbox } from "../support/mailbox.js";
import type { Running } from "../support/running.js";
import { latchkeyTest } from "../support/test.js";
import { bearerClient, type Client, cookieClient } from "./stock.js";
import { actions, latchkeyActions } from "./actions.js";
import { cookieMailActions, mailActions } from "./mail-actions.js";
import { withCredentials } from "./node-credentials.js";
import { passkeyActions } from "./passkey-actions.js";
import { twoFactorActions } from "./two-factor-actions.js";

interface Servers {
  reference: BetterAuth;
  mailing: Latchkey & { mailbox: Mailbox };
  mailingReference: BetterAuth;
}

const test = latchkeyTest().extend<object, Servers>({
  reference: [({}, use) => running(startBetterAuth(), use), { scope: "worker" }],
  mailing: [({}, use) => running(startLatchkeyWithMail({ LATCHKEY_RATE_LIMIT: "off" }), use), { scope: "worker" }],
  mailingReference: [({}, use) => running(startBetterAuth({ mail: "open" }), use), { scope: "worker" }],
});

async function running<T extends Running>(starting: Promise<T>, use: (server: T) => Promise<void>): Promise<void> {
  const server = await starting;
  await use(server);
  await server.stop();
}

/** A client with a cookie jar. */
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

const transports = {
  "with a cookie jar": (url: string) => jarClient(url),
  "with a bearer token": (url: string) => bearerClient(url, { origin: url }),
};

for (const [transport, client] of Object.entries(transports)) {
  const scene = (url: string) => ({
    client: client(url),
    otherDevice: bearerClient(url, { origin: url }),
    person: newPerson(),
    url,
  });

  const withCookies = transport === "with a cookie jar";
  const alike = { ...actions, ...(withCookies && twoFactorActions) };
  const passkeys = withCookies ? Object.entries(passkeyActions) : [];
  const withMail = { ...mailActions, ...(withCookies && cookieMailActions) };

  test.describe(transport, () => {
    for (const [name, action] of Object.entries({ ...alike, ...latchkeyActions })) {
      test(name, ({ latchkey: { url } }) => action(scene(url)));
    }
    for (const [name, action] of passkeys) {
      test(name, ({ latchkey: { url } }) => withCredentials(url, () => action(scene(url))));
    }
    for (const [name, action] of Object.entries(withMail)) {
      test(name, ({ mailing: { url, mailbox } }) => action({ ...scene(url), readMail: mailbox.next }));
    }
  });

  test.describe(`${transport}, against Better Auth`, () => {
    for (const [name, action] of Object.entries(alike)) {
      test(name, ({ reference: { url } }) => action(scene(url)));
    }
    for (const [name, action] of passkeys) {
      test(name, ({ reference: { url } }) => withCredentials(url, () => action(scene(url))));
    }
    for (const [name, action] of Object.entries(withMail)) {
      test(name, ({ mailingReference: { url, mailbox } }) => action({ ...scene(url), readMail: mailbox.next }));
    }
  });
}

test("repeated wrong passwords get 429 with a wait time", async () => {
  const latchkey = await startLatchkey();
  try {
    const client = jarClient(latchkey.url);
    const { email } = newPerson();
    let wait: string | null = null;
    const onError = ({ response }: { response: Response }) => void (wait = response.headers.get("x-retry-after"));
    const guess = () => client.signIn.email({ email, password: "a guess", fetchOptions: { onError } });
    let status = (await guess()).error?.status;
    for (let tries = 0; status === 401 && tries < 50; tries += 1) status = (await guess()).error?.status;
    expect(status).toBe(429);
    expect(Number(wait)).toBeGreaterThan(0);
  } finally {
    await latchkey.stop();
  }
});
