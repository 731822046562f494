// POST /two-factor/enable, and the first code

import type { Cases } from "../../cases.js";
import { byBearer, call, get, otherBrowser, PASSWORD, post, prepare, scene, signedInAgain, signedUp } from "../../scene.js";
import { code, codeAt, enable, enrolled, kept, restoreCookies, saveCookies, scanned, signIn, verifyTotp } from "../../second-factor.js";

const EVIL = { origin: "https://evil.example" };

export const enableTotp: Cases = {
  "without a session": scene(enable()),
  "without a session, empty body": scene(post("/two-factor/enable", {})),
  "no body": scene(signedUp, post("/two-factor/enable")),
  "an empty body": scene(signedUp, post("/two-factor/enable", {})),
  "broken JSON": scene(signedUp, post("/two-factor/enable", "{")),
  "a password that is a number": scene(signedUp, enable({ password: 1 })),
  "a password that is null": scene(signedUp, enable({ password: null })),
  "an empty password": scene(signedUp, enable({ password: "" })),
  "a wrong password": scene(signedUp, enable({ password: "wrong" })),
  "the right password": scene(signedUp, enable()),
  "the right password, by bearer": scene(signedUp, byBearer("POST", "/two-factor/enable", { password: PASSWORD })),
  "the right password, by name": scene(signedUp, enable({ method: "totp" })),
  "codes in messages": scene(signedUp, enable({ method: "otp" })),
  "codes in messages, with a wrong password": scene(signedUp, enable({ method: "otp", password: "wrong" })),
  "another method": scene(signedUp, enable({ method: "sms" })),
  "a method that is null": scene(signedUp, enable({ method: null })),
  "an issuer": scene(signedUp, enable({ issuer: "Ada & Co" })),
  "an empty issuer": scene(signedUp, enable({ issuer: "" })),
  "an issuer that is a number": scene(signedUp, enable({ issuer: 1 })),
  "unknown members": scene(signedUp, enable({ userId: "1", verified: true })),
  "from another origin": scene(signedUp, post("/two-factor/enable", { password: PASSWORD }, EVIL)),
  "by GET": scene(signedUp, get("/two-factor/enable")),
  "by PUT": scene(signedUp, call("PUT", "/two-factor/enable", { password: PASSWORD })),
  "the session before the first code": scene(...scanned, get("/get-session")),
  "a sign-in before the first code": scene(...scanned, otherBrowser, signIn()),
  "with a second factor": scene(...enrolled, enable()),
  "with a second factor, and a wrong password": scene(...enrolled, enable({ password: "wrong" })),
};

export const firstCode: Cases = {
  "the right code": scene(...scanned, code, verifyTotp("{secret}")),
  "the right code, by bearer": scene(...scanned, code, byBearer("POST", "/two-factor/verify-totp", { code: "{secret}" })),
  "the session afterwards": scene(...enrolled, get("/get-session")),
  "the old session afterwards": scene(...scanned, saveCookies, code, prepare(verifyTotp("{secret}")), restoreCookies, get("/get-session")),
  "another session afterwards": scene(
    signedUp,
    saveCookies,
    signedInAgain,
    prepare(kept(enable())),
    code,
    prepare(verifyTotp("{secret}")),
    restoreCookies,
    get("/get-session"),
  ),
  "a code before two steps": scene(...scanned, codeAt(-2), verifyTotp("{secret}")),
  "a code in three steps": scene(...scanned, codeAt(3), verifyTotp("{secret}")),
  "a wrong code": scene(...scanned, verifyTotp("abcdef")),
  "a wrong code, then the right one": scene(...scanned, verifyTotp("abcdef"), code, verifyTotp("{secret}")),
  "an empty code": scene(...scanned, verifyTotp("")),
  "a code of five digits": scene(...scanned, verifyTotp("12345")),
  "a code of a thousand digits": scene(...scanned, verifyTotp("1".repeat(1000))),
  "a code that is a number": scene(...scanned, verifyTotp(123456)),
  "a code that is null": scene(...scanned, verifyTotp(null)),
  "no code": scene(...scanned, post("/two-factor/verify-totp", {})),
  "no body": scene(...scanned, post("/two-factor/verify-totp")),
  "a device to trust": scene(...scanned, code, verifyTotp("{secret}", { trustDevice: true })),
  "a device to trust, as text": scene(...scanned, verifyTotp("abcdef", { trustDevice: "yes" })),
  "from another origin": scene(...scanned, post("/two-factor/verify-totp", { code: "abcdef" }, EVIL)),
  "the code of an older QR code": scene(...scanned, code, prepare(kept(enable())), verifyTotp("{secret}")),
  "the code of the newest QR code": scene(...scanned, prepare(kept(enable())), code, verifyTotp("{secret}")),
  "without a QR code": scene(signedUp, verifyTotp("123456")),
  "another code afterwards": scene(...enrolled, code, verifyTotp("{secret}")),
  "a wrong code afterwards": scene(...enrolled, verifyTotp("abcdef")),
  "the same code afterwards": scene(...enrolled, verifyTotp("{secret}")),
};
