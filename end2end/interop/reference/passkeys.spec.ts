// Better Auth and Latchkey get the same requests of users with passkeys.

import { expect, test as base } from "@playwright/test";
import { aging, FRESH, passkeys } from "./cases/passkeys/all.js";
import { check } from "./check.js";
import { generalRules, passkeyDifferences, passkeyRules } from "./differences.js";
import { named, runAll, type Running } from "./side-by-side.js";

const test = base.extend<object, { running: Running; aging: Running }>({
  running: [({}, use) => runAll({}, passkeys, use), { scope: "worker" }],
  aging: [({}, use) => runAll({ fresh: FRESH }, aging, use), { scope: "worker" }],
});

async function compare(id: string, { pair, answers }: Running): Promise<void> {
  const rules = [...generalRules, ...passkeyRules];
  check(id, await answers(id), pair, { rules, differences: passkeyDifferences });
}

for (const [id] of named(passkeys)) test(id, ({ running }) => compare(id, running));
for (const [id] of named(aging)) test(id, ({ aging }) => compare(id, aging));

test("all intended differences refer to existing cases with passkeys", () => {
  const ids = named({ ...passkeys, ...aging }).map(([id]) => id);
  const listed = [...passkeyRules.map(({ example }) => example), ...passkeyDifferences.flatMap(({ cases }) => cases)];
  expect(listed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(200);
});
