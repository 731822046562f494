// Better Auth and Latchkey get the same requests and must give equivalent responses.

import { expect, test as base } from "@playwright/test";
import { groups, overHttps, throttling } from "./cases/all.js";
import { type Case, sharedUser } from "./cases.js";
import { compareResponses, removeExpected } from "./compare.js";
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

async function compare(id: string, run: Case, { reference, latchkey }: Pair): Promise<void> {
  const [theirs, ours] = await Promise.all([run(reference), run(latchkey)]);
  const { left, used } = removeExpected(compareResponses([reference, [theirs].flat()], [latchkey, [ours].flat()]), generalRules);
  const intended = caseDifferences.filter(({ cases }) => cases.includes(id));
  expect(
    { reference: left.reference.sort(), latchkey: left.latchkey.sort() },
    "lines in only one of the two responses",
  ).toEqual({
    reference: intended.flatMap(({ reference }) => reference).sort(),
    latchkey: intended.flatMap(({ latchkey }) => latchkey).sort(),
  });
  const stale = generalRules.filter((rule) => rule.example === id && !used.has(rule)).map(({ reason }) => reason);
  expect(stale, "intended differences that do not occur").toEqual([]);
}

for (const [group, cases] of Object.entries(groups)) {
  for (const [name, run] of Object.entries(cases)) {
    test(`${group}: ${name}`, ({ http }) => compare(`${group}: ${name}`, run, http));
  }
}

for (const [name, run] of Object.entries(overHttps)) {
  test(`https: ${name}`, ({ https }) => compare(`https: ${name}`, run, https));
}

for (const [name, run] of Object.entries(throttling)) {
  test(`throttling: ${name}`, ({ throttled }) => compare(`throttling: ${name}`, run, throttled));
}

const all = Object.entries({ ...groups, https: overHttps, throttling });
const ids = all.flatMap(([group, cases]) => Object.keys(cases).map((name) => `${group}: ${name}`));

test("all intended differences refer to existing cases", () => {
  const listed = [...generalRules.map(({ example }) => example), ...caseDifferences.flatMap(({ cases }) => cases)];
  expect(listed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(150);
});
