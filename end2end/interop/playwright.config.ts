// Latchkey with third-party software: stock Better Auth clients, a Better Auth server, backends with
// stock JWT libraries, a mail server, proxies, web apps and schemathesis. Each folder starts the programs it needs.
// Playwright, TypeScript and Node's types are installed in the folder above.

import { defineConfig } from "@playwright/test";
import { launchOptions } from "../browser.js";

/** The slowest file first, so that the other worker runs everything else meanwhile. */
const folders = ["description", "clients", "reference", "mail", "backends", "proxy", "web-apps"];

export default defineConfig({
  forbidOnly: Boolean(process.env.CI),
  // Files run in parallel; each starts its own servers on free ports. More workers would distort the
  // tests that measure time.
  workers: 2,
  retries: 0,
  timeout: 60_000,
  reporter: [["list"]],
  expect: { timeout: 10_000 },
  use: { launchOptions },
  projects: folders.map((name) => ({ name, testDir: name })),
});
