// What differs between two answers, once what is meant to differ is taken away.

import type { Received } from "./http.js";
import { lines } from "./lines.js";
import type { Site } from "./sites.js";

/** Lines that one of the servers has and the other has not. */
export interface Only {
  reference: string[];
  latchkey: string[];
}

/** What is meant to differ, wherever it occurs. */
export interface Rule {
  why: string;
  /** A case in which it occurs. */
  seen: string;
  reference?: RegExp;
  latchkey?: RegExp;
}

/** The differences of everything that was answered; a line says of which answer it is, if there are several. */
export function differences(reference: [Site, Received[]], latchkey: [Site, Received[]]): Only {
  const [ours, theirs] = [flat(...latchkey), flat(...reference)];
  const found: Only = { reference: [], latchkey: [] };
  for (let step = 0; step < Math.max(ours.length, theirs.length); step += 1) {
    const [one, other] = [theirs[step] ?? [], ours[step] ?? []];
    // Of answers that differ altogether, the status and what the error says is enough.
    const told = one[0] === other[0] ? () => true : (line: string) => /^(status|body\.code|body\.message):/.test(line);
    const name = (line: string) => (ours.length > 1 ? `${step + 1}. ${line}` : line);
    found.reference.push(...without(one, other).filter(told).map(name));
    found.latchkey.push(...without(other, one).filter(told).map(name));
  }
  return found;
}

const flat = (site: Site, answers: Received[]) => answers.map((answer) => lines(site, answer));

/** What is left of a list when everything in another is taken from it once. */
function without(list: string[], other: string[]): string[] {
  const left = [...other];
  return list.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** Takes away what the rules allow; also says which rules found anything. */
export function allow(found: Only, rules: Rule[]): { left: Only; used: Set<Rule> } {
  const used = new Set<Rule>();
  const left = (side: keyof Only) =>
    found[side].filter((line) => {
      const rule = rules.find((rule) => rule[side]?.test(line.replace(/^\d+\. /, "")));
      if (rule) used.add(rule);
      return !rule;
    });
  return { left: { reference: left("reference"), latchkey: left("latchkey") }, used };
}
