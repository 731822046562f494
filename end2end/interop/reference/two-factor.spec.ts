// Better Auth and Latchkey get the same requests of users with a second factor.

import { expect, test as base } from "@playwright/test";
import { twoFactor, withMail } from "./cases/two-factor/all.js";
import { check } from "./check.js";
import { generalRules, twoFactorDifferences, twoFactorRules } from "./differences.js";
import { named, runAll, type Running } from "./side-by-side.js";

const test = base.extend<object, { running: Running; mailing: Running }>({
  running: [({}, use) => runAll({}, twoFactor, use), { scope: "worker" }],
  mailing: [({}, use) => runAll({ mail: "open" }, withMail, use), { scope: "worker" }],
});

async function compare(id: string, { pair, answers }: Running): Promise<void> {
  const rules = [...generalRules, ...twoFactorRules];
  check(id, await answers(id), pair, { rules, differences: twoFactorDifferences });
}

for (const [id] of named(twoFactor)) test(id, ({ running }) => compare(id, running));
for (const [id] of named(withMail)) test(id, ({ mailing }) => compare(id, mailing));

test("all intended differences refer to existing cases with a second factor", () => {
  const ids = named({ ...twoFactor, ...withMail }).map(([id]) => id);
  const listed = [...twoFactorRules.map(({ example }) => example), ...twoFactorDifferences.flatMap(({ cases }) => cases)];
  expect(listed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(150);
});
