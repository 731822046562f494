// Lighthouse with its default profile, a phone on slow 4G: 100 in all four categories.
//
// The default throttling is simulated: the page loads at full speed, and Lighthouse computes the load on the phone from
// the requests, their bytes and the processor time. Only the processor time depends on this machine, and work of other
// programs can only add to it. So a page passes if one of three runs is 100; a slow page fails all three. The first run
// assumes a phone four times slower than this machine, the others the slowdown that Lighthouse intends for it.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, expect, request, test } from "@playwright/test";
import lighthouse, { type Result, type RunnerResult } from "lighthouse";
import * as constants from "lighthouse/core/config/constants.js";
import { launchOptions } from "../browser.js";
import { signUp } from "../support/forms.js";
import { newNetwork, newPerson, type Person } from "../support/people.js";
import { servers } from "../support/servers.js";

const site = servers.main.url;
const RUNS = 3;
/** The default of Lighthouse. */
const MAX_SLOWDOWN = 4;
const SESSIONS = 27;

/** A browser that Playwright and Lighthouse control together: they share its cookies. */
let context: BrowserContext;
let profile: string;
let port: number;

test.beforeAll(async () => {
  profile = await mkdtemp(join(tmpdir(), "latchkey-lighthouse-"));
  const args = [...launchOptions.args, "--remote-debugging-port=0"];
  context = await chromium.launchPersistentContext(profile, { ...launchOptions, args });
  port = Number((await readFile(join(profile, "DevToolsActivePort"), "utf8")).split("\n")[0]);
});

test.afterAll(async () => {
  await context.close();
  await rm(profile, { recursive: true, force: true });
});

for (const path of ["/", "/sign-in", "/sign-up", "/docs"]) {
  test(`${path}: scores 100 in every category`, () => assertPerfect(path));
}

test("account with 27 sessions: scores 100 in every category", async () => {
  const person = newPerson();
  await signUpHere(person);
  for (let more = 1; more < SESSIONS; more += 1) await signInOnOtherDevice(person);
  await assertPerfect("/account/sessions");
  await assertPerfect("/account/sessions?all");
});

async function signUpHere(person: Person): Promise<void> {
  const page = await context.newPage();
  await page.setExtraHTTPHeaders({ "x-forwarded-for": newNetwork() });
  await page.goto(`${site}/`);
  await signUp(page, person, { at: `${site}/sign-up` });
  await page.close();
}

async function signInOnOtherDevice({ email, password }: Person): Promise<void> {
  const device = await request.newContext({ extraHTTPHeaders: { "x-forwarded-for": newNetwork(), origin: site } });
  const answer = await device.post(`${site}/api/auth/sign-in/email`, { data: { email, password } });
  expect(answer.status()).toBe(200);
  await device.dispose();
}

async function assertPerfect(path: string): Promise<void> {
  let slowdown = MAX_SLOWDOWN;
  let faults: string[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { lhr } = await audit(path, slowdown);
    faults = Object.values(lhr.categories)
      .filter(({ score }) => score !== 1)
      .flatMap((category) => faultsOf(lhr, category));
    if (faults.length === 0) return;
    slowdown = calibrated(lhr.environment.benchmarkIndex);
  }
  expect(faults, `${path}, last of ${RUNS} runs`).toEqual([]);
}

/**
 * How much slower the phone is than a machine with this benchmark index: Lighthouse's "throttling.md", "Calibrating the
 * CPU slowdown".
 */
function calibrated(benchmarkIndex: number): number {
  const slowdown =
    benchmarkIndex >= 1300 ? 3 + (benchmarkIndex - 1300) / 233
    : benchmarkIndex >= 800 ? 2 + (benchmarkIndex - 800) / 500
    : 1 + (benchmarkIndex - 150) / 650;
  return Math.min(Math.max(slowdown, 1), MAX_SLOWDOWN);
}

async function audit(path: string, cpuSlowdownMultiplier: number): Promise<RunnerResult> {
  const onlyCategories = ["performance", "accessibility", "best-practices", "seo"];
  const throttling = { ...constants.throttling.mobileSlow4G, cpuSlowdownMultiplier };
  // Lighthouse empties the cache, but keeps cookies.
  const result = await lighthouse(`${site}${path}`, { port, logLevel: "error", onlyCategories, throttling });
  if (!result) throw new Error("Lighthouse returned no result");
  const { lhr } = result;
  expect(lhr.runtimeError).toBeUndefined();
  // Not a redirect to the sign-in page.
  expect(lhr.finalDisplayedUrl).toBe(`${site}${path}`);
  expect(Object.keys(lhr.categories)).toEqual(onlyCategories);
  const metrics = Object.values(lhr.categories).map(({ id, score }) => `${id} ${(score ?? 0) * 100}`);
  test.info().annotations.push({ type: path, description: metrics.join(", ") });
  return result;
}

/** The audits that cost points. */
function faultsOf(lhr: Result, { id, score, auditRefs }: Result.Category): string[] {
  const costly = auditRefs
    .filter(({ weight }) => weight > 0)
    .map((ref) => lhr.audits[ref.id])
    .filter((found) => found?.score != null && found.score < 1)
    .map((found) => `${id}: ${found?.title} ${found?.displayValue ?? ""} ${found?.explanation ?? ""}`.trim());
  return [`${id}: ${(score ?? 0) * 100}`, ...costly];
}
