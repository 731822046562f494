// Exits with 0 if the tests' browser starts. Used by scripts/setup-test.

import { chromium } from "@playwright/test";
import { launchOptions } from "./browser.js";

const browser = await chromium.launch(launchOptions);
await browser.close();
