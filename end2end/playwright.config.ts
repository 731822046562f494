// Runs the specs in desktop and phone browsers, with and without JavaScript. Then runs Lighthouse.

import { defineConfig, devices, type Project } from "@playwright/test";
import { launchOptions } from "./browser.js";
import { servers } from "./support/servers.js";

const desktop = { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } };
const phone = { ...devices["Pixel 7"], viewport: { width: 390, height: 844 } };

// Every page in every state is checked by states.spec.ts, at several widths of its own: with JavaScript on a desktop
// and without on a phone are enough.
const states = "states.spec.ts";

// @server: depends only on the server, so phones skip it. @script: requires JavaScript.
const browsers: Project[] = [
  { name: "desktop", use: { ...desktop } },
  {
    name: "desktop without JavaScript",
    testIgnore: states,
    grepInvert: /@script/,
    use: { ...desktop, javaScriptEnabled: false },
  },
  { name: "phone", testIgnore: states, grepInvert: /@server/, use: { ...phone } },
  { name: "phone without JavaScript", testMatch: states, use: { ...phone, javaScriptEnabled: false } },
];

// Last and one test at a time, because other work on the machine lowers the scores. To run it alone:
// npm test -- --project=lighthouse --no-deps
const lighthouse: Project = {
  name: "lighthouse",
  testDir: "lighthouse",
  fullyParallel: false,
  dependencies: browsers.map(({ name }) => name ?? ""),
  timeout: 180_000,
};

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // One per core.
  workers: "100%",
  // A flaky test is a bug to fix.
  retries: 0,
  reporter: [["list"]],
  expect: { timeout: 10_000 },
  use: {
    baseURL: servers.main.url,
    locale: "en-GB",
    timezoneId: "Asia/Kolkata",
    launchOptions,
  },
  projects: [...browsers, lighthouse],
  webServer: Object.values(servers).map(({ port, url, settings }) => ({
    command: ["../scripts/serve-for-tests", port, ...settings].join(" "),
    url: `${url}/readyz`,
    timeout: 30_000,
    gracefulShutdown: { signal: "SIGTERM" as const, timeout: 10_000 },
  })),
});
