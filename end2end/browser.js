// Which Chromium runs the tests: the one scripts/setup-test settled on, or Playwright's own.

/** Quiet enough for a machine without a way out, and for root in a container. */
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

/** @type {import("@playwright/test").LaunchOptions} */
export const launchOptions = { args, ...(executablePath && { executablePath }) };
