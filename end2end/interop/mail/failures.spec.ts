// Mail servers that fail. Requests succeed meanwhile, the log names the reason, and the message is retried or given up.

import { expect } from "@playwright/test";
import { startMailServer } from "./support/mail-server.js";
import { onlyMessage, PASSWORD, REMOTE, requestsAreAnswered, type Service, type Setup, settled, test } from "./support/service.js";

const ADA = "ada@example.com";

const account = { user: "me@acme.example", password: "hunter2" };
const login = "me%40acme.example:hunter2";

/** Signs up while the server fails. The other requests do not wait for it. */
async function signUpMeanwhile(service: Service): Promise<void> {
  expect((await service.signUp(ADA)).status).toBe(200);
  await requestsAreAnswered(service);
}

/** Sends the message again. Other requests have queued no message. */
async function deliveredOnce(service: Service): Promise<void> {
  await service.makeDue();
  await settled(service, { state: "delivered", attempts: 2, emptied: true });
  expect((await onlyMessage(service)).to).toEqual([ADA]);
}

function logIsDiscreet({ latchkey }: Service): void {
  for (const secret of [ADA, account.user, account.password, PASSWORD]) expect(latchkey.log()).not.toContain(secret);
}

test("a refused connection is retried", async ({ start }) => {
  const service = await start();
  const { port } = service.server;
  await service.server.stop();
  await signUpMeanwhile(service);
  await settled(service, { state: "pending", attempts: 1, emptied: false });
  expect(service.latchkey.log()).toMatch(/it will be retried.*Connection error: Connection refused/);
  logIsDiscreet(service);
  const server = await startMailServer({ port });
  await deliveredOnce({ ...service, server });
  await server.stop();
});

test("a refused recipient is given up at once", async ({ start }) => {
  const service = await start();
  await service.server.plan({ recipient: `550 5.1.1 <${ADA}>: no such mailbox` });
  await signUpMeanwhile(service);
  await settled(service, { state: "given up", attempts: 1, emptied: true });
  expect(service.latchkey.log()).toMatch(/550.*no such mailbox/);
  expect(service.latchkey.log()).toContain("a message was refused and is given up");
  logIsDiscreet(service);
});

test("a greylisted recipient is accepted later", async ({ start }) => {
  const service = await start();
  await service.server.plan({ recipient: "451 4.7.1 greylisted, try again later" });
  await signUpMeanwhile(service);
  await settled(service, { state: "pending", attempts: 1 });
  expect(service.latchkey.log()).toMatch(/451.*greylisted/);
  await deliveredOnce(service);
});

test("a connection that is closed in the middle of a message is retried", async ({ start }) => {
  const service = await start();
  await service.server.plan({ drop: true });
  await signUpMeanwhile(service);
  await settled(service, { state: "pending", attempts: 1, emptied: false });
  expect(service.latchkey.log()).toContain("it will be retried");
  await deliveredOnce(service);
});

test("a slow server delays no request", async ({ start }) => {
  const service = await start();
  await service.server.plan({ hold: true });
  expect((await service.signUp(ADA)).status).toBe(200);
  await expect.poll(async () => (await service.server.attempts()).connections).toBe(1);
  await requestsAreAnswered(service);
  await settled(service, { state: "pending", attempts: 1, emptied: false });
  expect(await service.server.messages()).toEqual([]);
  await service.server.release();
  await settled(service, { state: "delivered", attempts: 1 });
  expect((await onlyMessage(service)).to).toEqual([ADA]);
});

/** Failures before a message is sent: nothing reaches the server, and the password only an encrypted, known one. */
const refusals: Record<string, { setup: Setup; log: RegExp; credentials?: number; certificate?: true }> = {
  "a wrong password": {
    setup: {
      server: { ...account, password: "other" },
      settings: { LATCHKEY_MAIL: `smtp://${login}@localhost:{port}` },
    },
    log: /authentication at the mail server failed: permanent error \(535\)/,
    credentials: 1,
  },
  "no STARTTLS on another host": {
    setup: { server: account, settings: { LATCHKEY_MAIL: `smtp://${login}@${REMOTE}:{port}` } },
    log: /the mail server does not offer STARTTLS/,
  },
  "a certificate of an unknown authority": {
    setup: {
      server: { tls: "implicit", ...account },
      settings: { LATCHKEY_MAIL: `smtps://${login}@localhost:{port}` },
    },
    log: /invalid peer certificate: UnknownIssuer/,
  },
  "a certificate of an unknown authority after STARTTLS": {
    setup: {
      server: { tls: "starttls", ...account },
      settings: { LATCHKEY_MAIL: `smtp://${login}@${REMOTE}:{port}` },
    },
    log: /invalid peer certificate: UnknownIssuer/,
  },
  "a certificate for another name": {
    setup: {
      server: { tls: "implicit", certificate: "other name", ...account },
      settings: { LATCHKEY_MAIL: `smtps://${login}@localhost:{port}`, SSL_CERT_FILE: "{authority}" },
    },
    log: /invalid peer certificate: certificate not valid for name/,
    certificate: true,
  },
  "an expired certificate": {
    setup: {
      server: { tls: "implicit", certificate: "expired", ...account },
      settings: { LATCHKEY_MAIL: `smtps://${login}@localhost:{port}`, SSL_CERT_FILE: "{authority}" },
    },
    log: /invalid peer certificate: certificate expired/,
    certificate: true,
  },
};

for (const [name, { setup, log, credentials = 0, certificate }] of Object.entries(refusals)) {
  test(`${name} is retried and logged`, async ({ start }) => {
    test.skip(certificate === true && process.platform === "darwin", "macOS verifies certificates with its keychain");
    const service = await start(setup);
    await signUpMeanwhile(service);
    await settled(service, { state: "pending", attempts: 1, emptied: false });
    expect(service.latchkey.log()).toMatch(log);
    logIsDiscreet(service);
    expect(await service.server.messages()).toEqual([]);
    expect((await service.server.attempts()).credentials).toHaveLength(credentials);
  });
}
