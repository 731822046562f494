// The app and Latchkey on one host name, behind nginx: examples/same-host with examples/nginx.

import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { button, heading } from "../../support/forms.js";
import { newPerson } from "../../support/people.js";
import { nginx } from "../proxy/stack.js";
import { freePort, start } from "../support/running.js";
import { addTask, cookieNames, createAccount, expectTasksOf, signInAgain, task } from "./support/pages.js";
import { addresses, example, hosts, type Site, startLatchkeyOn, stopAll } from "./support/site.js";

/** The proxy: the only address that browsers know. */
let site: Site;
let latchkey: Site;
let app: Site;
let folder: string;

test.beforeAll(async () => {
  const ports = { proxy: await freePort(), app: await freePort() };
  const { url, internalUrl } = addresses(hosts.app, ports.proxy);
  latchkey = await startLatchkeyOn(hosts.app, { LATCHKEY_BASE_URL: url });
  const program = { command: ["node", "main.js"], cwd: example("same-host"), env: { PORT: String(ports.app) } };
  const { internalUrl: appUrl } = addresses(hosts.app, ports.app);
  app = { ...(await start({ ...program, ready: `${appUrl}/public/` })), url, internalUrl: appUrl };
  folder = await mkdtemp(path.join(tmpdir(), "latchkey-same-host-"));
  // nginx started by root works as another user.
  await chmod(folder, 0o755);
  const file = path.join(folder, "nginx.conf");
  const { proxy, latchkey: auth, upstream } = nginx.addresses;
  const written = await readFile(example(nginx.configuration), "utf8");
  const addressOf = (internal: string) => new URL(internal).host;
  const changed = written
    .replaceAll(proxy, addressOf(internalUrl))
    .replaceAll(auth, addressOf(latchkey.internalUrl))
    .replaceAll(upstream, addressOf(appUrl));
  await writeFile(file, changed);
  const running = await start({ ...nginx.command(folder, file), cwd: folder, ready: `${internalUrl}/public/` });
  site = { ...running, url, internalUrl };
});

test.afterAll(async () => {
  await stopAll([site, app, latchkey]);
  await rm(folder, { recursive: true });
});

test("user signs up, adds a task and signs out", async ({ page }) => {
  const person = { ...newPerson(), name: "Zoë 李" };
  await page.goto(`${site.url}/public/`);
  await page.getByRole("link", { name: "Open your tasks" }).click();
  await createAccount(page, site, person);
  await expect(page).toHaveURL(`${site.url}/tasks`);
  await expectTasksOf(page, person);
  await addTask(page, "Water the plants");
  await button(page, "Sign out").click();
  await expect(page).toHaveURL(`${site.url}/public/`);
  // The notice of the sign-up, which the app did not show, lasts a minute.
  const notice = "latchkey_form";
  expect((await cookieNames(page, site.url)).filter((name) => name !== notice)).toEqual([]);

  await page.goto(`${site.url}/tasks`);
  await signInAgain(page, site, person);
  await expect(page).toHaveURL(`${site.url}/tasks`);
  await expect(task(page, "Water the plants")).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("user signs in, adds a task and signs out on the account page", async ({ page }) => {
    const person = newPerson();
    await page.goto(`${site.url}/tasks`);
    await createAccount(page, site, person);
    await expectTasksOf(page, person);
    await addTask(page, "Feed the cat");
    await page.getByRole("link", { name: person.name, exact: true }).click();
    await button(page, "Sign out").click();
    await page.goto(`${site.url}/tasks`);
    await expect(heading(page, "Sign in")).toBeVisible();
  });
});

test("the session counts on one host name only", async ({ page }) => {
  const person = newPerson();
  await page.goto(`${site.url}/tasks`);
  await createAccount(page, site, person);
  await expectTasksOf(page, person);
  const other = site.url.replace(hosts.app, hosts.auth);
  expect(await cookieNames(page, other)).toEqual([]);
  // The sign-in page is on the base URL, where the user has a session.
  await page.goto(`${other}/tasks`);
  await expect(page).toHaveURL(`${site.url}/account`);
});
