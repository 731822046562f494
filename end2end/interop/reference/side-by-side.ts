// Runs cases side by side, so that slow steps of one case pass while others run. Each test waits for its own case.

import type { Case, Cases } from "./cases.js";
import { type Answers, run } from "./check.js";
import { type Pair, type Setup, startPair } from "./sites.js";

export interface Running {
  pair: Pair;
  /** What the two servers answer to a case. */
  answers(id: string): Promise<Answers>;
}

/** How many cases run at the same time. */
const AT_ONCE = 12;

/** Starts both servers; stops them after use. */
export async function runAll(
  setup: Setup,
  groups: Record<string, Cases>,
  use: (running: Running) => Promise<void>,
): Promise<void> {
  const pair = await startPair(setup);
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

/** All cases with their ids. */
export const named = (groups: Record<string, Cases>): [id: string, test: Case][] =>
  Object.entries(groups).flatMap(([group, cases]) =>
    Object.entries(cases).map(([name, test]): [string, Case] => [`${group}: ${name}`, test]),
  );
