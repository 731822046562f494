// Succeeds if the browser that the tests would use starts; scripts/setup-test asks.

import { chromium } from "@playwright/test";
import { launchOptions } from "./browser.js";

const browser = await chromium.launch(launchOptions);
await browser.close();
