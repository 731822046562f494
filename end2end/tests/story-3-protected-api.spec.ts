// Story 3: the protected API in a browser. tests/integration covers other clients.

import { randomUUID } from "node:crypto";
import { signUp } from "../support/forms.js";
import { expect, test } from "../support/test.js";
import { accessToken } from "../support/tokens.js";

test("API: the cookie gives access to the user's profile, sessions and events", { tag: "@server" }, async ({ page, context, person }) => {
  await signUp(page, person);
  const { sub, sid } = (await accessToken(context)).claims;
  const profile = await page.request.get(`/api/users/${sub}`);
  expect(profile.status()).toBe(200);
  expect(profile.headers()["cache-control"]).toContain("no-store");
  expect(await profile.json()).toMatchObject({ id: sub, email: person.email, name: person.name });
  const sessions = await page.request.get(`/api/users/${sub}/sessions`);
  expect(sessions.status()).toBe(200);
  expect(await sessions.text()).toContain(sid);
  expect((await page.request.get(`/api/users/${sub}/events`)).status()).toBe(200);
});

test("API: a missing token gets 401 without an error code", { tag: "@server" }, async ({ request }) => {
  const response = await request.get(`/api/users/${randomUUID()}`);
  expect(response.status()).toBe(401);
  expect(response.headers()["www-authenticate"]).toMatch(/^Bearer\b/);
  expect(response.headers()["www-authenticate"]).not.toContain("error");
  expect(response.headers()["content-type"]).toBe("application/problem+json");
});

test("API: an invalid token in the header is refused despite a valid cookie", { tag: "@server" }, async ({ page, context, person }) => {
  await signUp(page, person);
  const { sub } = (await accessToken(context)).claims;
  const response = await page.request.get(`/api/users/${sub}`, { headers: { authorization: "Bearer not.a.token" } });
  expect(response.status()).toBe(401);
  expect(response.headers()["www-authenticate"]).toContain('error="invalid_token"');
});

test("API: other users' routes and unknown users get the same 403", { tag: "@server" }, async ({ page, context, person, otherDevice }) => {
  const other = await otherDevice();
  await signUp(other, { ...person, email: `other.${person.email}` });
  const theirs = (await accessToken(other.context())).claims.sub;
  await signUp(page, person);
  const mine = (await accessToken(context)).claims.sub;
  const bodies = [];
  for (const id of [theirs, randomUUID(), mine.slice(0, -1), "me"]) {
    for (const rest of ["", "/sessions", "/events"]) {
      const response = await page.request.get(`/api/users/${id}${rest}`);
      expect(response.status(), `${id}${rest}`).toBe(403);
      const { instance: _, requestId: __, ...body } = await response.json();
      bodies.push(body);
    }
  }
  for (const body of bodies) expect(body).toEqual(bodies[0]);
});
