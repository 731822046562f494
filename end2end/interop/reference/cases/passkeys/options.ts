// GET /passkey/generate-register-options and /passkey/generate-authenticate-options

import type { Cases } from "../../cases.js";
import {
  added,
  enrolled,
  optionsByBearer,
  REGISTER_OPTIONS,
  registerOptions,
  SIGN_IN_OPTIONS,
  signInOptions,
  signInOptionsByBearer,
} from "../../passkeys.js";
import { byBearer, call, get, otherBrowser, scene, signedUp } from "../../scene.js";
import { forged, signOut, saveCookies, restoreCookies } from "../../second-factor.js";

const EVIL = { origin: "https://evil.example" };

export const forRegistration: Cases = {
  "without a session": scene(registerOptions()),
  "without a session, an invalid query": scene(registerOptions("?authenticatorAttachment=phone")),
  "in a session": scene(signedUp, registerOptions()),
  "by bearer": scene(signedUp, optionsByBearer),
  "in a forged session": scene(signedUp, forged("session"), registerOptions()),
  "in an ended session": scene(signedUp, saveCookies, signOut, restoreCookies, registerOptions()),
  "a second time": scene(signedUp, registerOptions(), registerOptions()),
  "a name": scene(signedUp, registerOptions("?name=Laptop")),
  "an empty name": scene(signedUp, registerOptions("?name=")),
  "a name with spaces": scene(signedUp, registerOptions("?name=%20My%20laptop%20")),
  "a name of only spaces": scene(signedUp, registerOptions("?name=%20%20")),
  "a name on two lines": scene(signedUp, registerOptions("?name=a%0Ab")),
  "a name of 200 characters": scene(signedUp, registerOptions(`?name=${"n".repeat(200)}`)),
  "a name with other letters": scene(signedUp, registerOptions("?name=Ad%C3%A8le%20%F0%9F%94%91")),
  "two names": scene(signedUp, registerOptions("?name=a&name=b")),
  "on this device": scene(signedUp, registerOptions("?authenticatorAttachment=platform")),
  "on another device": scene(signedUp, registerOptions("?authenticatorAttachment=cross-platform")),
  "on an unknown device": scene(signedUp, registerOptions("?authenticatorAttachment=phone")),
  "on no device": scene(signedUp, registerOptions("?authenticatorAttachment=")),
  "a context": scene(signedUp, registerOptions("?context=invitation")),
  "an unknown parameter": scene(signedUp, registerOptions("?userVerification=discouraged")),
  "with a passkey": scene(...enrolled, registerOptions()),
  "with two passkeys": scene(...enrolled, ...added("Phone"), registerOptions()),
  "with another user's passkey": scene(...enrolled, signedUp, registerOptions()),
  "from another origin": scene(signedUp, get(REGISTER_OPTIONS, EVIL)),
  "by POST": scene(signedUp, call("POST", REGISTER_OPTIONS, {})),
  "by HEAD": scene(signedUp, call("HEAD", REGISTER_OPTIONS)),
};

export const forSignIn: Cases = {
  "without a session": scene(signInOptions()),
  "in a session without passkeys": scene(signedUp, signInOptions()),
  "in a session": scene(...enrolled, signInOptions()),
  "in a session with two passkeys": scene(...enrolled, ...added("Phone"), signInOptions()),
  "by bearer": scene(...enrolled, signInOptionsByBearer),
  "in a forged session": scene(...enrolled, forged("session"), signInOptions()),
  "in another user's session": scene(...enrolled, signedUp, signInOptions()),
  "a second time": scene(...enrolled, otherBrowser, signInOptions(), signInOptions()),
  "an unknown parameter": scene(signInOptions("?email={email}&userVerification=discouraged")),
  "from another origin": scene(signedUp, get(SIGN_IN_OPTIONS, EVIL)),
  "by POST": scene(call("POST", SIGN_IN_OPTIONS, {})),
  "an invalid bearer token": scene(get(SIGN_IN_OPTIONS, { authorization: "Bearer unknown" })),
  "by bearer, without passkeys": scene(signedUp, byBearer("GET", SIGN_IN_OPTIONS)),
};
