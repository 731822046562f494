// The stock Better Auth client in a browser: on a trusted origin, on Latchkey's own origin and on an
// untrusted origin.

import { expect, type Page, test as base } from "@playwright/test";
import { newPerson } from "../../support/people.js";
import { type Latchkey, startLatchkeyWithMail } from "../support/latchkey.js";
import type { Mailbox } from "../support/mailbox.js";
import { freePort } from "../support/running.js";
import { type Files, pages, serve } from "./site.js";
import { actions, latchkeyActions, pageActions } from "./actions.js";
import { cookieMailActions, mailActions } from "./mail-actions.js";
import { passkeyActions, passkeyPageActions } from "./passkey-actions.js";
import { twoFactorActions } from "./two-factor-actions.js";

interface World {
  latchkey: Latchkey & { mailbox: Mailbox };
  trusted: string;
  untrusted: string;
  files: Files;
}

const test = base.extend<object, { world: World }>({
  world: [
    async ({}, use) => {
      const files = await pages();
      // Another port is another origin but the same site, so the browser sends cookies.
      const [trusted, untrusted] = [await serve(files, await freePort()), await serve(files, await freePort())];
      const settings = { LATCHKEY_RATE_LIMIT: "off", LATCHKEY_TRUSTED_ORIGINS: trusted.url };
      const latchkey = await startLatchkeyWithMail(settings);
      await use({ latchkey, trusted: trusted.url, untrusted: untrusted.url, files });
      await Promise.all([latchkey.stop(), trusted.stop(), untrusted.stop()]);
    },
    { scope: "worker" },
  ],
});

/** Opens a page on each kind of origin. */
const locations: Record<string, (page: Page, world: World) => Promise<unknown>> = {
  "on a trusted origin": (page, { trusted }) => page.goto(trusted),
  "on Latchkey's own origin": async (page, { latchkey: { url }, files }) => {
    for (const [path, file] of Object.entries(files)) await page.route(url + path, (route) => route.fulfill(file));
    return page.goto(url);
  },
};

const run = (page: Page, name: string, url: string, person = newPerson()) =>
  page.evaluate((action) => window.run(action), { name, url, person });

/** A platform authenticator of the browser, which verifies its user. */
async function addAuthenticator(page: Page): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  await browser.send("WebAuthn.addVirtualAuthenticator", { options });
}

const withMail = { ...mailActions, ...cookieMailActions };
const names = Object.keys({ ...actions, ...latchkeyActions, ...pageActions, ...withMail, ...twoFactorActions });

for (const [location, open] of Object.entries(locations)) {
  test.describe(location, () => {
    for (const name of names) {
      test(name, async ({ page, world }) => {
        await page.exposeFunction("readMail", world.latchkey.mailbox.next);
        await open(page, world);
        await run(page, name, world.latchkey.url);
      });
    }

    for (const name of Object.keys({ ...passkeyActions, ...passkeyPageActions })) {
      test(name, async ({ page, world }) => {
        await addAuthenticator(page);
        await open(page, world);
        await run(page, name, world.latchkey.url);
      });
    }

    test("a React component shows the signed-in user", async ({ page, world }) => {
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

test("a sign-up with the stock client also signs in on Latchkey's pages", async ({
  page,
  world: { trusted, latchkey },
}) => {
  await page.goto(trusted);
  const person = newPerson();
  await run(page, "sign up", latchkey.url, person);
  await page.goto(`${latchkey.url}/account`);
  await expect(page.getByText(person.email).first()).toBeVisible();
});

test("an untrusted origin can neither sign in, sign out nor read the session", async ({ page, world }) => {
  const { url } = world.latchkey;
  const person = newPerson();
  await page.goto(world.trusted);
  await run(page, "sign up", url, person);
  await page.goto(world.untrusted);
  const outcomes = await page.evaluate(
    async ({ url, person }) => {
      const ask = (path: string, init: RequestInit) =>
        fetch(`${url}/api/auth${path}`, { credentials: "include", ...init }).then(String, String);
      const body = JSON.stringify(person);
      return [
        await ask("/get-session", {}),
        await ask("/sign-in/email", { method: "POST", headers: { "content-type": "application/json" }, body }),
        await ask("/sign-out", { method: "POST" }),
      ];
    },
    { url, person },
  );
  expect(outcomes).toEqual(Array(3).fill("TypeError: Failed to fetch"));
  await page.goto(`${url}/account`);
  await expect(page.getByText(person.email).first()).toBeVisible();
});
