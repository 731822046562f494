// The server that is imitated and Latchkey get the same requests, and answer alike.

import { expect, test as base } from "@playwright/test";
import { groups, httpsGroups } from "./cases/all.js";
import { type Case, regular } from "./cases.js";
import { allow, differences } from "./compare.js";
import { everywhere, inSomeCases } from "./differences.js";
import { type Pair, startPair } from "./sites.js";

const test = base.extend<object, { http: Pair; https: Pair }>({
  http: [async ({}, use) => running(false, use), { scope: "worker" }],
  https: [async ({}, use) => running(true, use), { scope: "worker" }],
});

async function running(https: boolean, use: (pair: Pair) => Promise<void>): Promise<void> {
  const pair = await startPair(https);
  await Promise.all([regular(pair.reference), regular(pair.latchkey)]);
  await use(pair);
  await pair.stop();
}

async function compare(id: string, run: Case, { reference, latchkey }: Pair): Promise<void> {
  const [theirs, ours] = await Promise.all([run(reference), run(latchkey)]);
  const { left, used } = allow(differences([reference, [theirs].flat()], [latchkey, [ours].flat()]), everywhere);
  const meant = inSomeCases.filter(({ cases }) => cases.includes(id));
  expect(left, "only one of the two answers so").toEqual({
    reference: meant.flatMap(({ reference }) => reference),
    latchkey: meant.flatMap(({ latchkey }) => latchkey),
  });
  const stale = everywhere.filter((rule) => rule.seen === id && !used.has(rule)).map(({ why }) => why);
  expect(stale, "meant to differ here, and does not").toEqual([]);
}

for (const [group, cases] of Object.entries(groups)) {
  for (const [name, run] of Object.entries(cases)) {
    test(`${group}: ${name}`, ({ http }) => compare(`${group}: ${name}`, run, http));
  }
}

for (const [group, cases] of Object.entries(httpsGroups)) {
  for (const [name, run] of Object.entries(cases)) {
    test(`${group}: ${name}`, ({ https }) => compare(`${group}: ${name}`, run, https));
  }
}

const ids = Object.entries({ ...groups, ...httpsGroups }).flatMap(([group, cases]) => Object.keys(cases).map((name) => `${group}: ${name}`));

test("the list of differences is about cases that there are", () => {
  const named = [...everywhere.map(({ seen }) => seen), ...inSomeCases.flatMap(({ cases }) => cases)];
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(150);
});
