// Each example beside a real Latchkey: people sign up there, and reach their own tasks here.

import { expect, test } from "@playwright/test";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";
import { type Backend, backends, startBackend } from "./support/backend.js";
import { newKey, newSecret, now, secretKey, token } from "./support/forge.js";
import { type Person, signUp } from "./support/person.js";
import { send, sendAs } from "./support/request.js";

const secret = newSecret();

/** How Latchkey signs, and with it, how its backends check. */
const modes = [{ mode: "the shared secret", settings: { LATCHKEY_JWT_SECRET: secret } }];

for (const { mode, settings } of modes) {
  test.describe(`with ${mode}`, () => {
    let latchkey: Latchkey;
    let ada: Person;
    let bob: Person;

    test.beforeAll(async () => {
      latchkey = await startLatchkey(settings);
      ada = await signUp(latchkey.url, "ada@example.com");
      bob = await signUp(latchkey.url, "bob@example.com");
    });
    test.afterAll(() => latchkey.stop());

    for (const name of backends) {
      test.describe(name, () => {
        let backend: Backend;
        const tasksOf = ({ userId }: Person) => `${backend.url}/api/${userId}/tasks`;

        test.beforeAll(async () => {
          backend = await startBackend(name, { ...settings, LATCHKEY_BASE_URL: latchkey.url });
        });
        test.afterAll(() => backend.stop());

        test("a user reads and writes their tasks", async () => {
          const ask = async (path: string, method = "GET", body?: unknown) => {
            const answer = await sendAs(ada.accessToken, tasksOf(ada) + path, { method, body });
            return [answer.status, answer.status === 200 || answer.status === 201 ? JSON.parse(answer.body) : null];
          };
          expect(await ask("")).toEqual([200, []]);
          const [status, milk] = await ask("", "POST", { title: "Milk" });
          expect([status, milk]).toEqual([201, { id: milk.id, title: "Milk", completed: false }]);
          const [, bread] = await ask("", "POST", { title: "Brot ✓" });
          expect(await ask("")).toEqual([200, [milk, bread]]);
          expect(await ask(`/${milk.id}`)).toEqual([200, milk]);
          const done = { ...milk, completed: true };
          expect(await ask(`/${milk.id}`, "PATCH", { completed: true })).toEqual([200, done]);
          expect(await ask(`/${milk.id}`, "PATCH", { title: "Oat milk" })).toEqual([200, { ...done, title: "Oat milk" }]);
          expect(await ask(`/${bread.id}`, "DELETE")).toEqual([204, null]);
          expect(await ask(`/${bread.id}`)).toEqual([404, null]);
          expect(await ask(`/${bread.id}`, "PATCH", { completed: true })).toEqual([404, null]);
          expect(await ask(`/${bread.id}`, "DELETE")).toEqual([404, null]);
          expect(await ask("")).toEqual([200, [{ ...done, title: "Oat milk" }]]);
          for (const body of [{}, { title: "" }, { title: "x".repeat(201) }, { title: 1 }]) {
            expect(await ask("", "POST", body), JSON.stringify(body)).toEqual([422, null]);
          }
        });

        test("no token and no good token open nothing: 401", async () => {
          const claims = JSON.parse(Buffer.from(ada.accessToken.split(".")[1] ?? "", "base64url").toString());
          const header = JSON.parse(Buffer.from(ada.accessToken.split(".")[0] ?? "", "base64url").toString());
          const forge = { key: newKey(header.alg), issuer: latchkey.url, audience: latchkey.url, ...ada };
          const [first, , last] = ada.accessToken.split(".");
          const forged = Buffer.from(JSON.stringify({ ...claims, sub: bob.userId, user_id: bob.userId }));
          const bad = {
            tampered: `${first}.${forged.toString("base64url")}.${last}`,
            "of another key": token(forge, { header }),
            "of another key under its own id": token(forge),
            "no access token": ada.sessionToken,
            ...("LATCHKEY_JWT_SECRET" in settings && {
              expired: token({ ...forge, key: secretKey(secret) }, { claims: { ...claims, exp: now() - 60 } }),
            }),
          };
          for (const path of [tasksOf(ada), tasksOf(bob)]) {
            for (const [how, token] of Object.entries(bad)) {
              const answer = await sendAs(token, path);
              expect([answer.status, answer.challenge], how).toEqual([401, 'Bearer error="invalid_token"']);
            }
            for (const request of [{}, { method: "POST", body: { title: "x" } }, { method: "POST", body: {} }]) {
              const answer = await send(path, request);
              expect([answer.status, answer.challenge], JSON.stringify(request)).toEqual([401, "Bearer"]);
            }
          }
        });

        test("another user's tasks are out of reach: 403", async () => {
          const { body } = await sendAs(bob.accessToken, tasksOf(bob), { method: "POST", body: { title: "Bob's" } });
          const { id } = JSON.parse(body);
          const nobody = { ...bob, userId: "00000000-0000-7000-8000-000000000000" };
          for (const other of [bob, nobody]) {
            for (const [method, path] of [["GET", ""], ["POST", ""], ["GET", `/${id}`], ["PATCH", `/${id}`], ["DELETE", `/${id}`]]) {
              const body = method === "GET" || method === "DELETE" ? undefined : { title: "Ada's" };
              const answer = await sendAs(ada.accessToken, tasksOf(other) + path, { method, body });
              expect(answer.status, `${method} ${path}`).toBe(403);
            }
          }
          expect((await sendAs(ada.accessToken, `${tasksOf(ada)}/${id}`)).status, "his id in her path").toBe(404);
          const left = await sendAs(bob.accessToken, tasksOf(bob));
          expect(JSON.parse(left.body)).toEqual([{ id, title: "Bob's", completed: false }]);
        });
      });
    }
  });
}
