// All cases with a second factor, by group.

import type { Cases } from "../../cases.js";
import { renewBackupCodes, useBackupCode } from "./backup-codes.js";
import { enableTotp, firstCode } from "./enable.js";
import { byMail } from "./by-mail.js";
import { disableTotp, messages, serverOnly, totpUri } from "./settings.js";
import { afterPassword, trustedDevices, withTotp } from "./sign-in.js";

/** For servers that send messages. */
export const withMail: Record<string, Cases> = { "by mail": byMail };

export const twoFactor: Record<string, Cases> = {
  enable: enableTotp,
  "first code": firstCode,
  password: afterPassword,
  "second factor": withTotp,
  "trusted device": trustedDevices,
  "backup code": useBackupCode,
  "backup codes": renewBackupCodes,
  URI: totpUri,
  disable: disableTotp,
  messages,
  "server only": serverOnly,
};
