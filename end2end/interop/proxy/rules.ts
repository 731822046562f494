// What every proxy has to do for the service behind it, whichever it is.

import { expect, test } from "@playwright/test";
import { expectRefused, submitSignIn, submitSignUp } from "../../support/forms.js";
import { newPerson } from "../../support/people.js";
import { ask, bearer, setCookie, signUp } from "./client.js";
import { claims, type Proxy, type Stack, startStack } from "./stack.js";
import { identity, values } from "./upstream.js";

/** How long to look whether a token's time is up, its leeway included. */
const PATIENCE = { timeout: 30_000 };

const PAGE = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

const FORGED = {
  "X-Auth-User-Id": "somebody-else",
  "x-auth-session-id": "somebody-else",
  "X-AUTH-EMAIL": ["root@example.com", "admin@example.com"],
  "X-Auth-Email-Verified": "true",
  "X-Auth-Name": "Root",
  X_Auth_User_Id: "somebody-else",
  "X-Auth_User-Id": "somebody-else",
  X_AUTH_EMAIL: "root@example.com",
  "X_Auth-Name": "Root",
};

/** Declares the tests for a proxy. */
export function holdsTheRules(proxy: Proxy): void {
  test.describe(proxy.name, () => rules(proxy));
}

function rules(proxy: Proxy): void {
  let stack: Stack;
  const send = (path: string, options?: Parameters<typeof ask>[2]) => ask(stack.port, path, options);
  const person = (name?: string) => signUp(stack.port, newPerson().email, name);

  test.beforeAll(async () => {
    stack = await startStack(proxy);
  });
  test.afterAll(() => stack.stop());

  test("a program that is not signed in gets a 401 and reaches nothing", async () => {
    const before = stack.upstream.received.length;
    const credentials = [{}, bearer("x.y.z"), { cookie: "latchkey_access=x; latchkey_session=y" }, { authorization: "Basic YTpi" }];
    for (const line of ["GET /tasks", "POST /tasks", "GET /api/somebody/tasks", "DELETE /api/somebody/tasks"]) {
      const [method = "", path = ""] = line.split(" ");
      for (const headers of credentials) {
        const answer = await send(path, { method, headers, ...(method === "POST" && { body: { title: "x" } }) });
        expect(answer.status, `${method} ${path}`).toBe(401);
        // One challenge, which names an error only where there were credentials.
        const challenge = /^Bearer realm="latchkey"(, error="invalid_token", error_description="[^"]*")?$/;
        expect(answer.headers["www-authenticate"]).toMatch(challenge);
      }
    }
    expect(stack.upstream.received).toHaveLength(before);
  });

  test("a form or a script of a browser gets a 401 and no page", async () => {
    expect((await send("/tasks", { method: "POST", headers: PAGE, body: {} })).status).toBe(401);
    expect((await send("/tasks", { headers: { accept: "application/json" } })).status).toBe(401);
  });

  test("a page leads to the sign-in page, which knows the way back whatever is in it", async () => {
    const { status, headers } = await send("/tasks/7?done=no&page=2&q=a%26b%23", { headers: PAGE });
    expect([302, 303]).toContain(status);
    const location = new URL(headers.location ?? "", stack.url);
    expect([location.origin, location.pathname]).toEqual([stack.url, "/sign-in"]);
    expect(location.searchParams.get("next")).toBe("/tasks/7?done=no&page=2&q=a%26b%23");
  });

  test("a client cannot choose where people return to", async () => {
    const foreign = { "x-forwarded-host": "evil.example", "x-forwarded-uri": "//evil.example/", "x-forwarded-proto": "https" };
    const { headers } = await send("/tasks", { headers: { ...PAGE, ...foreign } });
    const location = new URL(headers.location ?? "", stack.url);
    expect([location.origin, location.searchParams.get("next")]).toEqual([stack.url, "/tasks"]);
    const other = await send("/tasks", { headers: { ...PAGE, host: "evil.example" } });
    expect(other.headers.location ?? "").not.toContain("evil");
  });

  test("the service is told exactly who is asking, and by whom", async () => {
    const ada = await person();
    const cookie = `${ada.cookies.access}; theme=dark; ${ada.cookies.session}`;
    for (const headers of [bearer(ada.accessToken), bearer(ada.sessionToken), { cookie }]) {
      const answer = await send("/tasks?x=1", { headers });
      expect(answer.status).toBe(200);
      expect(answer.received().url).toBe("/tasks?x=1");
      expect(identity(answer.received())).toEqual({
        "x-auth-user-id": [ada.userId],
        "x-auth-session-id": [ada.sessionToken.split(".")[0]],
        "x-auth-email": [ada.email],
        "x-auth-email-verified": ["false"],
        "x-auth-name": ["Ada Lovelace"],
      });
    }
  });

  test("a name in any script arrives as percent-encoded UTF-8, and no name as no name", async () => {
    const yun = await person("李雲 100%");
    const answer = await send("/tasks", { headers: bearer(yun.accessToken) });
    const [name = ""] = values(answer.received(), "x-auth-name");
    expect([name, decodeURIComponent(name)]).toEqual(["%E6%9D%8E%E9%9B%B2 100%25", "李雲 100%"]);
    const nobody = await person("");
    const unnamed = await send("/tasks", { headers: { ...bearer(nobody.accessToken), ...FORGED } });
    expect(values(unnamed.received(), "x-auth-name").filter(Boolean)).toEqual([]);
  });

  test("what a client says about itself does not reach the service", async () => {
    const ada = await person();
    const signedIn = await send("/tasks", { headers: { ...FORGED, ...bearer(ada.accessToken) } });
    expect(signedIn.status).toBe(200);
    expect(identity(signedIn.received())).toEqual({
      "x-auth-user-id": [ada.userId],
      "x-auth-session-id": [ada.sessionToken.split(".")[0]],
      "x-auth-email": [ada.email],
      "x-auth-email-verified": ["false"],
      "x-auth-name": ["Ada Lovelace"],
    });
    for (const headers of [FORGED, { ...FORGED, ...bearer(ada.accessToken) }]) {
      const open = await send("/public/notice", { headers });
      expect(open.status).toBe(200);
      expect(identity(open.received())).toEqual({});
      expect(values(open.received(), "authorization")).toEqual([]);
    }
    expect((await send("/tasks", { headers: FORGED })).status).toBe(401);
  });

  test("a path with a user's id is for that user only", async () => {
    const [ada, bob] = [await person(), await person()];
    const before = stack.upstream.received.length;
    const own = await send(`/api/${ada.userId}/tasks?done=no`, { headers: bearer(ada.accessToken) });
    expect([own.status, own.received().url]).toEqual([200, `/api/${ada.userId}/tasks?done=no`]);
    expect((await send(`/api/${bob.userId}/tasks`, { headers: bearer(ada.accessToken) })).status).toBe(403);
    expect((await send(`/api/${bob.userId}/tasks`, { headers: { ...PAGE, ...bearer(ada.accessToken) } })).status).toBe(403);
    expect(stack.upstream.received).toHaveLength(before + 1);
  });

  test("no way of writing a path opens another user's", async () => {
    const [ada, bob] = [await person(), await person()];
    for (const path of [
      `/api/${bob.userId}`,
      `/api/${bob.userId}/`,
      `//api/${bob.userId}/tasks`,
      `/api//${bob.userId}/tasks`,
      `/API/${bob.userId}/tasks`,
      `/%61pi/${bob.userId}/tasks`,
      `/api/${encodeURIComponent(bob.userId).replace("-", "%2d")}/tasks`,
      `/api/${ada.userId}/../${bob.userId}/tasks`,
      `/api/${ada.userId}/%2e%2e/${bob.userId}/tasks`,
      `/api/${ada.userId}/..%2f${bob.userId}/tasks`,
      `/api/${bob.userId}/..%2f${ada.userId}/tasks`,
      `/api/${bob.userId}%2f..%2f${ada.userId}/tasks`,
      `/x/..%2fapi/${bob.userId}/tasks`,
      `/public/..%2fapi/${bob.userId}/tasks`,
      `/public/%2e%2e/api/${bob.userId}/tasks`,
      `/api/${bob.userId}%26user_id=${ada.userId}/tasks`,
      `/api/${bob.userId}%3fuser_id=${ada.userId}/tasks`,
      `/api/${bob.userId}%23/tasks`,
      `/api/${bob.userId}%00/tasks`,
      `/api/${bob.userId};x/tasks`,
      `/api;x/${bob.userId}/tasks`,
      `/api%3bx/${bob.userId}/tasks`,
      `/api/${ada.userId}/..;/${bob.userId}/tasks`,
      `/public/..;/api/${bob.userId}/tasks`,
      `/api/${bob.userId}%20/tasks`,
      `/api/${bob.userId}/tasks?user_id=${ada.userId}`,
      `/api/%2525/tasks`,
      `/api/`,
      `/api`,
    ]) {
      const before = stack.upstream.received.length;
      const { status } = await send(path, { headers: bearer(ada.accessToken) });
      const [arrived] = stack.upstream.received.slice(before);
      // What does arrive has to be a path that everybody reads as one's own.
      if (arrived) expect(arrived.url, path).toMatch(new RegExp(`^/api/${ada.userId}/tasks$`));
      else expect([400, 403, 404], `${path}: ${status}`).toContain(status);
    }
  });

  test("the service gets an access token of this user that verifies, whatever was shown", async () => {
    const ada = await person();
    const both = `${ada.cookies.access}; ${ada.cookies.session}`;
    for (const headers of [bearer(ada.sessionToken), { cookie: ada.cookies.session }, { cookie: both }, bearer(ada.accessToken)]) {
      const answer = await send(`/api/${ada.userId}/tasks`, { headers });
      const shown = values(answer.received(), "authorization");
      expect(shown).toHaveLength(1);
      const token = (shown[0] ?? "").replace(/^Bearer /, "");
      expect(claims(token)).toMatchObject({ sub: ada.userId, user_id: ada.userId, iss: stack.url });
      expect(answer.received().headers.map(([, value]) => value).join()).not.toContain(ada.sessionToken);
    }
  });

  test("Latchkey's cookies stay with Latchkey, and the service's own arrive", async () => {
    const { cookies } = await person();
    for (const [sent, arrives] of [
      [`${cookies.access}; ${cookies.session}`, []],
      [`theme=dark; ${cookies.access}; ${cookies.session}`, ["theme=dark"]],
      [`${cookies.session}; theme=dark; ${cookies.access}; lang=de`, ["theme=dark", "lang=de"]],
      [`${cookies.access};theme=dark;${cookies.session}`, ["theme=dark"]],
      [`my_latchkey_session=1; ${cookies.session}; x=latchkey_access`, ["my_latchkey_session=1", "x=latchkey_access"]],
      [`__Host-latchkey_session=a; b=c; ${cookies.session}; __Host-latchkey_access=d`, ["b=c"]],
    ] as const) {
      for (const path of ["/tasks", "/public/notice"]) {
        const answer = await send(path, { headers: { cookie: sent } });
        const arrived = values(answer.received(), "cookie").flatMap((line) => line.split(/; */)).filter(Boolean);
        expect([answer.status, arrived], `${path} ${sent}`).toEqual([200, arrives]);
      }
    }
  });

  test("signing out closes the door at once", async () => {
    const ada = await person();
    const { access, session } = ada.cookies;
    const ways = [bearer(ada.accessToken), bearer(ada.sessionToken), { cookie: access }, { cookie: `${access}; ${session}` }];
    for (const headers of ways) expect((await send("/tasks", { headers })).status).toBe(200);
    expect((await send("/api/auth/sign-out", { method: "POST", headers: bearer(ada.sessionToken) })).status).toBe(200);
    const before = stack.upstream.received.length;
    for (const headers of ways) expect((await send("/tasks", { headers })).status).toBe(401);
    expect(stack.upstream.received).toHaveLength(before);
  });

  test("nobody but the proxy can ask who somebody is", async () => {
    const ada = await person();
    for (const path of ["/api/auth/verify", "/api/auth/verify?bearer=true", "/_latchkey/anybody", "/_latchkey/owner"]) {
      const { headers } = await send(path, { headers: bearer(ada.accessToken) });
      expect(Object.keys(headers).filter((name) => name.startsWith("x-auth") || name === "authorization"), path).toEqual([]);
    }
  });

  for (const javaScriptEnabled of [true, false]) {
    test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
      test("a person comes to a page by way of signing up, and later of signing in", async ({ browser }) => {
        const someone = newPerson();
        const page = await browser.newPage({ baseURL: stack.url, javaScriptEnabled });
        await page.goto("/tasks/7?done=no&page=2");
        await expect(page).toHaveURL(/\/sign-in\?next=/);
        await page.getByRole("main").getByRole("link", { name: "Create an account" }).click();
        await submitSignUp(page, someone, { at: page.url() });
        await expect(page).toHaveURL(`${stack.url}/tasks/7?done=no&page=2`);
        await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
        await page.goto("/account");
        await page.getByRole("button", { name: "Sign out", exact: true }).click();
        // The home page is the service's, and closed again.
        await expect(page).toHaveURL(/\/sign-in\?next=/);
        await page.goto("/tasks/8?done=yes");
        await submitSignIn(page, { ...someone, password: "not this one" }, { at: page.url() });
        await expectRefused(page, "isn’t right");
        await submitSignIn(page, someone, { at: page.url() });
        await expect(page).toHaveURL(`${stack.url}/tasks/8?done=yes`);
        await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
        await page.close();
      });
    });
  }

  test.describe("with access tokens that live for two seconds", () => {
    let hasty: Stack;
    test.beforeAll(async () => {
      hasty = await startStack(proxy, { LATCHKEY_ACCESS_TTL: "2s" });
    });
    test.afterAll(() => hasty.stop());

    test("an expired access cookie is replaced alone, whatever the service answers", async () => {
      const ada = await signUp(hasty.port, newPerson().email);
      await expect.poll(async () => (await ask(hasty.port, "/tasks", { headers: { cookie: ada.cookies.access } })).status, PATIENCE).toBe(401);
      for (const path of ["/tasks", "/missing", `/api/${ada.userId}/tasks`]) {
        const both = `${ada.cookies.access}; ${ada.cookies.session}`;
        const answer = await ask(hasty.port, path, { headers: { cookie: both } });
        expect(identity(answer.received())["x-auth-user-id"]).toEqual([ada.userId]);
        expect(answer.headers["set-cookie"], path).toHaveLength(1);
        const cookie = setCookie(answer, "latchkey_access") ?? "";
        expect(cookie).toContain("HttpOnly");
        const renewed = await ask(hasty.port, path, { headers: { cookie: cookie.split(";")[0] ?? "" } });
        expect(identity(renewed.received())["x-auth-user-id"]).toEqual([ada.userId]);
        expect(renewed.headers["set-cookie"]).toBeUndefined();
      }
    });

    test("a browser stays signed in, and its session token stays what it was", async ({ browser }) => {
      const context = await browser.newContext({ baseURL: hasty.url });
      const page = await context.newPage();
      await page.goto("/tasks");
      await submitSignUp(page, newPerson(), { at: page.url().replace("/sign-in", "/sign-up") });
      await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
      const cookie = async (name: string) => (await context.cookies()).find((cookie) => cookie.name === name)?.value;
      const session = await cookie("latchkey_session");
      // The browser forgets it when its time is up.
      await expect.poll(() => cookie("latchkey_access"), PATIENCE).toBeUndefined();
      await page.goto("/tasks");
      await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
      expect(await cookie("latchkey_access")).toMatch(/^eyJ/);
      expect(await cookie("latchkey_session")).toBe(session);
      await context.close();
    });
  });

  test("without Latchkey nothing is let through", async () => {
    const alone = await startStack(proxy);
    const ada = await signUp(alone.port, newPerson().email);
    await alone.latchkey.stop();
    for (const path of ["/tasks", `/api/${ada.userId}/tasks`]) {
      const cookie = `${ada.cookies.access}; ${ada.cookies.session}`;
      for (const headers of [{}, PAGE, bearer(ada.accessToken), { ...FORGED, cookie }]) {
        expect((await ask(alone.port, path, { headers })).status).toBeGreaterThanOrEqual(500);
      }
    }
    expect(alone.upstream.received).toEqual([]);
    await alone.stop();
  });
}
