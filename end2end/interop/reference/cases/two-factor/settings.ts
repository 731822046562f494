// POST /two-factor/get-totp-uri, /two-factor/disable, /two-factor/send-otp and /two-factor/verify-otp

import type { Cases } from "../../cases.js";
import { byBearer, get, otherBrowser, PASSWORD, post, prepare, scene, signedUp } from "../../scene.js";
import { challenged, code, enable, enrolled, kept, saveCookies, restoreCookies, scanned, signIn, verifyTotp } from "../../second-factor.js";

const uri = (changed: Record<string, unknown> = {}) => post("/two-factor/get-totp-uri", { password: PASSWORD, ...changed });
const disable = (changed: Record<string, unknown> = {}) => post("/two-factor/disable", { password: PASSWORD, ...changed });

export const totpUri: Cases = {
  "without a session": scene(uri()),
  "without a session, empty body": scene(post("/two-factor/get-totp-uri", {})),
  "an empty body": scene(...enrolled, post("/two-factor/get-totp-uri", {})),
  "a password that is a number": scene(...enrolled, uri({ password: 1 })),
  "a wrong password": scene(...enrolled, uri({ password: "wrong" })),
  "an empty password": scene(...enrolled, uri({ password: "" })),
  "the right password": scene(...enrolled, uri()),
  "the right password, before the first code": scene(...scanned, uri()),
  "a code of the URI": scene(...scanned, prepare(kept(uri())), code, verifyTotp("{secret}")),
  "without a second factor": scene(signedUp, uri()),
  "without a second factor, and a wrong password": scene(signedUp, uri({ password: "wrong" })),
};

export const disableTotp: Cases = {
  "without a session": scene(disable()),
  "without a session, empty body": scene(post("/two-factor/disable", {})),
  "an empty body": scene(...enrolled, post("/two-factor/disable", {})),
  "a password that is null": scene(...enrolled, disable({ password: null })),
  "a wrong password": scene(...enrolled, disable({ password: "wrong" })),
  "an empty password": scene(...enrolled, disable({ password: "" })),
  "the right password": scene(...enrolled, disable()),
  "the session afterwards": scene(...enrolled, prepare(disable()), get("/get-session")),
  "the old session afterwards": scene(...enrolled, saveCookies, prepare(disable()), restoreCookies, get("/get-session")),
  "a sign-in afterwards": scene(...enrolled, prepare(disable()), otherBrowser, signIn()),
  "enable afterwards": scene(...enrolled, prepare(disable()), enable()),
  "the URI afterwards": scene(...enrolled, prepare(disable()), uri()),
  "on a trusted device": scene(...challenged, code, prepare(verifyTotp("{secret}", { trustDevice: true })), disable()),
  "before the first code": scene(...scanned, disable()),
  "without a second factor": scene(signedUp, disable()),
  "without a second factor, by bearer": scene(signedUp, byBearer("POST", "/two-factor/disable", { password: PASSWORD })),
  "from another origin": scene(...enrolled, post("/two-factor/disable", { password: PASSWORD }, { origin: "https://evil.example" })),
};

export const messages: Cases = {
  "send without a session": scene(post("/two-factor/send-otp", {})),
  "send in the session": scene(...enrolled, post("/two-factor/send-otp", {})),
  "send after the password": scene(...challenged, post("/two-factor/send-otp", {})),
  "send, with trustDevice as text": scene(post("/two-factor/send-otp", { trustDevice: "yes" })),
  "send, no body": scene(...challenged, post("/two-factor/send-otp")),
  "verify without a session": scene(post("/two-factor/verify-otp", { code: "123456" })),
  "verify without a session, empty body": scene(post("/two-factor/verify-otp", {})),
  "verify in the session": scene(...enrolled, post("/two-factor/verify-otp", { code: "123456" })),
  "verify after the password": scene(...challenged, post("/two-factor/verify-otp", { code: "123456" })),
  "verify a code of the app after the password": scene(...challenged, code, post("/two-factor/verify-otp", { code: "{secret}" })),
};

export const serverOnly: Cases = {
  "generate a code": scene(...enrolled, post("/two-factor/generate-totp", { secret: "secret" })),
  "view backup codes": scene(...enrolled, post("/two-factor/view-backup-codes", { userId: "1" })),
  "an unknown path": scene(...enrolled, post("/two-factor/status", {})),
};
