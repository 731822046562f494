// Registration and renaming of passkeys.

import { type Difference, error, refuses, setsSession, step, succeeds } from "./builders.js";

export const noChallenge = error(400, "CHALLENGE_NOT_FOUND", "Challenge not found");

const notVerified = error(400, "FAILED_TO_VERIFY_REGISTRATION", "Failed to verify registration");
const registered = error(400, "PREVIOUSLY_REGISTERED", "Previously registered");

/** A passkey of a list. */
const passkey = (index: number) =>
  [
    "aaguid: 01020304-0506-0708-0102-030405060708",
    "backedUp: false",
    "counter: 0",
    "createdAt: <now>",
    "credentialID: <credential id>",
    "deviceType: singleDevice",
    "id: <id>",
    "publicKey: <public key of 77 bytes: a5010203262001>",
    "transports: internal,hybrid",
    "userId: <id>",
  ].map((member) => `body[${index}].${member}`);

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
        "an answer that is null",
        "an answer that is a text",
        "an answer that is a number",
        "an answer that is a list",
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
    reason: "A passkey is registered once",
    ...refuses(registered, ["register, invalid: the same passkey again"]),
  },
  {
    reason: "A passkey is registered once",
    cases: ["register, invalid: the same passkey again, and the list"],
    reference: [...step(1, succeeds), ...step(2, passkey(1))],
    latchkey: step(1, registered),
  },
  {
    reason: "A passkey belongs to one account",
    ...refuses(registered, ["register, invalid: another user's passkey"]),
  },
  {
    reason: "A passkey belongs to one account",
    cases: ["register, invalid: another user's passkey, and the list"],
    reference: [...step(1, succeeds), ...step(2, passkey(0))],
    latchkey: [...step(1, registered), ...step(2, ["body: []"])],
  },
  {
    reason: "A challenge belongs to a session",
    ...refuses(
      error(401, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY", "You are not allowed to register this passkey"),
      ["register, challenge: of another session"],
    ),
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
    reason: "A name has at most 64 characters; a longer one is shortened, so that the passkey is not lost",
    cases: ["register, name: a name of 200 characters"],
    reference: [`body.name: ${"n".repeat(200)}`],
    latchkey: [`body.name: ${"n".repeat(64)}`],
  },
  {
    reason: "A name is a single line",
    cases: ["register, name: a name on two lines"],
    reference: ["body.name: a\nb"],
    latchkey: ["body.name: a b"],
  },
  {
    reason: "A name is a single line",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Write the name on one line"), ["rename: a name on two lines"]),
  },
  {
    reason: "A name has a maximum length",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Use at most 64 characters"), ["rename: a name of 200 characters"]),
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
    reference: setsSession,
    latchkey: [],
  },
  {
    reason: "The session continues",
    cases: ["register, session: a new session, and the list"],
    reference: [
      "body[1].createdAt: <now>",
      "body[1].expiresAt: <now + 7 d>",
      "body[1].id: <id>",
      "body[1].ipAddress: 203.0.113.7",
      "body[1].updatedAt: <now>",
      "body[1].userAgent: a test",
      "body[1].userId: <id>",
    ],
    latchkey: [],
  },
];

export const registration: Difference[] = [...invalid, ...names, ...newSession];
