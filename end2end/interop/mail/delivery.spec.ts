// Messages that a mail server accepts: connections, authentication, headers and contents.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import { root } from "../support/latchkey.js";
import type { Mail } from "./support/mail-server.js";
import { onlyMessage, REMOTE, type Setup, settled, test } from "./support/service.js";

const ADA = "ada@example.com";

const account = { user: "me@acme.example", password: "hunter/2#ü" };
const login = `${encodeURIComponent(account.user)}:${encodeURIComponent(account.password)}`;

/** macOS verifies certificates with its keychain instead of these variables. */
const hasCertificateVariables = process.platform !== "darwin";

const header = ({ headers }: Mail, name: string) =>
  headers.filter(([other]) => other.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

const connections: Record<string, { setup: Setup; encrypted: boolean; private?: true }> = {
  "STARTTLS and authentication": {
    setup: {
      server: { tls: "starttls", ...account },
      settings: { LATCHKEY_MAIL: `smtp://${login}@${REMOTE}:{port}`, SSL_CERT_FILE: "{authority}" },
    },
    encrypted: true,
    private: true,
  },
  "TLS from the start and authentication": {
    setup: {
      server: { tls: "implicit", ...account },
      settings: { LATCHKEY_MAIL: `smtps://${login}@localhost:{port}`, SSL_CERT_FILE: "{authority}" },
    },
    encrypted: true,
    private: true,
  },
  "the system's certificates and a folder of others": {
    setup: {
      server: { tls: "implicit", ...account },
      settings: {
        LATCHKEY_MAIL: `smtps://${login}@localhost:{port}`,
        SSL_CERT_DIR: "/etc/ssl/certs:{folder}",
      },
    },
    encrypted: true,
    private: true,
  },
  "a server on this machine": {
    setup: { server: account, settings: { LATCHKEY_MAIL: `smtp://${login}@localhost:{port}` } },
    encrypted: false,
  },
};

for (const [name, { setup, encrypted, private: isPrivate }] of Object.entries(connections)) {
  test(`a message is delivered over ${name}`, async ({ start }) => {
    test.skip(isPrivate === true && !hasCertificateVariables, "macOS verifies certificates with its keychain");
    const service = await start(setup);
    expect((await service.signUp(ADA)).status).toBe(200);
    await settled(service, { kind: "verify_email", state: "delivered", attempts: 1, emptied: true });
    const message = await onlyMessage(service);
    expect(message).toMatchObject({ from: "auth@acme.example", to: [ADA], encrypted });
    expect((await service.server.attempts()).credentials).toEqual([[account.user, account.password]]);
  });
}

test("a message has the headers of automatic mail and two complete parts", async ({ start }) => {
  const service = await start();
  await service.signUp(ADA);
  await settled(service, { state: "delivered" });
  const message = await onlyMessage(service);
  expect(message.defects).toEqual([]);
  expect(message.headers.map(([name]) => name.toLowerCase()).sort()).toEqual(
    ["auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to", "x-auto-response-suppress"],
  );
  expect(header(message, "From")).toEqual(["Acme <auth@acme.example>"]);
  expect(header(message, "To")).toEqual([ADA]);
  expect(header(message, "Auto-Submitted")).toEqual(["auto-generated"]);
  expect(header(message, "Message-ID")[0]).toMatch(/^<[0-9a-f-]{36}@acme\.example>$/);
  expect(Math.abs(Date.parse(header(message, "Date")[0] ?? "") - Date.now())).toBeLessThan(600_000);
  expect(message.type).toBe("multipart/alternative");
  expect(Object.keys(message.parts)).toEqual(["text/plain", "text/html"]);
  const [text, html] = [message.parts["text/plain"] ?? "", message.parts["text/html"] ?? ""];
  const link = text.match(/^http:\S+token=[\w-]{43}$/m)?.[0] ?? "no link";
  expect(html).toContain(`href="${link}"`);
  expect(link).toContain(service.latchkey.url);
});

test("names and addresses in other scripts are encoded", async ({ start }) => {
  const settings = {
    LATCHKEY_MAIL_FROM: "Bücherei, Zürich <auth@bücherei.example>",
    LATCHKEY_PRODUCT_NAME: "Bücherei 📚",
  };
  const service = await start({ settings });
  expect((await service.signUp("ada@bücher.example")).status).toBe(200);
  await settled(service, { state: "delivered" });
  const message = await onlyMessage(service);
  expect(message.defects).toEqual([]);
  expect(message).toMatchObject({ from: "auth@xn--bcherei-n2a.example", to: ["ada@xn--bcher-kva.example"], smtputf8: false });
  expect(header(message, "Subject")).toEqual(["Verify your e-mail address for Bücherei 📚"]);
  expect(header(message, "From")).toEqual(['"Bücherei, Zürich" <auth@xn--bcherei-n2a.example>']);
  expect(message.parts["text/plain"]).toContain("Bücherei 📚");
});

test("an address that needs SMTPUTF8 is delivered with it", async ({ start }) => {
  const service = await start({ server: { smtputf8: true } });
  await service.signUp("josé@example.com");
  await settled(service, { state: "delivered" });
  const message = await onlyMessage(service);
  expect(message).toMatchObject({ to: ["josé@example.com"], smtputf8: true });
  expect(header(message, "To")).toEqual(["josé@example.com"]);
});

test("an address that needs SMTPUTF8 is given up without it", async ({ start }) => {
  const service = await start();
  await service.signUp("josé@example.com");
  await settled(service, { state: "given up", attempts: 1, emptied: true });
  expect(await service.server.messages()).toEqual([]);
  expect(service.latchkey.log()).toContain("does not support SMTPUTF8");
  expect(service.latchkey.log()).not.toContain("josé");
});

test("no input adds a header", async ({ start }) => {
  const service = await start();
  const injected = "\r\nBcc: eve@evil.example\r\n\r\nHello";
  const inputs: [path: string, body: object][] = [
    ["/sign-up/email", { name: `Ada${injected}`, email: ADA, password: "violet otter lantern 42" }],
    ["/sign-up/email", { name: "Ada", email: `ada${injected}@example.com`, password: "violet otter lantern 42" }],
    ["/sign-up/email", { name: "Ada", email: ADA + injected, password: "violet otter lantern 42" }],
    ["/request-password-reset", { email: ADA + injected }],
    ["/request-password-reset", { email: ADA, redirectTo: `/reset${injected}` }],
    ["/send-verification-email", { email: ADA, callbackURL: `/verified${injected}` }],
  ];
  for (const [path, body] of inputs) expect((await service.post(path, body)).status).toBeGreaterThanOrEqual(400);
  await service.signUp(ADA, "Ada: <b>Bcc</b>");
  await settled(service, { state: "delivered" });
  const message = await onlyMessage(service);
  expect(message.to).toEqual([ADA]);
  expect(header(message, "Bcc")).toEqual([]);
});

test("latchkey mail test prints the reply of the server", async ({ start }) => {
  const { server } = await start({ server: account });
  const binary = process.env.LATCHKEY_TEST_BINARY ?? `${process.env.CARGO_TARGET_DIR ?? `${root}/target`}/release/latchkey`;
  const env = { LATCHKEY_MAIL: `smtp://${login}@localhost:${server.port}`, LATCHKEY_MAIL_FROM: "Acme <auth@acme.example>" };
  const { stdout } = await promisify(execFile)(binary, ["mail", "test", ADA], { env });
  expect(stdout).toBe("sent from Acme <auth@acme.example>; the reply: 250 2.0.0 queued as 4XYZ\n");
  const failed = { ...env, LATCHKEY_MAIL: `smtp://me:wrong@localhost:${server.port}` };
  const refused = await promisify(execFile)(binary, ["mail", "test", ADA], { env: failed }).catch((error) => error);
  expect(refused.stderr).toContain("authentication at the mail server failed: permanent error (535)");
});
