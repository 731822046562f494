// Latchkey beside software that nobody here wrote: stock clients, the server it takes the place of,
// backends with stock token libraries, a proxy. Each folder starts what it needs by itself.

import { defineConfig } from "@playwright/test";
import { launchOptions } from "./browser.js";

/** The folders of interop/, in the order in which they run. */
const parts = ["clients", "reference", "backends", "proxy", "description"];

export default defineConfig({
  forbidOnly: Boolean(process.env.CI),
  workers: 1,
  retries: 0,
  timeout: 60_000,
  reporter: [["list"]],
  expect: { timeout: 10_000 },
  use: { launchOptions },
  projects: parts.map((name) => ({ name, testDir: `interop/${name}` })),
});
