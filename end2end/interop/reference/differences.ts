// All intended differences. The suite fails on any other difference, and on a listed one that no longer
// occurs.

import { inputs, passwords } from "./differences/input.js";
import type { Difference } from "./differences/builders.js";
import { origins } from "./differences/origins.js";
import { pages, sessions, throttling } from "./differences/sessions.js";
import { keys, tokens } from "./differences/tokens.js";

export { generalRules } from "./differences/general.js";

/** Differences in specific cases. */
export const caseDifferences: Difference[] = [
  ...passwords,
  ...inputs,
  ...pages,
  ...sessions,
  ...throttling,
  ...tokens,
  ...keys,
  ...origins,
];

/** Cases with messages. */
export { mailDifferences, mailRules } from "./differences/mail.js";

/** Cases with a second factor. */
export { twoFactorDifferences, twoFactorRules } from "./differences/two-factor.js";

/** Cases with passkeys. */
export { passkeyDifferences, passkeyRules } from "./differences/passkeys.js";
