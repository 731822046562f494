// Every difference that is meant. The suite fails on any other, and on one in here that is no longer there.

import { members, passwords } from "./differences/members.js";
import type { Difference } from "./differences/lines.js";
import { origins } from "./differences/origins.js";
import { pages, sessions, throttling } from "./differences/sessions.js";
import { keys, tokens } from "./differences/tokens.js";

export { everywhere } from "./differences/everywhere.js";

/** What differs in single cases. */
export const inSomeCases: Difference[] = [
  ...passwords,
  ...members,
  ...pages,
  ...sessions,
  ...throttling,
  ...tokens,
  ...keys,
  ...origins,
];
