// Story 3: the protected API, as a browser meets it. Programs are in tests/integration.

import { randomUUID } from "node:crypto";
import { signUp } from "../support/forms.js";
import { expect, test } from "../support/test.js";
import { accessToken } from "../support/tokens.js";

test("one's own profile, sessions and events can be read with the cookie", { tag: "@server" }, async ({ page, context, person }) => {
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

test("without a token the API asks for one and says nothing more", { tag: "@server" }, async ({ request }) => {
  const answer = await request.get(`/api/users/${randomUUID()}`);
  expect(answer.status()).toBe(401);
  expect(answer.headers()["www-authenticate"]).toMatch(/^Bearer\b/);
  expect(answer.headers()["www-authenticate"]).not.toContain("error");
  expect(answer.headers()["content-type"]).toBe("application/problem+json");
});

test("a bad token in the header is refused even beside a good cookie", { tag: "@server" }, async ({ page, context, person }) => {
  await signUp(page, person);
  const { sub } = (await accessToken(context)).claims;
  const answer = await page.request.get(`/api/users/${sub}`, { headers: { authorization: "Bearer not.a.token" } });
  expect(answer.status()).toBe(401);
  expect(answer.headers()["www-authenticate"]).toContain('error="invalid_token"');
});

test("another person's routes are closed, and look like those of nobody", { tag: "@server" }, async ({ page, context, person, otherDevice }) => {
  const other = await otherDevice();
  await signUp(other, { ...person, email: `other.${person.email}` });
  const theirs = (await accessToken(other.context())).claims.sub;
  await signUp(page, person);
  const mine = (await accessToken(context)).claims.sub;
  const bodies = [];
  for (const id of [theirs, randomUUID(), mine.slice(0, -1), "me"]) {
    for (const rest of ["", "/sessions", "/events"]) {
      const answer = await page.request.get(`/api/users/${id}${rest}`);
      expect(answer.status(), `${id}${rest}`).toBe(403);
      const { instance: _, requestId: __, ...body } = await answer.json();
      bodies.push(body);
    }
  }
  for (const body of bodies) expect(body).toEqual(bodies[0]);
});
