// The stock client in a browser's pages: on a trusted origin, on Latchkey's own, and where nobody trusts it.

import { expect, type Page, test as base } from "@playwright/test";
import { newPerson } from "../../support/people.js";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";
import { freePort } from "../support/running.js";
import { type Files, pages, serve } from "./site.js";
import { pageVerbs, stricter, verbs } from "./verbs.js";

interface World {
  latchkey: Latchkey;
  /** A site on an origin that Latchkey trusts. */
  trusted: string;
  /** One on an origin that it doesn't. */
  stranger: string;
  files: Files;
}

const test = base.extend<object, { world: World }>({
  world: [
    async ({}, use) => {
      const files = await pages();
      // Another port is another origin, but the same site: cookies go along.
      const [trusted, stranger] = [await serve(files, await freePort()), await serve(files, await freePort())];
      const latchkey = await startLatchkey({ LATCHKEY_RATE_LIMIT: "off", LATCHKEY_TRUSTED_ORIGINS: trusted.url });
      await use({ latchkey, trusted: trusted.url, stranger: stranger.url, files });
      await Promise.all([latchkey.stop(), trusted.stop(), stranger.stop()]);
    },
    { scope: "worker" },
  ],
});

/** How a page of each kind is opened. */
const places: Record<string, (page: Page, world: World) => Promise<unknown>> = {
  "on a page of a trusted origin": (page, { trusted }) => page.goto(trusted),
  "on a page of Latchkey's own origin": async (page, { latchkey: { url }, files }) => {
    for (const [path, file] of Object.entries(files)) await page.route(url + path, (route) => route.fulfill(file));
    return page.goto(url);
  },
};

const run = (page: Page, name: string, url: string, person = newPerson()) =>
  page.evaluate((errand) => window.run(errand), { name, url, person });

for (const [place, open] of Object.entries(places)) {
  test.describe(place, () => {
    for (const name of Object.keys({ ...verbs, ...stricter, ...pageVerbs })) {
      test(name, async ({ page, world }) => {
        await open(page, world);
        await run(page, name, world.latchkey.url);
      });
    }

    test("a component of React shows who is signed in", async ({ page, world }) => {
      await open(page, world);
      const { name, email, password } = newPerson();
      const settings = new URLSearchParams({ url: world.latchkey.url, name, email, password });
      await page.goto(new URL(`/react#${settings}`, page.url()).href);
      const shown = page.getByRole("status");
      await expect(shown).toHaveText("Signed out");
      await page.getByRole("button", { name: "Sign up" }).click();
      await expect(shown).toHaveText(`Signed in as ${name}`);
      await page.reload();
      await expect(shown).toHaveText(`Signed in as ${name}`);
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(shown).toHaveText("Signed out");
    });
  });
}

test("who signed up with the stock client is signed in on Latchkey's pages", async ({ page, world: { trusted, latchkey } }) => {
  await page.goto(trusted);
  const person = newPerson();
  await run(page, "sign up", latchkey.url, person);
  await page.goto(`${latchkey.url}/account`);
  await expect(page.getByText(person.email).first()).toBeVisible();
});

test("a page of an origin that is not trusted can neither sign in nor read who is", async ({ page, world }) => {
  const { url } = world.latchkey;
  const person = newPerson();
  await page.goto(world.trusted);
  await run(page, "sign up", url, person);
  await page.goto(world.stranger);
  const outcomes = await page.evaluate(async ({ url, person }) => {
    const ask = (path: string, init: RequestInit) => fetch(`${url}/api/auth${path}`, { credentials: "include", ...init }).then(String, String);
    const body = JSON.stringify(person);
    return [
      await ask("/get-session", {}),
      await ask("/sign-in/email", { method: "POST", headers: { "content-type": "application/json" }, body }),
      await ask("/sign-out", { method: "POST" }),
    ];
  }, { url, person });
  expect(outcomes).toEqual(Array(3).fill("TypeError: Failed to fetch"));
  await page.goto(`${url}/account`);
  await expect(page.getByText(person.email).first()).toBeVisible();
});
