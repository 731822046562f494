// Passkeys of users whose sign-in is not recent.

import type { Cases } from "../../cases.js";
import {
  aged,
  asked,
  enrolled,
  list,
  optionsByBearer,
  register,
  REGISTER,
  registerOptions,
  remove,
  rename,
  signIn,
  signInOptions,
} from "../../passkeys.js";
import { otherBrowser, post, prepare, scene, signedInAgain, signedUp } from "../../scene.js";
import { saveCookies, signOut, restoreCookies } from "../../second-factor.js";

/** The age (s) up to which a sign-in is recent: enough to prepare a case. */
export const FRESH = 5;

const old = aged(FRESH);

export const stale: Cases = {
  "options": scene(signedUp, old, registerOptions()),
  "options, by bearer": scene(signedUp, old, optionsByBearer),
  "options, invalid query": scene(signedUp, old, registerOptions("?authenticatorAttachment=phone")),
  "register": scene(...asked, old, register()),
  "register, empty body": scene(...asked, old, post(REGISTER, {})),
  "register, without options": scene(signedUp, old, register()),
  "options after another sign-in": scene(signedUp, old, signedInAgain, registerOptions()),
  "options after a sign-in with a passkey": scene(
    ...enrolled,
    old,
    otherBrowser,
    prepare(signInOptions()),
    prepare(signIn()),
    registerOptions(),
  ),
  "options of a sign-in": scene(...enrolled, old, signInOptions()),
  "sign-in": scene(...enrolled, old, otherBrowser, prepare(signInOptions()), signIn()),
  "list": scene(...enrolled, old, list),
  "rename": scene(...enrolled, old, rename({ id: "{passkey}", name: "Phone" })),
  "remove": scene(...enrolled, old, remove({ id: "{passkey}" })),
  "remove an unknown one": scene(...enrolled, old, remove({ id: "unknown" })),
  "options in an ended session": scene(signedUp, old, saveCookies, signOut, restoreCookies, registerOptions()),
};
