// nginx with examples/nginx/nginx.conf.

import { expect, test } from "@playwright/test";
import { newPerson } from "../../support/people.js";
import { ask, signUp } from "./client.js";
import { declareProxyTests } from "./rules.js";
import { nginx, type Stack, startStack } from "./stack.js";
import { values } from "./upstream.js";

declareProxyTests(nginx);

test.describe("nginx only", () => {
  let stack: Stack;
  test.beforeAll(async () => {
    stack = await startStack(nginx);
  });
  test.afterAll(() => stack.stop());

  test("forwarded headers come from nginx and not from the client", async () => {
    const { cookies, userId } = await signUp(stack.port, newPerson().email);
    const claims = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example" };
    const headers = { cookie: cookies.access, ...claims };
    const { received } = await ask(stack.port, "/tasks", { headers });
    expect(["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"].flatMap((name) => values(received(), name))).toEqual([
      "127.0.0.1",
      "http",
      `localhost:${stack.port}`,
    ]);
    const listed = await ask(stack.port, `/api/users/${userId}/sessions`, { headers });
    const { sessions } = JSON.parse(listed.body) as { sessions: { address: string }[] };
    expect(sessions.map(({ address }) => address)).toEqual(["127.0.0.1"]);
  });
});
