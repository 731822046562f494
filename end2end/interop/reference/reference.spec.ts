// Better Auth and Latchkey get the same requests and must give equivalent responses.

import { expect, test as base } from "@playwright/test";
import { check, run } from "./check.js";
import { groups, overHttps, throttling } from "./cases/all.js";
import { type Case, sharedUser } from "./cases.js";
import { caseDifferences, generalRules } from "./differences.js";
import { type Pair, type Setup, startPair } from "./sites.js";

const test = base.extend<object, { http: Pair; https: Pair; throttled: Pair }>({
  http: [({}, use) => running({}, use), { scope: "worker" }],
  https: [({}, use) => running({ https: true }, use), { scope: "worker" }],
  throttled: [({}, use) => running({ throttled: true }, use), { scope: "worker" }],
});

async function running(setup: Setup, use: (pair: Pair) => Promise<void>): Promise<void> {
  const pair = await startPair(setup);
  await Promise.all([sharedUser(pair.reference), sharedUser(pair.latchkey)]);
  await use(pair);
  await pair.stop();
}

async function compare(id: string, test: Case, pair: Pair): Promise<void> {
  check(id, await run(test, pair), pair, { rules: generalRules, differences: caseDifferences });
}

for (const [group, cases] of Object.entries(groups)) {
  for (const [name, one] of Object.entries(cases)) {
    test(`${group}: ${name}`, ({ http }) => compare(`${group}: ${name}`, one, http));
  }
}

for (const [name, one] of Object.entries(overHttps)) {
  test(`https: ${name}`, ({ https }) => compare(`https: ${name}`, one, https));
}

for (const [name, one] of Object.entries(throttling)) {
  test(`throttling: ${name}`, ({ throttled }) => compare(`throttling: ${name}`, one, throttled));
}

const all = Object.entries({ ...groups, https: overHttps, throttling });
const ids = all.flatMap(([group, cases]) => Object.keys(cases).map((name) => `${group}: ${name}`));

test("all intended differences refer to existing cases", () => {
  const listed = [...generalRules.map(({ example }) => example), ...caseDifferences.flatMap(({ cases }) => cases)];
  expect(listed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(150);
});
