// Registration and renaming of passkeys.

import { type Difference, error, refuses, setsSession, step, succeeds } from "./builders.js";

export const noChallenge = error(400, "CHALLENGE_NOT_FOUND", "Challenge not found");

const notVerified = error(400, "FAILED_TO_VERIFY_REGISTRATION", "Failed to verify registration");
const badName = error(400, "VALIDATION_ERROR", "[body.name] Invalid input: expected a name of 1 to 64 characters on one line");
const exposesToken = "access-control-expose-headers: set-auth-token";

const invalid: Difference[] = [
  {
    reason: "A mistake of the client is not an error of the server",
    cases: [
      "challenge: of newer options",
      ...[
        "another challenge",
        "no challenge",
        "the type of a sign-in",
        "another type",
        "another origin",
        "another port",
        "an origin with a path",
        "an opaque origin",
        "another RP id",
        "without presence",
        "without presence and verification",
        "backed up, but not eligible",
        "an empty answer",
        "no response",
        "a response that is null",
        "an empty response",
        "no id",
        "no raw id",
        "an id that differs from the raw id",
        "another kind of credential",
        "no kind of credential",
        "client data that is not base64",
        "client data that is not JSON",
        "no client data",
        "an attestation that is not base64",
        "an empty attestation",
        "no attestation",
        "a truncated attestation",
        "another format of the attestation",
        "transports that are a text",
      ].map((name) => `invalid: ${name}`),
    ].map((name) => `register, ${name}`),
    reference: ["status: 500"],
    latchkey: ["status: 400"],
  },
  {
    reason: "A mistake of the client is not an error of the server",
    cases: [
      "register, challenge: used by a refused passkey",
      "register, invalid: refused, and the list",
      "register, invalid: refused, with others",
      "sign-in, invalid: a passkey that was never registered",
    ],
    reference: step(1, ["status: 500"]),
    latchkey: step(1, ["status: 400"]),
  },
  ...(["null", "string", "number", "array"] as const).map((type) => ({
    reason: "A mistake of the client is not an error of the server",
    cases: [`register, invalid: an answer that is ${{ null: "null", string: "a text", number: "a number", array: "a list" }[type]}`],
    reference: error(500, "FAILED_TO_VERIFY_REGISTRATION", "Failed to verify registration"),
    latchkey: error(400, "VALIDATION_ERROR", `[body.response] Invalid input: expected record, received ${type}`),
  })),
  {
    reason: "The answer is a JSON object, as at a sign-in",
    cases: ["register: without a session, empty body", "stale: register, empty body", "register, invalid: an empty body"],
    reference: ["body.message: [body.response] Invalid input: expected nonoptional, received undefined"],
    latchkey: ["body.message: [body.response] Invalid input: expected record, received undefined"],
  },
  {
    reason: "The answer is a JSON object, as at a sign-in",
    cases: ["register, challenge: used by a body without a response"],
    reference: step(1, ["body.message: [body.response] Invalid input: expected nonoptional, received undefined"]),
    latchkey: step(1, ["body.message: [body.response] Invalid input: expected record, received undefined"]),
  },
  {
    reason: "A passkey verifies its user",
    ...refuses(notVerified, ["register, invalid: without verification"]),
  },
  {
    reason: "A page in a frame of another site cannot add passkeys",
    ...refuses(notVerified, ["register, invalid: a cross-origin frame"]),
  },
  {
    reason: "The ids of an answer are equal, and encoded without padding",
    ...refuses(notVerified, ["register, invalid: an id with padding", "register, invalid: ids that differ from the attestation"]),
  },
  {
    reason: "An attestation has no bytes at the end",
    ...refuses(notVerified, ["register, invalid: an attestation with bytes at the end"]),
  },
  {
    reason: "ES256, ES384 and RS256, without Ed25519",
    ...refuses(notVerified, ["register: an Ed25519 key"]),
  },
  {
    reason: "Passkeys work on trusted origins of their domain, and on related origins",
    ...refuses(notVerified, ["register: from a trusted origin"]),
  },
  {
    reason: "The client data has the origin, so that a header is not required",
    cases: ["register: with a referrer instead of an origin"],
    reference: notVerified,
    latchkey: succeeds,
  },
  {
    reason: "The client data has the origin, so that a header is not required",
    cases: ["register: by bearer, without the cookie"],
    reference: notVerified.slice(1),
    latchkey: noChallenge.slice(1),
  },
  {
    reason: "A passkey belongs to one account, and is registered once",
    ...refuses(error(400, "PREVIOUSLY_REGISTERED", "Previously registered"), [
      "register, invalid: the same passkey again",
      "register, invalid: another user's passkey",
    ]),
  },
  {
    reason: "A challenge belongs to a session",
    cases: ["register, challenge: of another session"],
    reference: succeeds,
    latchkey: noChallenge,
  },
  {
    reason: "A challenge belongs to a session",
    cases: ["register, challenge: of another user"],
    reference: error(
      401,
      "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY",
      "You are not allowed to register this passkey",
    ),
    latchkey: noChallenge,
  },
  {
    reason: "The transports are those of WebAuthn",
    cases: ["register, invalid: an unknown transport"],
    reference: ["body.transports: smoke-signals"],
    latchkey: ["body.transports: "],
  },
];

const names: Difference[] = [
  {
    reason: "A name has at most 64 characters, on one line",
    ...refuses(
      badName,
      ["register, name", "rename"].flatMap((group) => [`${group}: a name on two lines`, `${group}: a name of 200 characters`]),
    ),
  },
  {
    reason: "A name in the options is the name of the passkey",
    cases: ["register, name: the name of the options"],
    reference: [],
    latchkey: ["body.name: Laptop"],
  },
];

const newSession: Difference[] = [
  {
    reason: "The session continues",
    cases: ["register, session: a new session"],
    reference: [...setsSession, exposesToken],
    latchkey: [],
  },
];

export const registration: Difference[] = [...invalid, ...names, ...newSession];
