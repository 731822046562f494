// Playwright's `test` with a Latchkey for each worker.

import { test } from "@playwright/test";
import { type Latchkey, startLatchkey } from "./latchkey.js";

/** A `test` with the fixture `latchkey`, without rate limits and with these settings. */
export function latchkeyTest(settings: Record<string, string> = {}) {
  return test.extend<object, { latchkey: Latchkey }>({
    latchkey: [
      async ({}, use) => {
        const latchkey = await startLatchkey({ LATCHKEY_RATE_LIMIT: "off", ...settings });
        await use(latchkey);
        await latchkey.stop();
      },
      { scope: "worker" },
    ],
  });
}
