// Tests that every proxy configuration must pass.

import { expect, test } from "@playwright/test";
import { expectRefused, openSection, submitSignIn, submitSignUp } from "../../support/forms.js";
import { newPerson } from "../../support/people.js";
import { ask, bearer, setCookie, signUp } from "./client.js";
import { claims, type Proxy, type Stack, startStack } from "./stack.js";
import { identity, values } from "./upstream.js";

/** Covers the access token's lifetime and leeway. */
const PATIENCE = { timeout: 30_000 };

const PAGE = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

const FORGED = {
  "X-Auth-User-Id": "other-user",
  "x-auth-session-id": "other-user",
  "X-AUTH-EMAIL": ["root@example.com", "admin@example.com"],
  "X-Auth-Email-Verified": "true",
  "X-Auth-Name": "Root",
  "X-Auth-Acr": "phr",
  "X-Auth-Time": "4102444800",
  X_Auth_User_Id: "other-user",
  "X-Auth_User-Id": "other-user",
  X_AUTH_EMAIL: "root@example.com",
  "X_Auth-Name": "Root",
};

/** Headers from which some frameworks read another path or method than the verified ones. */
const REWRITES = [
  ["X-Original-URL", "/api/other-user/tasks"],
  ["X-Original-URI", "/api/other-user/tasks"],
  ["X-Rewrite-URL", "/api/other-user/tasks"],
  ["X-Forwarded-Uri", "/api/other-user/tasks"],
  ["X-Forwarded-Prefix", "/api/other-user"],
  ["X-Original-Method", "DELETE"],
  ["X-Forwarded-Method", "DELETE"],
  ["X-HTTP-Method-Override", "DELETE"],
  ["X-HTTP-Method", "DELETE"],
  ["X-Method-Override", "DELETE"],
] as const;

export function declareProxyTests(proxy: Proxy): void {
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

  test("a request without valid credentials gets 401 and does not reach the service", async () => {
    const before = stack.upstream.received.length;
    const credentials = [{}, bearer("x.y.z"), { cookie: "latchkey_access=x; latchkey_session=y" }, { authorization: "Basic YTpi" }];
    for (const line of ["GET /tasks", "POST /tasks", "GET /api/other-user/tasks", "DELETE /api/other-user/tasks"]) {
      const [method = "", path = ""] = line.split(" ");
      for (const headers of credentials) {
        const answer = await send(path, { method, headers, ...(method === "POST" && { body: { title: "x" } }) });
        expect(answer.status, `${method} ${path}`).toBe(401);
        // One challenge; it names an error only if credentials were sent.
        const challenge = /^Bearer realm="latchkey"(, error="invalid_token", error_description="[^"]*")?$/;
        expect(answer.headers["www-authenticate"]).toMatch(challenge);
      }
    }
    expect(stack.upstream.received).toHaveLength(before);
  });

  test("a form submission or a fetch gets 401 instead of a redirect", async () => {
    expect((await send("/tasks", { method: "POST", headers: PAGE, body: {} })).status).toBe(401);
    expect((await send("/tasks", { headers: { accept: "application/json" } })).status).toBe(401);
  });

  test("a page request redirects to sign-in with the complete return address", async () => {
    const { status, headers } = await send("/tasks/7?done=no&page=2&q=a%26b%23", { headers: PAGE });
    expect([302, 303]).toContain(status);
    const location = new URL(headers.location ?? "", stack.url);
    expect([location.origin, location.pathname]).toEqual([stack.url, "/sign-in"]);
    expect(location.searchParams.get("next")).toBe("/tasks/7?done=no&page=2&q=a%26b%23");
  });

  test("forwarded headers of the client do not change the return address", async () => {
    const forwarded = { "x-forwarded-host": "evil.example", "x-forwarded-uri": "//evil.example/", "x-forwarded-proto": "https" };
    const { headers } = await send("/tasks", { headers: { ...PAGE, ...forwarded } });
    const location = new URL(headers.location ?? "", stack.url);
    expect([location.origin, location.searchParams.get("next")]).toEqual([stack.url, "/tasks"]);
    const other = await send("/tasks", { headers: { ...PAGE, host: "evil.example" } });
    expect(other.headers.location ?? "").not.toContain("evil");
  });

  test("the service receives the user's identity headers", async () => {
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
        "x-auth-acr": ["aal1"],
        "x-auth-time": [expect.stringMatching(/^\d{10}$/)],
      });
    }
  });

  test("a name arrives as percent-encoded UTF-8, an empty name as no header", async () => {
    const yun = await person("李雲 100%");
    const answer = await send("/tasks", { headers: bearer(yun.accessToken) });
    const [name = ""] = values(answer.received(), "x-auth-name");
    expect([name, decodeURIComponent(name)]).toEqual(["%E6%9D%8E%E9%9B%B2 100%25", "李雲 100%"]);
    const nameless = await person("");
    const unnamed = await send("/tasks", { headers: { ...bearer(nameless.accessToken), ...FORGED } });
    expect(values(unnamed.received(), "x-auth-name").filter(Boolean)).toEqual([]);
  });

  test("identity headers of the client do not reach the service", async () => {
    const ada = await person();
    const signedIn = await send("/tasks", { headers: { ...FORGED, ...bearer(ada.accessToken) } });
    expect(signedIn.status).toBe(200);
    expect(identity(signedIn.received())).toEqual({
      "x-auth-user-id": [ada.userId],
      "x-auth-session-id": [ada.sessionToken.split(".")[0]],
      "x-auth-email": [ada.email],
      "x-auth-email-verified": ["false"],
      "x-auth-name": ["Ada Lovelace"],
      "x-auth-acr": ["aal1"],
      "x-auth-time": [expect.stringMatching(/^\d{10}$/)],
    });
    for (const headers of [FORGED, { ...FORGED, ...bearer(ada.accessToken) }]) {
      const open = await send("/public/notice", { headers });
      expect(open.status).toBe(200);
      expect(identity(open.received())).toEqual({});
      expect(values(open.received(), "authorization")).toEqual([]);
    }
    expect((await send("/tasks", { headers: FORGED })).status).toBe(401);
  });

  test("headers with another path or method do not reach the service", async () => {
    const ada = await person();
    const headers = Object.fromEntries(REWRITES);
    for (const [path, credentials] of [["/tasks", bearer(ada.accessToken)], [`/api/${ada.userId}/tasks`, bearer(ada.accessToken)], ["/public/notice", {}]] as const) {
      const { status, received } = await send(path, { headers: { ...headers, ...credentials } });
      expect(status).toBe(200);
      for (const [name, value] of REWRITES) expect(values(received(), name.toLowerCase()), `${path} ${name}`).not.toContain(value);
    }
  });

  test("a path with a user id is restricted to that user", async () => {
    const [ada, bob] = [await person(), await person()];
    const before = stack.upstream.received.length;
    const own = await send(`/api/${ada.userId}/tasks?done=no`, { headers: bearer(ada.accessToken) });
    expect([own.status, own.received().url]).toEqual([200, `/api/${ada.userId}/tasks?done=no`]);
    expect((await send(`/api/${bob.userId}/tasks`, { headers: bearer(ada.accessToken) })).status).toBe(403);
    expect((await send(`/api/${bob.userId}/tasks`, { headers: { ...PAGE, ...bearer(ada.accessToken) } })).status).toBe(403);
    expect(stack.upstream.received).toHaveLength(before + 1);
  });

  test("no spelling of a path gives access to another user's data", async () => {
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
      `/public\\..\\api\\${bob.userId}\\tasks`,
      `/public/..%5capi/${bob.userId}/tasks`,
      `/api\\${bob.userId}\\tasks`,
      `/api%5c${bob.userId}%5ctasks`,
      `/api/${ada.userId}/..\\${bob.userId}/tasks`,
      `/api/${bob.userId}/tasks?user_id=${ada.userId}`,
      `/api/%2525/tasks`,
      `/api/`,
      `/api`,
    ]) {
      const before = stack.upstream.received.length;
      const { status } = await send(path, { headers: bearer(ada.accessToken) });
      const [arrived] = stack.upstream.received.slice(before);
      // A request that arrives must have an unambiguous path of the requester.
      if (arrived) expect(arrived.url, path).toMatch(new RegExp(`^/api/${ada.userId}/tasks$`));
      else expect([400, 403, 404], `${path}: ${status}`).toContain(status);
    }
  });

  test("the service receives a valid access token for every kind of credential", async () => {
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

  test("Latchkey's cookies do not reach the service, its own cookies do", async () => {
    const { cookies } = await person();
    for (const [sent, arrives] of [
      [`${cookies.access}; ${cookies.session}`, []],
      [`theme=dark; ${cookies.access}; ${cookies.session}`, ["theme=dark"]],
      [`${cookies.session}; theme=dark; ${cookies.access}; lang=de`, ["theme=dark", "lang=de"]],
      [`${cookies.access};theme=dark;${cookies.session}`, ["theme=dark"]],
      [`my_latchkey_session=1; ${cookies.session}; x=latchkey_access`, ["my_latchkey_session=1", "x=latchkey_access"]],
      [`__Host-latchkey_session=a; b=c; ${cookies.session}; __Host-latchkey_access=d`, ["b=c"]],
      [`latchkey_device=a; b=c; ${cookies.session}; d=e`, ["b=c", "d=e"]],
    ] as const) {
      for (const path of ["/tasks", "/public/notice"]) {
        const answer = await send(path, { headers: { cookie: sent } });
        const arrived = values(answer.received(), "cookie").flatMap((line) => line.split(/; */)).filter(Boolean);
        expect([answer.status, arrived], `${path} ${sent}`).toEqual([200, arrives]);
      }
    }
  });

  test("a cookie of Latchkey that is sent twice does not reach the service", async () => {
    const { accessToken, cookies } = await person();
    for (const cookie of [
      `${cookies.session}; ${cookies.session}`,
      `a=b; ${cookies.access}; ${cookies.access}; ${cookies.access}`,
      `__Host-latchkey_session=a; x=y; __Host-latchkey_session=${accessToken}`,
    ]) {
      // The header decides about the request, the cookies would still reach the service.
      for (const [path, credentials] of [["/tasks", bearer(accessToken)], ["/public/notice", {}]] as const) {
        const answer = await send(path, { headers: { cookie, ...credentials } });
        if (answer.status === 200) expect(values(answer.received(), "cookie").join(), `${path} ${cookie}`).not.toMatch(/latchkey/);
      }
    }
  });

  test("sign-out takes effect immediately", async () => {
    const ada = await person();
    const { access, session } = ada.cookies;
    const credentials = [bearer(ada.accessToken), bearer(ada.sessionToken), { cookie: access }, { cookie: `${access}; ${session}` }];
    for (const headers of credentials) expect((await send("/tasks", { headers })).status).toBe(200);
    expect((await send("/api/auth/sign-out", { method: "POST", headers: bearer(ada.sessionToken) })).status).toBe(200);
    const before = stack.upstream.received.length;
    for (const headers of credentials) expect((await send("/tasks", { headers })).status).toBe(401);
    expect(stack.upstream.received).toHaveLength(before);
  });

  test("clients cannot call the verification endpoint through the proxy", async () => {
    const ada = await person();
    for (const path of ["/api/auth/verify", "/api/auth/verify?bearer=true", "/_latchkey/signed-in", "/_latchkey/owner"]) {
      const { headers } = await send(path, { headers: bearer(ada.accessToken) });
      expect(Object.keys(headers).filter((name) => name.startsWith("x-auth") || name === "authorization"), path).toEqual([]);
    }
  });

  for (const javaScriptEnabled of [true, false]) {
    test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
      test("sign-up and sign-in return to the requested page", async ({ browser }) => {
        const person = newPerson();
        const page = await browser.newPage({ baseURL: stack.url, javaScriptEnabled });
        await page.goto("/tasks/7?done=no&page=2");
        await expect(page).toHaveURL(/\/sign-in\?next=/);
        await page.getByRole("main").getByRole("link", { name: "Create an account" }).click();
        await submitSignUp(page, person, { at: page.url() });
        await expect(page).toHaveURL(`${stack.url}/tasks/7?done=no&page=2`);
        await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
        await page.goto("/account");
        await openSection(page, "Devices");
        await page.goto("/.well-known/change-password");
        await expect(page).toHaveURL(`${stack.url}/account/security`);
        await page.getByRole("button", { name: "Sign out", exact: true }).click();
        await expect(page).toHaveURL(`${stack.url}/sign-in`);
        await page.goto("/tasks/8?done=yes");
        await submitSignIn(page, { ...person, password: "not this one" }, { at: page.url() });
        await expectRefused(page, "isn’t right");
        await submitSignIn(page, person, { at: page.url() });
        await expect(page).toHaveURL(`${stack.url}/tasks/8?done=yes`);
        await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
        await page.close();
      });
    });
  }

  test.describe("with an access token lifetime of two seconds", () => {
    let shortLived: Stack;
    test.beforeAll(async () => {
      shortLived = await startStack(proxy, { LATCHKEY_ACCESS_TTL: "2s" });
    });
    test.afterAll(() => shortLived.stop());

    test("an expired access cookie is renewed for every status of the service", async () => {
      const ada = await signUp(shortLived.port, newPerson().email);
      await expect.poll(async () => (await ask(shortLived.port, "/tasks", { headers: { cookie: ada.cookies.access } })).status, PATIENCE).toBe(401);
      for (const path of ["/tasks", "/missing", `/api/${ada.userId}/tasks`]) {
        const both = `${ada.cookies.access}; ${ada.cookies.session}`;
        const answer = await ask(shortLived.port, path, { headers: { cookie: both } });
        expect(identity(answer.received())["x-auth-user-id"]).toEqual([ada.userId]);
        expect(answer.headers["set-cookie"], path).toHaveLength(1);
        const cookie = setCookie(answer, "latchkey_access") ?? "";
        expect(cookie).toContain("HttpOnly");
        const renewed = await ask(shortLived.port, path, { headers: { cookie: cookie.split(";")[0] ?? "" } });
        expect(identity(renewed.received())["x-auth-user-id"]).toEqual([ada.userId]);
        expect(renewed.headers["set-cookie"]).toBeUndefined();
      }
    });

    test("a browser stays signed in and keeps its session token", async ({ browser }) => {
      const context = await browser.newContext({ baseURL: shortLived.url });
      const page = await context.newPage();
      await page.goto("/tasks");
      await submitSignUp(page, newPerson(), { at: page.url().replace("/sign-in", "/sign-up") });
      await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
      const cookie = async (name: string) => (await context.cookies()).find((cookie) => cookie.name === name)?.value;
      const session = await cookie("latchkey_session");
      // The browser removes the expired cookie.
      await expect.poll(() => cookie("latchkey_access"), PATIENCE).toBeUndefined();
      await page.goto("/tasks");
      await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
      expect(await cookie("latchkey_access")).toMatch(/^eyJ/);
      expect(await cookie("latchkey_session")).toBe(session);
      await context.close();
    });
  });

  test("while Latchkey is unavailable no request reaches the service", async () => {
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
