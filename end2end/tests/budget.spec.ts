// The cost of a first visit: bytes transferred, and movements of the layout.

import type { CDPSession, Page, Request } from "@playwright/test";
import { button, field, listedDevices, signUp } from "../support/forms.js";
import { devices, newNetwork } from "../support/people.js";
import { expect, test } from "../support/test.js";

/** Bytes of the compressed bodies. */
interface Transfer {
  html: number;
  css: number;
  code: number;
  /** Names of other files. */
  others: string[];
}

/** Records what the page transfers. */
function record(page: Page): () => Promise<Transfer> {
  const requests: Request[] = [];
  page.on("requestfinished", (request) => requests.push(request));
  return async () => {
    const transfer: Transfer = { html: 0, css: 0, code: 0, others: [] };
    for (const request of requests) {
      const type = (await (await request.response())?.headerValue("content-type")) ?? "";
      const { responseBodySize } = await request.sizes();
      if (type.includes("html")) transfer.html += responseBodySize;
      else if (type.includes("css")) transfer.css += responseBodySize;
      else if (/javascript|wasm/.test(type)) transfer.code += responseBodySize;
      else transfer.others.push(new URL(request.url()).pathname);
    }
    return transfer;
  };
}

/** What the browser paints. */
interface Paints {
  /** How far the layout moved, also after input. */
  shifts: number[];
  /** When the largest element was painted, in seconds since 1970. */
  largest: number;
}

/** Records paints without scripts in the page. */
async function recordPaints(page: Page): Promise<Paints> {
  const paints: Paints = { shifts: [], largest: Number.NaN };
  const session: CDPSession = await page.context().newCDPSession(page);
  session.on("PerformanceTimeline.timelineEventAdded", ({ event }) => {
    if (event.lcpDetails) paints.largest = event.lcpDetails.renderTime;
    if (event.layoutShiftDetails) paints.shifts.push(event.layoutShiftDetails.value);
  });
  await session.send("PerformanceTimeline.enable", { eventTypes: ["layout-shift", "largest-contentful-paint"] });
  return paints;
}

/** The limits of the HTML. Inline scripts are part of it. */
const pages = { "/": 1_500, "/sign-in": 2_200, "/sign-up": 2_400, "/docs": 18_000, "/no-such-page": 1_500 };
const CSS = 4_500;
const CODE = 30_000;

/**
 * The script of passkeys, and the request for its options. The browser can suggest a passkey only if both have arrived
 * when the user comes to the field, so they are loaded with the page, after the HTML and CSS.
 */
const PASSKEYS = 2_200;
const withPasskeys = ["/sign-in", "/sign-up"];
const options = "/actions/sign-in-passkey/options";

for (const [path, limit] of Object.entries(pages)) {
  test(`${path}: a first visit transfers little, and nothing moves`, async ({ page, javaScriptEnabled }) => {
    const [transferred, paints] = [record(page), await recordPaints(page)];
    const response = await page.goto(path, { waitUntil: "networkidle" });
    const { html, css, code, others } = await transferred();
    const largest = Math.round(paints.largest * 1_000 - (response?.request().timing().startTime ?? Number.NaN));
    console.log(`${path}: ${html} bytes of HTML, ${css} of CSS; the largest element is painted after ${largest} ms`);
    expect(html).toBeGreaterThan(0);
    expect(html).toBeLessThanOrEqual(limit);
    expect(css).toBeGreaterThan(0);
    expect(css).toBeLessThanOrEqual(CSS);
    const script = withPasskeys.includes(path) && javaScriptEnabled !== false;
    expect(code > 0).toBe(script);
    expect(code).toBeLessThanOrEqual(PASSKEYS);
    const expected = script && path === "/sign-in" ? ["/favicon.", options] : ["/favicon."];
    expect(others.filter((name) => !expected.some((start) => name.startsWith(start)))).toEqual([]);
    expect(paints.shifts).toEqual([]);
  });
}

for (const path of ["/", "/docs", "/no-such-page", "/actions/sign-in"]) {
  test(`${path}: contains no script`, async ({ page }) => {
    await page.goto(path);
    await expect(page.locator("script, link[rel=modulepreload], link[rel=preload]")).toHaveCount(0);
  });
}

test("sign-up: code is loaded when the page is used, and nothing moves", async ({ page, javaScriptEnabled }) => {
  const [transferred, { shifts }] = [record(page), await recordPaints(page)];
  await page.goto("/sign-up", { waitUntil: "networkidle" });
  await field(page, "Password").focus();
  if (javaScriptEnabled !== false) await expect(button(page, "Show password")).toBeVisible();
  await page.waitForLoadState("networkidle");
  const { code } = await transferred();
  if (javaScriptEnabled === false) expect(code).toBe(0);
  else expect(code).toBeGreaterThan(PASSKEYS);
  expect(code).toBeLessThanOrEqual(CODE);
  expect(shifts).toEqual([]);
});

const uses: Record<string, (page: Page) => Promise<void>> = {
  "a key press": (page) => page.keyboard.press("Shift"),
  "a pointer movement": (page) => page.mouse.move(10, 10),
  "a focus": (page) => field(page, "Password").focus(),
  "an input": (page) => field(page, "E-mail address").fill("ada@example.org"),
};

for (const [use, act] of Object.entries(uses)) {
  test(`sign-in: ${use} loads the reveal button`, { tag: "@script" }, async ({ page }) => {
    await page.goto("/sign-in", { waitUntil: "networkidle" });
    await expect(field(page, "E-mail address")).toBeFocused();
    await expect(button(page, "Show password")).toBeHidden();
    await act(page);
    await expect(button(page, "Show password")).toBeVisible();
  });
}

test("sign-up: characters typed before the code has loaded are counted", { tag: "@script" }, async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/sign-up");
  await field(page, "Password").fill("eight888");
  await expect(page.locator(".count")).toBeEmpty();
  release();
  await expect(page.locator(".count")).toHaveText("8 characters");
});

test("devices: 27 sessions are a small page, and nothing moves", async ({ page, person, request, baseURL }) => {
  await signUp(page, person);
  for (let more = 1; more < 27; more += 1) {
    const { userAgent } = devices.firefox;
    const headers = { "x-forwarded-for": newNetwork(), "user-agent": userAgent, origin: baseURL ?? "" };
    const data = { email: person.email, password: person.password };
    expect((await request.post("/api/auth/sign-in/email", { data, headers })).status()).toBe(200);
  }
  const [transferred, { shifts }] = [record(page), await recordPaints(page)];
  await page.goto("/account/sessions?all", { waitUntil: "networkidle" });
  await expect(listedDevices(page)).toHaveCount(27);
  const { html } = await transferred();
  expect(html).toBeLessThanOrEqual(5_000);
  expect(shifts).toEqual([]);
});
