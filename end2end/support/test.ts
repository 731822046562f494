// What every test gets: a person of its own, a network of its own, further devices, and a watch on
// everything a browser complains about.

import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { newNetwork, newPerson, type Person } from "./people.js";

interface Fixtures {
  /** Somebody without an account yet. */
  person: Person;
  /** Opens a page in another browser: nothing is shared with the first one. */
  otherDevice: (options?: BrowserContextOptions) => Promise<Page>;
  /** Everything the browsers complained about; must stay empty. */
  complaints: string[];
}

export const test = base.extend<Fixtures>({
  extraHTTPHeaders: async ({}, use) => {
    await use({ "x-forwarded-for": newNetwork() });
  },

  person: async ({}, use) => {
    await use(newPerson());
  },

  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      listen(context, complaints);
      await use(complaints);
      expect(complaints, "the browser complained").toEqual([]);
    },
    { auto: true },
  ],

  otherDevice: async ({ browser, complaints }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext(options);
      opened.push(context);
      listen(context, complaints);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

/** Errors on the console, violations of the Content-Security-Policy among them, and uncaught ones. */
function listen(context: BrowserContext, complaints: string[]): void {
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("console", (message) => {
    const complaint = message.type() === "error" || /Content.Security.Policy/i.test(message.text());
    // A page that answers 404 or 429 is reported too, and is what some tests are about.
    const aboutThePage = message.location().url === message.page()?.url();
    if (complaint && !(aboutThePage && message.text().startsWith("Failed to load resource"))) {
      complaints.push(`${message.text()} (${message.location().url})`);
    }
  });
}

export { expect };
