// POST /passkey/verify-registration

import type { Cases } from "../../cases.js";
import {
  added,
  asked,
  enrolled,
  flipped,
  lengthened,
  list,
  otherKind,
  register,
  REGISTER,
  REGISTER_OPTIONS,
  registerAgain,
  registerOptions,
  response,
  savedChallenge,
  signInOptions,
  truncated,
} from "../../passkeys.js";
import { byBearer, call, get, otherBrowser, post, prepare, scene, signedInAgain, signedUp, type Step } from "../../scene.js";
import { forged, restoreCookies, saveCookies, signOut } from "../../second-factor.js";

const EVIL = "https://evil.example";
const TRUSTED = "https://app.example.com";

const named = (name: unknown): Step => register({}, { body: { name } });

export const registration: Cases = {
  "without a session": scene(register()),
  "without a session, empty body": scene(post(REGISTER, {})),
  "without options": scene(signedUp, register()),
  "a passkey": scene(...asked, register()),
  "a passkey, and the session": scene(...asked, prepare(register()), get("/get-session")),
  "a passkey, and the list": scene(...asked, prepare(register()), list),
  "a second passkey": scene(...enrolled, prepare(registerOptions()), register()),
  "a synced passkey": scene(...asked, register({ backupEligible: true, backedUp: true })),
  "a passkey that can be synced": scene(...asked, register({ backupEligible: true })),
  "an RSA key": scene(...asked, register({ algorithm: "RS256" })),
  "an Ed25519 key": scene(...asked, register({ algorithm: "EdDSA" })),
  "a counter": scene(...asked, register({ counter: 5 })),
  "by bearer, without the cookie": scene(...asked, byBearer("POST", REGISTER, { response: {} })),
  "from another origin": scene(...asked, register({}, { origin: EVIL })),
  "from a trusted origin": scene(...asked, register({}, { origin: TRUSTED })),
  "without an origin": scene(...asked, register({}, { headers: { origin: "" } })),
  "with a referrer instead of an origin": scene(...asked, register({}, { headers: { origin: "", referer: "{origin}/page" } })),
  "by GET": scene(...asked, get(REGISTER)),
  "by PUT": scene(...asked, call("PUT", REGISTER, {})),
};

export const registrationNames: Cases = {
  "a name": scene(...asked, named("My laptop")),
  "a name with surrounding spaces": scene(...asked, named("  My laptop  ")),
  "an empty name": scene(...asked, named("")),
  "a name of only spaces": scene(...asked, named("   ")),
  "a name on two lines": scene(...asked, named("a\nb")),
  "a name of 64 characters": scene(...asked, named("n".repeat(64))),
  "a name of 200 characters": scene(...asked, named("n".repeat(200))),
  "a name with other letters": scene(...asked, named("Adèle 🔑")),
  "a name that is a number": scene(...asked, named(1)),
  "a name that is null": scene(...asked, named(null)),
  "the name of another passkey": scene(...enrolled, prepare(registerOptions()), named("Laptop")),
  "the name of the options": scene(signedUp, prepare(registerOptions("?name=Laptop")), register()),
  "an unknown member": scene(...asked, register({}, { body: { userId: "1", counter: 9 } })),
};

export const newSession: Cases = {
  "a new session": scene(...asked, register({}, { body: { createSession: true } })),
  "a new session, and the list": scene(...asked, prepare(register({}, { body: { createSession: true } })), get("/list-sessions")),
  "the old session afterwards": scene(
    ...asked,
    saveCookies,
    prepare(register({}, { body: { createSession: true } })),
    restoreCookies,
    get("/get-session"),
  ),
  "no new session": scene(...asked, register({}, { body: { createSession: false } })),
  "a new session, as text": scene(...asked, register({}, { body: { createSession: "yes" } })),
  "a new session, null": scene(...asked, register({}, { body: { createSession: null } })),
};

export const registrationChallenge: Cases = {
  "a forged cookie": scene(...asked, forged("passkey"), register()),
  "used": scene(...asked, saveCookies, prepare(register()), restoreCookies, register()),
  "used by a refused passkey": scene(...asked, saveCookies, register({ challenge: "A".repeat(43) }), restoreCookies, register()),
  "used by a body without a response": scene(...asked, post(REGISTER, {}), register()),
  "of older options": scene(...asked, saveCookies, prepare(get(REGISTER_OPTIONS)), restoreCookies, register()),
  "of newer options": scene(...asked, prepare(get(REGISTER_OPTIONS)), register()),
  "of a sign-in": scene(signedUp, prepare(signInOptions()), otherKind, register()),
  "of a sign-in, then its own": scene(signedUp, prepare(signInOptions()), otherKind, register(), prepare(registerOptions()), register()),
  "of another user": scene(...asked, saveCookies, signedUp, savedChallenge, register()),
  "of another session": scene(...asked, saveCookies, signedInAgain, savedChallenge, register()),
  "after sign-out": scene(...asked, saveCookies, signOut, savedChallenge, register()),
  "in an ended session": scene(...asked, saveCookies, signOut, restoreCookies, register()),
  "without a session": scene(...asked, saveCookies, otherBrowser, savedChallenge, register()),
};

/** Answers of authenticators and browsers that do not belong to the options. */
const refused: Record<string, Step> = {
  "another challenge": register({ challenge: "A".repeat(43) }),
  "no challenge": register({ challenge: "" }),
  "the type of a sign-in": register({ type: "webauthn.get" }),
  "another type": register({ type: "payment.get" }),
  "another origin": register({ origin: EVIL }),
  "another port": register({ origin: "http://localhost:1" }),
  "an origin with a path": register({ origin: "http://localhost/" }),
  "an opaque origin": register({ origin: "null" }),
  "a cross-origin frame": register({ crossOrigin: true }),
  "another RP id": register({ rpId: "evil.example" }),
  "without presence": register({ userPresent: false }),
  "without verification": register({ userVerified: false }),
  "without presence and verification": register({ userPresent: false, userVerified: false }),
  "backed up, but not eligible": register({ backedUp: true }),
};

const edited: Record<string, Parameters<typeof register>[1]> = {
  "an answer that is null": { edit: () => null },
  "an answer that is a text": { edit: () => "answer" },
  "an answer that is a number": { edit: () => 1 },
  "an answer that is a list": { edit: () => [] },
  "an empty answer": { edit: () => ({}) },
  "no response": { edit: ({ response: _, ...answer }) => answer },
  "a response that is null": { edit: (answer) => ({ ...answer, response: null }) },
  "an empty response": { edit: (answer) => ({ ...answer, response: {} }) },
  "no id": { edit: ({ id: _, ...answer }) => answer },
  "no raw id": { edit: ({ rawId: _, ...answer }) => answer },
  "an id that differs from the raw id": { edit: (answer) => ({ ...answer, id: "AAAA" }) },
  "an id with padding": { edit: (answer) => ({ ...answer, id: `${answer.id}=`, rawId: `${answer.rawId}=` }) },
  "another kind of credential": { edit: (answer) => ({ ...answer, type: "password" }) },
  "no kind of credential": { edit: ({ type: _, ...answer }) => answer },
  "ids that differ from the attestation": { edit: (answer) => ({ ...answer, id: "AAAA", rawId: "AAAA" }) },
  "client data that is not base64": { edit: response({ clientDataJSON: "{}" }) },
  "client data that is not JSON": { edit: response({ clientDataJSON: "AAAA" }) },
  "no client data": { edit: response({ clientDataJSON: undefined }) },
  "an attestation that is not base64": { edit: response({ attestationObject: "{}" }) },
  "an empty attestation": { edit: response({ attestationObject: "" }) },
  "no attestation": { edit: response({ attestationObject: undefined }) },
  "a truncated attestation": { edit: truncated("attestationObject", 10) },
  "an attestation with bytes at the end": { edit: lengthened("attestationObject") },
  "another format of the attestation": { edit: flipped("attestationObject", 6) },
  "no transports": { edit: response({ transports: undefined }) },
  "empty transports": { edit: response({ transports: [] }) },
  "an unknown transport": { edit: response({ transports: ["smoke-signals"] }) },
  "transports that are a text": { edit: response({ transports: "usb" }) },
  "the results of extensions": { edit: (answer) => ({ ...answer, clientExtensionResults: { credProps: { rk: true } } }) },
  "an unknown attachment": { edit: (answer) => ({ ...answer, authenticatorAttachment: "phone" }) },
  "no attachment": { edit: ({ authenticatorAttachment: _, ...answer }) => answer },
};

export const invalidRegistration: Cases = {
  ...Object.fromEntries(Object.entries(refused).map(([name, step]) => [name, scene(...asked, step)])),
  ...Object.fromEntries(Object.entries(edited).map(([name, sent]) => [name, scene(...asked, register({}, sent))])),
  "an empty body": scene(...asked, post(REGISTER, {})),
  "no body": scene(...asked, post(REGISTER)),
  "broken JSON": scene(...asked, post(REGISTER, "{")),
  "the same passkey again": scene(...enrolled, prepare(registerOptions()), registerAgain()),
  "the same passkey again, and the list": scene(...enrolled, prepare(registerOptions()), registerAgain(), list),
  "another user's passkey": scene(...enrolled, ...asked, registerAgain()),
  "another user's passkey, and the list": scene(...enrolled, ...asked, registerAgain(), list),
  "refused, and the list": scene(...asked, register({ challenge: "A".repeat(43) }), list),
  "refused, with others": scene(...enrolled, ...added("Phone"), prepare(registerOptions()), register({ origin: EVIL }), list),
};
