// Better Auth and Latchkey get the same requests of users with a second factor.

import { expect, test as base } from "@playwright/test";
import { twoFactor } from "./cases/two-factor/all.js";
import { check } from "./check.js";
import { generalRules, twoFactorDifferences, twoFactorRules } from "./differences.js";
import { named, runAll, type Running } from "./side-by-side.js";

const cases = named(twoFactor);

const test = base.extend<object, { running: Running }>({
  running: [({}, use) => runAll({}, twoFactor, use), { scope: "worker" }],
});

for (const [id] of cases) {
  test(id, async ({ running }) => {
    const rules = [...generalRules, ...twoFactorRules];
    check(id, await running.answers(id), running.pair, { rules, differences: twoFactorDifferences });
  });
}

test("all intended differences refer to existing cases with a second factor", () => {
  const ids = cases.map(([id]) => id);
  const listed = [...twoFactorRules.map(({ example }) => example), ...twoFactorDifferences.flatMap(({ cases }) => cases)];
  expect(listed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(150);
});
