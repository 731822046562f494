// Better Auth and Latchkey get the same requests, and their users the same messages.
//
// Latchkey sends a message within a second, so the cases run side by side; each test waits for its own case.

import { expect, test as base } from "@playwright/test";
import { open, verify } from "./cases/mail/all.js";
import type { Case, Cases } from "./cases.js";
import { type Answers, check, run } from "./check.js";
import { generalRules, mailDifferences, mailRules } from "./differences.js";
import { type Pair, startPair } from "./sites.js";

interface Running {
  pair: Pair;
  /** What the two servers answer to a case. */
  answers(id: string): Promise<Answers>;
}

/** How many cases run at the same time. */
const AT_ONCE = 12;

const test = base.extend<object, { open: Running; verify: Running }>({
  open: [({}, use) => running("open", open, use), { scope: "worker", timeout: 120_000 }],
  verify: [({}, use) => running("verify", verify, use), { scope: "worker", timeout: 120_000 }],
});

async function running(
  mail: "open" | "verify",
  groups: Record<string, Cases>,
  use: (running: Running) => Promise<void>,
): Promise<void> {
  const pair = await startPair({ mail });
  const cases = named(groups);
  const started = new Map<string, Promise<Answers>>();
  const start = ([id, test]: [string, Case]) => {
    const answers = started.get(id) ?? run(test, pair);
    started.set(id, answers);
    // A failure belongs to the test of the case.
    answers.catch(() => undefined);
    return answers;
  };
  const answers = (id: string) => {
    const first = cases.findIndex(([other]) => other === id);
    // Only the next ones: after a failure, Playwright starts another worker, which runs the tests that are left.
    const [answers] = cases.slice(first, first + AT_ONCE).map(start);
    if (first < 0 || !answers) throw new Error(`no case ${id}`);
    return answers;
  };
  await use({ pair, answers });
  await Promise.allSettled(started.values());
  await pair.stop();
}

const named = (groups: Record<string, Cases>): [string, Case][] =>
  Object.entries(groups).flatMap(([group, cases]) =>
    Object.entries(cases).map(([name, test]): [string, Case] => [`${group}: ${name}`, test]),
  );

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
