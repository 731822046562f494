// Launch options of the tests' Chromium: the distribution's if scripts/setup-test chose it, otherwise
// Playwright's own.

/** For machines without internet access, and for root in a container. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const executablePath = process.env.PLAYWRIGHT_CHROMIUM;

/** @satisfies {import("@playwright/test").LaunchOptions} */
export const launchOptions = { args, ...(executablePath && { executablePath }) };
