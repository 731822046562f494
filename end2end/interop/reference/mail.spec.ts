// Better Auth and Latchkey get the same requests, and their users the same messages.
//
// Latchkey sends a message within a second, so the cases run side by side.

import { expect, test as base } from "@playwright/test";
import { open, verify } from "./cases/mail/all.js";
import { check } from "./check.js";
import { generalRules, mailDifferences, mailRules } from "./differences.js";
import { named, runAll, type Running } from "./side-by-side.js";

const test = base.extend<object, { open: Running; verify: Running }>({
  open: [({}, use) => runAll({ mail: "open" }, open, use), { scope: "worker", timeout: 120_000 }],
  verify: [({}, use) => runAll({ mail: "verify" }, verify, use), { scope: "worker", timeout: 120_000 }],
});

async function compare(id: string, { pair, answers }: Running): Promise<void> {
  check(id, await answers(id), pair, { rules: [...generalRules, ...mailRules], differences: mailDifferences });
}

for (const [id] of named(open)) test(id, ({ open }) => compare(id, open));
for (const [id] of named(verify)) test(id, ({ verify }) => compare(id, verify));

test("all intended differences refer to existing cases with messages", () => {
  const ids = [...named(open), ...named(verify)].map(([id]) => id);
  const listed = [...mailRules.map(({ example }) => example), ...mailDifferences.flatMap(({ cases }) => cases)];
  expect(listed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(320);
});
