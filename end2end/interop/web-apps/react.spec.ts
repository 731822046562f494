// A single-page app on a sibling host: examples/react.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { button, heading } from "../../support/forms.js";
import { newPerson } from "../../support/people.js";
import { freePort, start } from "../support/running.js";
import { buildReact } from "./support/commands.js";
import { addTask, cookieNames, createAccount, expectTasksOf, signInAgain, task } from "./support/pages.js";
import { addresses, example, hosts, type Site, startLatchkeyOn, startTasks, stopAll } from "./support/site.js";

const WELCOME = "Sign in to see your tasks";

/** A host name of another site than Latchkey's. */
const OTHER_SITE = "app.other.localhost";

let app: Site;
let latchkey: Site;
let tasks: Site;
let build: string;

test.beforeAll(async () => {
  const port = await freePort();
  const { url, internalUrl } = addresses(hosts.app, port);
  const trusted = [url, addresses(OTHER_SITE, port).url].join();
  latchkey = await startLatchkeyOn(hosts.auth, { LATCHKEY_TRUSTED_ORIGINS: trusted });
  tasks = await startTasks(latchkey);
  build = await mkdtemp(path.join(tmpdir(), "latchkey-react-"));
  const cwd = example("react");
  await buildReact(build, latchkey.url);
  const env = { PORT: String(port), TASKS_URL: tasks.url };
  const command = ["node_modules/.bin/vite", "preview", "--outDir", build];
  app = { ...(await start({ command, cwd, env, ready: internalUrl })), url, internalUrl };
});

test.afterAll(async () => {
  await stopAll([app, tasks, latchkey]);
  await rm(build, { recursive: true });
});

test("user signs up, adds a task and signs out", async ({ page }) => {
  const person = newPerson();
  await page.goto(app.url);
  await expect(heading(page, WELCOME)).toBeVisible();
  await page.getByRole("link", { name: "Create an account" }).click();
  await createAccount(page, latchkey, person);
  await expect(page).toHaveURL(`${app.url}/`);
  await expectTasksOf(page, person);
  await addTask(page, "Water the plants");
  await page.reload();
  await expect(task(page, "Water the plants")).toBeVisible();
  expect(await cookieNames(page, app.url)).toEqual([]);
  expect(await cookieNames(page, latchkey.url)).toEqual(["latchkey_access", "latchkey_session"]);

  await button(page, "Sign out").click();
  await expect(heading(page, WELCOME)).toBeVisible();
  expect(await cookieNames(page, latchkey.url)).toEqual([]);
});

test("signing in returns to the exact address", async ({ page }) => {
  const person = newPerson();
  const address = `${app.url}/lists/7?show=open&q=a%26b#top`;
  await page.goto(address);
  await page.getByRole("link", { name: "Create an account" }).click();
  await createAccount(page, latchkey, person);
  await expect(page).toHaveURL(address);
  await button(page, "Sign out").click();
  await page.getByRole("link", { name: "Sign in" }).click();
  await signInAgain(page, latchkey, person);
  await expect(page).toHaveURL(address);
  await expectTasksOf(page, person);
});

test("an expired access token is replaced once", async ({ page }) => {
  const person = newPerson();
  await page.goto(app.url);
  await page.getByRole("link", { name: "Create an account" }).click();
  await createAccount(page, latchkey, person);
  await expectTasksOf(page, person);
  const tokens: (string | undefined)[] = [];
  await page.route("**/api/*/tasks", async (route) => {
    tokens.push(route.request().headers().authorization);
    if (tokens.length === 1) await route.fulfill({ status: 401 });
    else await route.continue();
  });
  await addTask(page, "Feed the cat");
  expect(new Set(tokens).size).toBe(2);
});

test("an ended session shows the welcome page", async ({ page }) => {
  const person = newPerson();
  await page.goto(app.url);
  await page.getByRole("link", { name: "Create an account" }).click();
  await createAccount(page, latchkey, person);
  await expectTasksOf(page, person);
  const account = await page.context().newPage();
  await account.goto(`${latchkey.url}/account`);
  await button(account, "Sign out").click();
  await expect(button(account, "Sign out")).toHaveCount(0);
  await page.route("**/api/*/tasks", (route) => route.fulfill({ status: 401 }));
  await page.getByLabel("New task").fill("Too late");
  await button(page, "Add task").click();
  await expect(heading(page, WELCOME)).toBeVisible();
});

test("a trusted app on another site gets no session", async ({ page }) => {
  const person = newPerson();
  await page.goto(app.url);
  await page.getByRole("link", { name: "Create an account" }).click();
  await createAccount(page, latchkey, person);
  await expectTasksOf(page, person);
  await page.goto(app.url.replace(hosts.app, OTHER_SITE));
  await expect(heading(page, WELCOME)).toBeVisible();
});
