// Test fixtures: a unique user, a unique client network, other devices, and a check that the browser
// reports no errors.

import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { newNetwork, newPerson, type Person } from "./people.js";

interface Fixtures {
  /** A user without an account. */
  person: Person;
  /** Opens a page in a separate browser context. */
  otherDevice: (options?: BrowserContextOptions) => Promise<Page>;
  /** Errors reported by the browsers; must stay empty. */
  browserErrors: string[];
}

export const test = base.extend<Fixtures>({
  extraHTTPHeaders: async ({}, use) => {
    await use({ "x-forwarded-for": newNetwork() });
  },

  person: async ({}, use) => {
    await use(newPerson());
  },

  browserErrors: [
    async ({ context }, use) => {
      const errors: string[] = [];
      collectErrors(context, errors);
      await use(errors);
      expect(errors, "errors reported by the browser").toEqual([]);
    },
    { auto: true },
  ],

  otherDevice: async ({ browser, browserErrors }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext(options);
      opened.push(context);
      collectErrors(context, browserErrors);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

/** Collects uncaught errors, console errors and violations of the Content-Security-Policy. */
function collectErrors(context: BrowserContext, errors: string[]): void {
  context.on("weberror", (error) => errors.push(String(error.error())));
  context.on("console", (message) => {
    const isError = message.type() === "error" || /Content.Security.Policy/i.test(message.text());
    // Browsers also report pages that answer 404 or 429, which some tests expect.
    const aboutThePage = message.location().url === message.page()?.url();
    if (isError && !(aboutThePage && message.text().startsWith("Failed to load resource"))) {
      errors.push(`${message.text()} (${message.location().url})`);
    }
  });
}

export { expect };
