// Draws every page in every state, to be looked at: `npm run screenshots`, then see target/screenshots.

import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.js";

export default defineConfig({
  ...tests,
  testDir: "screenshots",
  projects: tests.projects?.filter(({ use }) => use?.javaScriptEnabled !== false),
});
