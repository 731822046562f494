// All cases with passkeys, by group.

import type { Cases } from "../../cases.js";
import { counted, invalidSignIn } from "./invalid-sign-in.js";
import { listed, removed, renamed } from "./manage.js";
import { forRegistration, forSignIn } from "./options.js";
import { invalidRegistration, newSession, registration, registrationChallenge, registrationNames } from "./register.js";
import { afterwards, signInChallenge, withPasskey } from "./sign-in.js";
import { FRESH, stale } from "./stale.js";

export const passkeys: Record<string, Cases> = {
  "register options": forRegistration,
  "sign-in options": forSignIn,
  register: registration,
  "register, name": registrationNames,
  "register, session": newSession,
  "register, challenge": registrationChallenge,
  "register, invalid": invalidRegistration,
  "sign-in": withPasskey,
  "sign-in, challenge": signInChallenge,
  "sign-in, invalid": invalidSignIn,
  counter: counted,
  afterwards,
  list: listed,
  rename: renamed,
  remove: removed,
};

/** For servers where a sign-in is recent for a few seconds. */
export const aging: Record<string, Cases> = { stale };

export { FRESH };
