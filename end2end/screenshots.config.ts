// `npm run screenshots` saves every page in every state to target/screenshots for review.

import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.js";

export default defineConfig({
  ...tests,
  testDir: "screenshots",
  projects: tests.projects
    ?.filter(({ use, testDir }) => use?.javaScriptEnabled !== false && !testDir)
    // Every screen size has every state.
    .map(({ name, use }) => ({ name, use })),
});
