// The server that is imitated and Latchkey get the same requests, and answer alike.

import { expect, test as base } from "@playwright/test";
import { groups, overHttps, throttling } from "./cases/all.js";
import { type Case, regular } from "./cases.js";
import { allow, differences } from "./compare.js";
import { everywhere, inSomeCases } from "./differences.js";
import { type Pair, type Setup, startPair } from "./sites.js";

const test = base.extend<object, { http: Pair; https: Pair; throttled: Pair }>({
  http: [({}, use) => running({}, use), { scope: "worker" }],
  https: [({}, use) => running({ https: true }, use), { scope: "worker" }],
  throttled: [({}, use) => running({ throttled: true }, use), { scope: "worker" }],
});

async function running(setup: Setup, use: (pair: Pair) => Promise<void>): Promise<void> {
  const pair = await startPair(setup);
  await Promise.all([regular(pair.reference), regular(pair.latchkey)]);
  await use(pair);
  await pair.stop();
}

async function compare(id: string, run: Case, { reference, latchkey }: Pair): Promise<void> {
  const [theirs, ours] = await Promise.all([run(reference), run(latchkey)]);
  const { left, used } = allow(differences([reference, [theirs].flat()], [latchkey, [ours].flat()]), everywhere);
  const meant = inSomeCases.filter(({ cases }) => cases.includes(id));
  expect({ reference: left.reference.sort(), latchkey: left.latchkey.sort() }, "only one of the two answers so").toEqual({
    reference: meant.flatMap(({ reference }) => reference).sort(),
    latchkey: meant.flatMap(({ latchkey }) => latchkey).sort(),
  });
  const stale = everywhere.filter((rule) => rule.seen === id && !used.has(rule)).map(({ why }) => why);
  expect(stale, "meant to differ here, and does not").toEqual([]);
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

test("the list of differences is about cases that there are", () => {
  const named = [...everywhere.map(({ seen }) => seen), ...inSomeCases.flatMap(({ cases }) => cases)];
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(150);
});
