// Cases with messages: verification of addresses, and reset of passwords.

import { type Difference } from "./builders.js";

export const mailDifferences: Difference[] = [];
