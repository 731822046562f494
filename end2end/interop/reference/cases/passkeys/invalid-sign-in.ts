// POST /passkey/verify-authentication with an answer that does not belong to the options, and with counters

import type { Cases } from "../../cases.js";
import {
  added,
  asked,
  challenged,
  enrolled,
  flipped,
  lengthened,
  list,
  register,
  remove,
  response,
  SIGN_IN,
  signIn,
  signInOptions,
  truncated,
} from "../../passkeys.js";
import { otherBrowser, post, prepare, scene, signedUp, type Step } from "../../scene.js";

const EVIL = "https://evil.example";

/** A sign-in in another browser. */
const again: Step[] = [otherBrowser, prepare(signInOptions())];

const refused: Record<string, Step> = {
  "another challenge": signIn({ challenge: "A".repeat(43) }),
  "no challenge": signIn({ challenge: "" }),
  "the type of a registration": signIn({ type: "webauthn.create" }),
  "another type": signIn({ type: "payment.get" }),
  "another origin": signIn({ origin: EVIL }),
  "another port": signIn({ origin: "http://localhost:1" }),
  "an origin with a path": signIn({ origin: "http://localhost/" }),
  "a cross-origin frame": signIn({ crossOrigin: true }),
  "another RP id": signIn({ rpId: "evil.example" }),
  "without presence": signIn({ userPresent: false }),
  "without verification": signIn({ userVerified: false }),
  "without presence and verification": signIn({ userPresent: false, userVerified: false }),
  "backed up, but not eligible": signIn({ backedUp: true }),
  "eligible for a backup since then": signIn({ backupEligible: true }),
  "without a user handle": signIn({ userHandle: null }),
  "an empty user handle": signIn({ userHandle: "" }),
  "another user handle": signIn({ userHandle: Buffer.from("another user").toString("base64url") }),
  "a user handle that is not base64": signIn({ userHandle: "{}" }),
};

const edited: Record<string, Parameters<typeof signIn>[1]> = {
  "an answer that is null": { edit: () => null },
  "an answer that is a text": { edit: () => "answer" },
  "an answer that is a number": { edit: () => 1 },
  "an answer that is a list": { edit: () => [] },
  "an empty answer": { edit: () => ({}) },
  "no response": { edit: ({ response: _, ...answer }) => answer },
  "a response that is null": { edit: (answer) => ({ ...answer, response: null }) },
  "an empty response": { edit: (answer) => ({ ...answer, response: {} }) },
  "no id": { edit: ({ id: _, ...answer }) => answer },
  "an id that is a number": { edit: (answer) => ({ ...answer, id: 1 }) },
  "an id that is a list": { edit: (answer) => ({ ...answer, id: [answer.id] }) },
  "no raw id": { edit: ({ rawId: _, ...answer }) => answer },
  "different ids": { edit: (answer) => ({ ...answer, rawId: "AAAA" }) },
  "an unknown passkey": { edit: (answer) => ({ ...answer, id: "AAAA", rawId: "AAAA" }) },
  "another kind of credential": { edit: (answer) => ({ ...answer, type: "password" }) },
  "no kind of credential": { edit: ({ type: _, ...answer }) => answer },
  "client data that is not base64": { edit: response({ clientDataJSON: "{}" }) },
  "client data that is not JSON": { edit: response({ clientDataJSON: "AAAA" }) },
  "no client data": { edit: response({ clientDataJSON: undefined }) },
  "other client data than signed": { edit: lengthened("clientDataJSON") },
  "no authenticator data": { edit: response({ authenticatorData: undefined }) },
  "empty authenticator data": { edit: response({ authenticatorData: "" }) },
  "truncated authenticator data": { edit: truncated("authenticatorData", 1) },
  "authenticator data with bytes at the end": { edit: lengthened("authenticatorData") },
  "another counter than signed": { edit: flipped("authenticatorData", -1) },
  "other flags than signed": { edit: flipped("authenticatorData", 32) },
  "a wrong signature": { edit: flipped("signature", -1) },
  "a truncated signature": { edit: truncated("signature", 1) },
  "an empty signature": { edit: response({ signature: "" }) },
  "no signature": { edit: response({ signature: undefined }) },
  "a signature that is not base64": { edit: response({ signature: "{}" }) },
  "the results of extensions": { edit: (answer) => ({ ...answer, clientExtensionResults: { appid: true } }) },
  "no attachment": { edit: ({ authenticatorAttachment: _, ...answer }) => answer },
};

export const invalidSignIn: Cases = {
  ...Object.fromEntries(Object.entries(refused).map(([name, step]) => [name, scene(...challenged, step)])),
  ...Object.fromEntries(Object.entries(edited).map(([name, sent]) => [name, scene(...challenged, signIn({}, sent))])),
  "an empty body": scene(...challenged, post(SIGN_IN, {})),
  "no body": scene(...challenged, post(SIGN_IN)),
  "broken JSON": scene(...challenged, post(SIGN_IN, "{")),
  "a passkey that was never registered": scene(...asked, register({ challenge: "A".repeat(43) }), ...again, signIn()),
  "a removed passkey": scene(...enrolled, prepare(remove({ id: "{passkey}" })), ...again, signIn()),
  "the id of another user's passkey": scene(
    ...enrolled,
    signedUp,
    ...added("Phone"),
    ...again,
    stolenId,
  ),
  "the answer of a registration": scene(
    ...enrolled,
    ...again,
    async (scene) => {
      const { options, passkeys, site } = scene;
      const answer = passkeys.create({ challenge: "", ...options, rp: { id: "localhost" } }, site.origin);
      return post(SIGN_IN, { response: answer })(scene);
    },
  ),
};

/** Names the passkey of another user, and signs with the own. */
async function stolenId(scene: Parameters<Step>[0]) {
  const id = scene.passkeys.credentials[0]?.id.toString("base64url");
  return signIn({}, { edit: (answer) => ({ ...answer, id, rawId: id }) })(scene);
}

/** Sign-ins with these counters, after each other. */
const counters = (...values: number[]) =>
  scene(...enrolled, ...values.flatMap((counter) => [...again, signIn({ counter })]));

export const counted: Cases = {
  "a higher counter": counters(5),
  "the same counter twice": counters(5, 5),
  "a lower counter": counters(5, 4),
  "a lower counter, then a higher one": counters(5, 4, 6),
  "zero after a counter": counters(5, 0),
  "always zero": counters(0, 0),
  "the highest counter": counters(2 ** 32 - 1),
  "the counter in the list": scene(...enrolled, ...again, prepare(signIn({ counter: 7 })), list),
  "the refused counter in the list": scene(
    ...enrolled,
    ...again,
    prepare(signIn({ counter: 7 })),
    prepare(signInOptions()),
    signIn({ counter: 3 }),
    list,
  ),
  "a counter from the registration": scene(...asked, prepare(register({ counter: 9 })), ...again, signIn({ counter: 9 })),
};
