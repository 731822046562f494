// Server-side rendering on a sibling host: examples/nextjs.

import { expect, type Page, test } from "@playwright/test";
import { button, heading } from "../../support/forms.js";
import { newPerson, type Person } from "../../support/people.js";
import { type Stack, startNextjs } from "./support/nextjs.js";
import { addTask, cookieNames, createAccount, expectTasksOf, signInAgain, task } from "./support/pages.js";
import { hosts, type Site } from "./support/site.js";

let app: Site;
let latchkey: Site;
let stop: Stack["stop"];

test.beforeAll(async () => {
  // The first build takes longer than a test may.
  test.setTimeout(180_000);
  ({ app, latchkey, stop } = await startNextjs());
});

test.afterAll(() => stop());

/** Opens the protected page as a new user. */
async function openTasks(page: Page): Promise<Person> {
  const person = newPerson();
  await page.goto(`${app.url}/tasks`);
  await createAccount(page, latchkey, person);
  await expect(page).toHaveURL(`${app.url}/tasks`);
  await expectTasksOf(page, person);
  return person;
}

test("user signs up, adds a task and signs out", async ({ page }) => {
  const person = await openTasks(page);
  await addTask(page, "Water the plants");
  const answer = await page.reload();
  const html = await answer?.text();
  for (const part of [person.name, "Water the plants"]) expect(html).toContain(part);
  expect(await page.context().cookies(app.url)).toMatchObject([
    { name: "app_access", httpOnly: true, sameSite: "Lax", path: "/", domain: hosts.app },
  ]);
  expect(await cookieNames(page, latchkey.url)).toEqual(["latchkey_access", "latchkey_session"]);

  await button(page, "Sign out").click();
  await expect(page).toHaveURL(`${app.url}/`);
  await expect(button(page, "Sign out")).toHaveCount(0);
  for (const { url } of [app, latchkey]) expect(await cookieNames(page, url)).toEqual([]);
  await page.goto(`${app.url}/tasks`);
  await signInAgain(page, latchkey, person);
  await expect(page).toHaveURL(`${app.url}/tasks`);
  await expect(task(page, "Water the plants")).toBeVisible();
});

test("an expired cookie is replaced without a form", async ({ page }) => {
  const person = await openTasks(page);
  await page.context().clearCookies({ name: "app_access" });
  await page.goto(`${app.url}/tasks`);
  await expectTasksOf(page, person);
  expect(await cookieNames(page, app.url)).toEqual(["app_access"]);
});

test("an open page renews its cookie", async ({ page }) => {
  await page.clock.install();
  await openTasks(page);
  const token = async () => (await page.context().cookies(app.url))[0]?.value;
  const first = await token();
  await page.clock.fastForward("08:00");
  await expect.poll(token).not.toBe(first);
  await addTask(page, "Feed the cat");
});

test("a session ended at Latchkey ends in the app", async ({ page }) => {
  const person = await openTasks(page);
  await page.goto(`${latchkey.url}/account`);
  await button(page, "Sign out").click();
  await expect(button(page, "Sign out")).toHaveCount(0);
  expect(await cookieNames(page, app.url)).toEqual(["app_access"]);
  await page.goto(`${app.url}/tasks`);
  await signInAgain(page, latchkey, person);
  await expectTasksOf(page, person);
});

test("the return address stays in the app", async ({ page }) => {
  await openTasks(page);
  for (const next of ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]) {
    await page.goto(`${app.url}/session?next=${encodeURIComponent(next)}`);
    await expect(page).toHaveURL(`${app.url}/`);
    await expect(heading(page, "A list for every user")).toBeVisible();
  }
});

test("pages of other origins cannot set the cookie", async ({ page }) => {
  await openTasks(page);
  await page.goto(latchkey.url);
  const outcomes = await page.evaluate(async (address) => {
    const send = (init: RequestInit) => fetch(address, { credentials: "include", ...init }).then(String, String);
    return [
      await send({ method: "POST", headers: { authorization: "Bearer x.y.z" } }),
      await send({ method: "DELETE" }),
    ];
  }, `${app.url}/session/cookie`);
  expect(outcomes).toEqual(Array(2).fill("TypeError: Failed to fetch"));
  expect(await cookieNames(page, app.url)).toEqual(["app_access"]);
  const bad = await fetch(`${app.internalUrl}/session/cookie`, {
    method: "POST",
    headers: { authorization: "Bearer x.y.z" },
  });
  expect([bad.status, bad.headers.getSetCookie()]).toEqual([401, []]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says that it needs JavaScript", async ({ page }) => {
    const answer = await page.goto(`${app.url}/tasks`);
    await expect(page).toHaveURL(`${app.url}/session?next=%2Ftasks`);
    // Playwright's way to disable JavaScript leaves `noscript` hidden.
    expect(await answer?.text()).toContain("This app needs JavaScript to sign you in.");
  });
});

test.describe("on https", () => {
  test.use({ ignoreHTTPSErrors: true });

  test("the app's cookie belongs to its host alone", async ({ page }) => {
    const secure = await startNextjs({ https: true });
    try {
      const person = newPerson();
      await page.goto(`${secure.app.url}/tasks`);
      await createAccount(page, secure.latchkey, person);
      await expect(page).toHaveURL(`${secure.app.url}/tasks`);
      await expectTasksOf(page, person);
      await addTask(page, "Water the plants");
      expect(await page.context().cookies(secure.app.url)).toMatchObject([
        { name: "__Host-app_access", httpOnly: true, secure: true, sameSite: "Lax", path: "/", domain: hosts.app },
      ]);
      expect(await cookieNames(page, secure.latchkey.url)).toEqual(["__Host-latchkey_access", "__Host-latchkey_session"]);
      await button(page, "Sign out").click();
      await expect(page).toHaveURL(`${secure.app.url}/`);
      for (const { url } of [secure.app, secure.latchkey]) expect(await cookieNames(page, url)).toEqual([]);
    } finally {
      await secure.stop();
    }
  });
});
