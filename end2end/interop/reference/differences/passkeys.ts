import type { Rule } from "../compare.js";
import type { Difference } from "./builders.js";
export const passkeyRules: Rule[] = [];
export const passkeyDifferences: Difference[] = [];
