// Finds the differences between the responses of the two servers.

import type { Received } from "./http.js";
import { lines } from "./lines.js";
import type { Site } from "./sites.js";

/** Lines that only one of the servers returned. */
export interface Mismatch {
  reference: string[];
  latchkey: string[];
}

/** An intended difference in any number of cases. */
export interface Rule {
  reason: string;
  /** The id of a case with this difference. */
  example: string;
  reference?: RegExp;
  latchkey?: RegExp;
}

/** Compares the responses step by step. With several steps, each line starts with the step's number. */
export function compareResponses(reference: [Site, Received[]], latchkey: [Site, Received[]]): Mismatch {
  const [ours, theirs] = [flat(...latchkey), flat(...reference)];
  const found: Mismatch = { reference: [], latchkey: [] };
  for (let step = 0; step < Math.max(ours.length, theirs.length); step += 1) {
    const [one, other] = [theirs[step] ?? [], ours[step] ?? []];
    // If the statuses differ, only the status and the error are compared.
    const relevant = one[0] === other[0] ? () => true : (line: string) => /^(status|body\.code|body\.message):/.test(line);
    const name = (line: string) => (ours.length > 1 ? `${step + 1}. ${line}` : line);
    found.reference.push(...without(one, other).filter(relevant).map(name));
    found.latchkey.push(...without(other, one).filter(relevant).map(name));
  }
  return found;
}

const flat = (site: Site, answers: Received[]) => answers.map((answer) => lines(site, answer));

/** The multiset difference: removes each item of `other` from `list` once. */
function without(list: string[], other: string[]): string[] {
  const left = [...other];
  return list.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** Removes the intended differences, and returns the rules that applied. */
export function removeExpected(found: Mismatch, rules: Rule[]): { left: Mismatch; used: Set<Rule> } {
  const used = new Set<Rule>();
  const left = (side: keyof Mismatch) =>
    found[side].filter((line) => {
      const rule = rules.find((rule) => rule[side]?.test(line.replace(/^\d+\. /, "")));
      if (rule) used.add(rule);
      return !rule;
    });
  return { left: { reference: left("reference"), latchkey: left("latchkey") }, used };
}
