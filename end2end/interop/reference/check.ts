// Checks that the responses of both servers are equal, apart from the intended differences.

import { expect } from "@playwright/test";
import type { Case } from "./cases.js";
import { compareResponses, removeExpected, type Rule } from "./compare.js";
import type { Difference } from "./differences/builders.js";
import type { Received } from "./http.js";
import type { Pair } from "./sites.js";

/** What the two servers answered. */
export type Answers = { reference: Received[]; latchkey: Received[] };

/** Runs a case on both servers. */
export async function run(test: Case, { reference, latchkey }: Pair): Promise<Answers> {
  const [theirs, ours] = await Promise.all([test(reference), test(latchkey)]);
  return { reference: [theirs].flat(), latchkey: [ours].flat() };
}

/** The intended differences: in any number of cases, and in specific ones. */
export interface Intended {
  rules: Rule[];
  differences: Difference[];
}

export function check(id: string, answers: Answers, { reference, latchkey }: Pair, { rules, differences }: Intended): void {
  const found = compareResponses([reference, answers.reference], [latchkey, answers.latchkey]);
  const { left, used } = removeExpected(found, rules);
  const intended = differences.filter(({ cases }) => cases.includes(id));
  expect(
    { reference: left.reference.sort(), latchkey: left.latchkey.sort() },
    "lines in only one of the two responses",
  ).toEqual({
    reference: intended.flatMap(({ reference }) => reference).sort(),
    latchkey: intended.flatMap(({ latchkey }) => latchkey).sort(),
  });
  const stale = rules.filter((rule) => rule.example === id && !used.has(rule)).map(({ reason }) => reason);
  expect(stale, "intended differences that do not occur").toEqual([]);
}
