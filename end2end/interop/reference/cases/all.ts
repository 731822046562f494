// All cases, by group.

import type { Cases } from "../cases.js";
import { deleteUser, listAccounts, updateSession, updateUser } from "./account.js";
import { bodies } from "./bodies.js";
import { getSession } from "./get-session.js";
import { callbacks, origins, trustedOrigins } from "./origins.js";
import { changePassword, verifyPassword } from "./passwords.js";
import { routing } from "./routing.js";
import { sessions } from "./sessions.js";
import { signInByEmail } from "./sign-in.js";
import { signOut } from "./sign-out.js";
import { signUpByEmail, validation } from "./sign-up.js";
import { bearer, tokens } from "./tokens.js";
import { mail, social } from "./unavailable.js";

/** For servers on http. */
export const groups: Record<string, Cases> = {
  routing,
  bodies,
  validation,
  "sign-up": signUpByEmail,
  "sign-in": signInByEmail,
  "get-session": getSession,
  sessions,
  "change-password": changePassword,
  "verify-password": verifyPassword,
  "update-user": updateUser,
  "update-session": updateSession,
  "list-accounts": listAccounts,
  tokens,
  bearer,
  "sign-out": signOut,
  origins,
  callbacks,
  "trusted origins": trustedOrigins,
  mail,
  social,
  "delete-user": deleteUser,
};

/** For servers behind an https proxy. */
export { overHttps } from "./sign-out.js";

/** For servers with rate limits. */
export { throttling } from "./sign-in.js";
