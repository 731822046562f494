// POST /passkey/verify-authentication

import type { Cases } from "../../cases.js";
import {
  added,
  asked,
  challenged,
  enrolled,
  list,
  otherKind,
  register,
  registerOptions,
  savedChallenge,
  SIGN_IN,
  SIGN_IN_OPTIONS,
  signIn,
  signInOptions,
  signInWith,
} from "../../passkeys.js";
import { call, get, otherBrowser, PASSWORD, post, prepare, scene, signedUp, type Step } from "../../scene.js";
import * as secondFactor from "../../second-factor.js";
import { forged, restoreCookies, saveCookies, signOut } from "../../second-factor.js";

const EVIL = "https://evil.example";
const TRUSTED = "https://app.example.com";

/** A sign-in in another browser. */
const again: Step[] = [otherBrowser, prepare(signInOptions())];

export const withPasskey: Cases = {
  "without options": scene(...enrolled, otherBrowser, signIn({}, { headers: { origin: "{origin}" } })),
  "without options, empty body": scene(post(SIGN_IN, {})),
  "without options and origin": scene(...enrolled, otherBrowser, signIn()),
  "a passkey": scene(...challenged, signIn()),
  "a passkey, and the session": scene(...challenged, prepare(signIn()), get("/get-session")),
  "a passkey, and an access token": scene(...challenged, prepare(signIn()), get("/token")),
  "a passkey, and the sessions": scene(...challenged, prepare(signIn()), get("/list-sessions")),
  "a passkey, and the list": scene(...challenged, prepare(signIn()), list),
  "a passkey, twice": scene(...challenged, prepare(signIn()), ...again, signIn()),
  "the first of two passkeys": scene(
    ...enrolled,
    ...added("Phone"),
    ...again,
    signInWith(({ passkeys }) => passkeys.credentials[0]),
  ),
  "a synced passkey": scene(
    ...asked,
    prepare(register({ backupEligible: true, backedUp: true })),
    ...again,
    signIn({ backupEligible: true, backedUp: true, counter: 0 }),
  ),
  "an RSA key": scene(...asked, prepare(register({ algorithm: "RS256" })), ...again, signIn()),
  "in the own session": scene(...enrolled, prepare(signInOptions()), signIn()),
  "in the own session, and the old one": scene(
    ...enrolled,
    prepare(signInOptions()),
    saveCookies,
    prepare(signIn()),
    restoreCookies,
    get("/get-session"),
  ),
  "in another user's session": scene(...enrolled, signedUp, prepare(signInOptions()), signIn()),
  "of another user than the options": scene(
    ...enrolled,
    signedUp,
    ...added("Phone"),
    prepare(signInOptions()),
    signInWith(({ passkeys }) => passkeys.credentials[0]),
  ),
  "a callbackURL": scene(...challenged, signIn({}, { body: { callbackURL: "/home" } })),
  "an untrusted callbackURL": scene(...challenged, signIn({}, { body: { callbackURL: EVIL } })),
  "a rememberMe that has no effect": scene(...challenged, signIn({}, { body: { rememberMe: false } })),
  "from another origin": scene(...challenged, signIn({}, { origin: EVIL })),
  "from a trusted origin": scene(...challenged, signIn({}, { origin: TRUSTED })),
  "without an origin": scene(...challenged, signIn({}, { headers: { origin: "" } })),
  "with a referrer instead of an origin": scene(...challenged, signIn({}, { headers: { origin: "", referer: "{origin}/page" } })),
  "by GET": scene(...challenged, get(SIGN_IN)),
  "by PUT": scene(...challenged, call("PUT", SIGN_IN, {})),
};

export const signInChallenge: Cases = {
  "a forged cookie": scene(...challenged, forged("passkey"), signIn()),
  "used": scene(...challenged, saveCookies, prepare(signIn()), restoreCookies, signIn()),
  "used by a refused sign-in": scene(...challenged, saveCookies, signIn({ challenge: "A".repeat(43) }), restoreCookies, signIn()),
  "used by an unknown passkey": scene(
    ...challenged,
    saveCookies,
    signIn({}, { edit: (answer) => ({ ...answer, id: "AAAA", rawId: "AAAA" }) }),
    restoreCookies,
    signIn(),
  ),
  "used by a body without a response": scene(...challenged, post(SIGN_IN, {}), signIn()),
  "of older options": scene(...challenged, saveCookies, prepare(get(SIGN_IN_OPTIONS)), restoreCookies, signIn()),
  "of newer options": scene(...challenged, prepare(get(SIGN_IN_OPTIONS)), signIn()),
  "of a registration": scene(...enrolled, prepare(registerOptions()), otherKind, signIn()),
  "of another browser": scene(...challenged, otherBrowser, prepare(get(SIGN_IN_OPTIONS)), signIn()),
  "lost": scene(...challenged, otherBrowser, signIn({}, { headers: { origin: "{origin}" } })),
  "of a user who has signed out": scene(...enrolled, prepare(signInOptions()), saveCookies, signOut, savedChallenge, signIn()),
};

const removeUser = prepare(post("/delete-user", { password: PASSWORD }));

const newPassword = `${PASSWORD} and a spoon`;

export const afterwards: Cases = {
  "a deleted user": scene(...enrolled, removeUser, ...again, signIn()),
  "a user with another password": scene(
    ...enrolled,
    prepare(post("/change-password", { currentPassword: PASSWORD, newPassword, revokeOtherSessions: true })),
    ...again,
    signIn(),
  ),
  "a user with no session": scene(...enrolled, prepare(post("/revoke-sessions", {})), ...again, signIn()),
  "a user with a second factor": scene(
    ...enrolled,
    ...secondFactor.enrolled.slice(1),
    ...again,
    signIn(),
  ),
  "a user with a second factor, and the session": scene(
    ...enrolled,
    ...secondFactor.enrolled.slice(1),
    ...again,
    prepare(signIn()),
    get("/get-session"),
  ),
  "a password of a user with a passkey": scene(
    ...enrolled,
    otherBrowser,
    post("/sign-in/email", { email: "{email}", password: PASSWORD }),
  ),
  "the accounts of a user with a passkey": scene(...enrolled, get("/list-accounts")),
};
