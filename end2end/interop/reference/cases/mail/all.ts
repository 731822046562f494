// All cases with messages, by group.

import type { Cases } from "../../cases.js";
import { changeEmail } from "./change-email.js";
import { changeWithCode, resetWithCode, sendCode, useCode } from "./email-otp.js";
import { magicLink } from "./magic-link.js";
import { required } from "./required.js";
import { followReset, requestReset, resetPassword } from "./reset.js";
import { sendVerification, verifyEmail } from "./verification.js";

/** For servers where a new user is signed in at once. */
export const open: Record<string, Cases> = {
  "send-verification-email": sendVerification,
  "verify-email": verifyEmail,
  "request-password-reset": requestReset,
  "reset-password link": followReset,
  "reset-password": resetPassword,
  "change-email": changeEmail,
  "magic-link": magicLink,
  "email-otp send": sendCode,
  "email-otp use": useCode,
  "email-otp reset": resetWithCode,
  "email-otp change": changeWithCode,
};

/** For servers where a new user needs a verified address first. */
export const verify: Record<string, Cases> = { "required verification": required };
