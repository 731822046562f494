// Users of a real Latchkey have access to their own tasks in each example.

import { expect, test } from "@playwright/test";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";
import { type Backend, backends, startBackend } from "./support/backend.js";
import { decode, encode, newKey, newSecret, now, secretKey, token } from "./support/forge.js";
import { type Person, signUp } from "./support/person.js";
import { send, sendAs } from "./support/request.js";

const secret = newSecret();

/** Latchkey's signing modes, which the backends share. */
const modes: { mode: string; settings: Record<string, string> }[] = [
  { mode: "the shared secret", settings: { LATCHKEY_JWT_SECRET: secret } },
  { mode: "EdDSA and public keys", settings: {} },
  { mode: "ES256 and public keys", settings: { LATCHKEY_JWT_ALGORITHM: "ES256" } },
];

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

        test("a user reads and writes their own tasks", async () => {
          const ask = async (path: string, method = "GET", body?: unknown) => {
            const answer = await sendAs(ada.accessToken, tasksOf(ada) + path, { method, body });
            return [answer.status, answer.status <= 201 ? JSON.parse(answer.body) : null];
          };
          expect(await ask("")).toEqual([200, []]);
          const [status, milk] = await ask("", "POST", { title: "Milk" });
          expect([status, milk]).toEqual([201, { id: milk.id, title: "Milk", completed: false }]);
          const [, bread] = await ask("", "POST", { title: "Brot ✓" });
          expect(await ask("")).toEqual([200, [milk, bread]]);
          expect(await ask(`/${milk.id}`)).toEqual([200, milk]);
          const done = { ...milk, completed: true };
          expect(await ask(`/${milk.id}`, "PATCH", { completed: true })).toEqual([200, done]);
          const renamed = { ...done, title: "Oat milk" };
          expect(await ask(`/${milk.id}`, "PATCH", { title: renamed.title })).toEqual([200, renamed]);
          expect(await ask(`/${bread.id}`, "DELETE")).toEqual([204, null]);
          expect(await ask(`/${bread.id}`)).toEqual([404, null]);
          expect(await ask(`/${bread.id}`, "PATCH", { completed: true })).toEqual([404, null]);
          expect(await ask(`/${bread.id}`, "DELETE")).toEqual([404, null]);
          expect(await ask("")).toEqual([200, [renamed]]);
          for (const body of [{}, { title: "" }, { title: "x".repeat(201) }, { title: 1 }]) {
            expect(await ask("", "POST", body), JSON.stringify(body)).toEqual([422, null]);
          }
        });

        test("requests without a valid token get 401", async () => {
          const { header, claims } = decode(ada.accessToken);
          const forge = { key: newKey(header.alg), issuer: latchkey.url, audience: latchkey.url, ...ada };
          const [first, , last] = ada.accessToken.split(".");
          const invalid = {
            tampered: `${first}.${encode({ ...claims, sub: bob.userId, user_id: bob.userId })}.${last}`,
            "signed with another key": token(forge, { header }),
            "signed with another key, with its own id": token(forge),
            "a session token": ada.sessionToken,
            ...("LATCHKEY_JWT_SECRET" in settings && {
              expired: token({ ...forge, key: secretKey(secret) }, { claims: { ...claims, exp: now() - 60 } }),
            }),
          };
          for (const path of [tasksOf(ada), tasksOf(bob)]) {
            for (const [how, token] of Object.entries(invalid)) {
              const answer = await sendAs(token, path);
              expect([answer.status, answer.challenge], how).toEqual([401, 'Bearer error="invalid_token"']);
            }
            for (const request of [{}, { method: "POST", body: { title: "x" } }, { method: "POST", body: {} }]) {
              const answer = await send(path, request);
              expect([answer.status, answer.challenge], JSON.stringify(request)).toEqual([401, "Bearer"]);
            }
          }
        });

        test("requests for another user's tasks get 403", async () => {
          const { body } = await sendAs(bob.accessToken, tasksOf(bob), { method: "POST", body: { title: "Bob's" } });
          const { id } = JSON.parse(body);
          const unknown = { ...bob, userId: "00000000-0000-7000-8000-000000000000" };
          const requests = ["GET", "POST", `GET /${id}`, `PATCH /${id}`, `DELETE /${id}`];
          for (const other of [bob, unknown]) {
            for (const [method, path = ""] of requests.map((line) => line.split(" "))) {
              const body = method === "GET" || method === "DELETE" ? undefined : { title: "Ada's" };
              const answer = await sendAs(ada.accessToken, tasksOf(other) + path, { method, body });
              expect(answer.status, `${method} ${path}`).toBe(403);
            }
          }
          expect((await sendAs(ada.accessToken, `${tasksOf(ada)}/${id}`)).status, "the id of another user's task").toBe(404);
          const left = await sendAs(bob.accessToken, tasksOf(bob));
          expect(JSON.parse(left.body)).toEqual([{ id, title: "Bob's", completed: false }]);
        });
      });
    }
  });
}
