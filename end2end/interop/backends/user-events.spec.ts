// The FastAPI example keeps a copy of the users: from the events at its start, then from webhooks.

import { createHmac, randomBytes } from "node:crypto";
import { expect, test } from "@playwright/test";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";
import { freePort } from "../support/running.js";
import { type Backend, startBackend } from "./support/backend.js";
import { newSecret } from "./support/forge.js";
import { type Person, signUp } from "./support/person.js";
import { sendAs } from "./support/request.js";

const shared = {
  LATCHKEY_EVENTS_TOKEN: newSecret(),
  LATCHKEY_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString("base64")}`,
};

let latchkey: Latchkey;
let backend: Backend;
let ada: Person;

/** The user in the backend's copy. */
async function copyOf({ userId, accessToken }: Person) {
  const answer = await sendAs(accessToken, `${backend.url}/api/${userId}/me`);
  return answer.status === 200 ? JSON.parse(answer.body) : answer.status;
}

function webhook(body: string, secret: string, sentAt = Math.floor(Date.now() / 1000)) {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`msg_1.${sentAt}.${body}`).digest("base64");
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": String(sentAt), "webhook-signature": `v1,${signature}` };
  return fetch(`${backend.url}/webhooks/latchkey`, { method: "POST", headers, body });
}

test.beforeAll(async () => {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}/webhooks/latchkey`;
  latchkey = await startLatchkey({ ...shared, LATCHKEY_WEBHOOK_URL: url });
  ada = await signUp(latchkey.url, "ada@example.com");
  backend = await startBackend("FastAPI", { ...shared, LATCHKEY_BASE_URL: latchkey.url, PORT: port });
});
test.afterAll(async () => {
  await backend.stop();
  await latchkey.stop();
});

test("users from before the start are in the copy", async () => {
  await expect.poll(() => copyOf(ada)).toEqual({ id: ada.userId, email: "ada@example.com", name: "" });
});

test("new and changed users arrive as webhooks", async () => {
  const bob = await signUp(latchkey.url, "bob@example.com");
  await expect.poll(() => copyOf(bob)).toEqual({ id: bob.userId, email: "bob@example.com", name: "" });
  const profile = `${latchkey.url}/api/users/${bob.userId}`;
  expect((await sendAs(bob.accessToken, profile, { method: "PATCH", body: { name: "Robert" } })).status).toBe(200);
  await expect.poll(async () => (await copyOf(bob)).name).toBe("Robert");
});

test("a deleted user is refused and loses the tasks", async () => {
  const eve = await signUp(latchkey.url, "eve@example.com");
  const tasks = `${backend.url}/api/${eve.userId}/tasks`;
  expect((await sendAs(eve.accessToken, tasks, { method: "POST", body: { title: "Milk" } })).status).toBe(201);
  const account = `${latchkey.url}/api/users/${eve.userId}`;
  const body = { password: "seven green lanterns" };
  expect((await sendAs(eve.accessToken, account, { method: "DELETE", body })).status).toBe(204);
  await expect.poll(() => copyOf(eve)).toBe(401);
  expect((await sendAs(eve.accessToken, tasks)).status).toBe(401);
});

test("webhooks without a valid signature are refused", async () => {
  const user = { email: "evil@example.com", emailVerified: true, name: "Evil", image: null, disabled: false };
  const event = { id: "evt_1", type: "user.updated", sequence: 1e9, data: { userId: ada.userId, user } };
  const body = JSON.stringify(event);
  const other = `whsec_${randomBytes(32).toString("base64")}`;
  const old = Math.floor(Date.now() / 1000) - 600;
  for (const answer of [
    await webhook(body, other),
    await webhook(body, shared.LATCHKEY_WEBHOOK_SECRET, old),
    await fetch(`${backend.url}/webhooks/latchkey`, { method: "POST", body }),
    await fetch(`${backend.url}/webhooks/latchkey`, {
      method: "POST",
      body,
      headers: { "webhook-id": "x", "webhook-timestamp": String(old + 600), "webhook-signature": "nonsense" },
    }),
  ]) {
    expect(answer.status).toBe(401);
  }
  expect((await copyOf(ada)).email).toBe("ada@example.com");
  expect((await webhook(JSON.stringify({ ...event, sequence: 0 }), shared.LATCHKEY_WEBHOOK_SECRET)).status).toBe(204);
  expect((await copyOf(ada)).email, "an older event changes nothing").toBe("ada@example.com");
});
