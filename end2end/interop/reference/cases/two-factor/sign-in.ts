// Sign-in with a second factor

import type { Cases } from "../../cases.js";
import { get, otherBrowser, PASSWORD, post, prepare, scene, signedUp } from "../../scene.js";
import {
  challenged,
  code,
  codeAt,
  enable,
  enrolled,
  forged,
  onlyCookie,
  restoreCookies,
  saveCookies,
  signIn,
  signOut,
  times,
  verifyBackupCode,
  verifyTotp,
  wrongTotp,
} from "../../second-factor.js";

export const afterPassword: Cases = {
  "the right password": scene(...enrolled, otherBrowser, signIn()),
  "a wrong password": scene(...enrolled, otherBrowser, signIn({ password: "wrong" })),
  "without rememberMe": scene(...enrolled, otherBrowser, signIn({ rememberMe: false })),
  "a callbackURL": scene(...enrolled, otherBrowser, signIn({ callbackURL: "/home" })),
  "an untrusted callbackURL": scene(...enrolled, otherBrowser, signIn({ callbackURL: "https://evil.example" })),
  "in the own session": scene(...enrolled, signIn()),
  "the session meanwhile": scene(...challenged, get("/get-session")),
  "an access token meanwhile": scene(...challenged, get("/token")),
  "the sessions meanwhile": scene(...challenged, get("/list-sessions")),
  "a change of the name meanwhile": scene(...challenged, post("/update-user", { name: "Eve" })),
  "another QR code meanwhile": scene(...challenged, enable()),
  "the URI meanwhile": scene(...challenged, post("/two-factor/get-totp-uri", { password: PASSWORD })),
  "new backup codes meanwhile": scene(...challenged, post("/two-factor/generate-backup-codes", { password: PASSWORD })),
  "disable meanwhile": scene(...challenged, post("/two-factor/disable", { password: PASSWORD })),
};

export const withTotp: Cases = {
  "without a cookie": scene(verifyTotp("123456")),
  "without a cookie, empty body": scene(post("/two-factor/verify-totp", {})),
  "with a forged cookie": scene(...challenged, forged("two_factor"), code, verifyTotp("{secret}")),
  "the right code": scene(...challenged, code, verifyTotp("{secret}")),
  "the right code, and the session": scene(...challenged, code, prepare(verifyTotp("{secret}")), get("/get-session")),
  "the right code, without rememberMe": scene(
    ...enrolled,
    otherBrowser,
    prepare(signIn({ rememberMe: false })),
    code,
    verifyTotp("{secret}"),
  ),
  "a wrong code": scene(...challenged, wrongTotp),
  "a wrong code, then the right one": scene(...challenged, wrongTotp, code, verifyTotp("{secret}")),
  "a text that no code can be": scene(...challenged, verifyTotp("abcdef")),
  "a code before two steps": scene(...challenged, codeAt(-2), verifyTotp("{secret}")),
  "an empty code": scene(...challenged, verifyTotp("")),
  "a code that is a number": scene(...challenged, verifyTotp(123456)),
  "a code that is a list": scene(...challenged, verifyTotp(["123456"])),
  "a backup code": scene(...challenged, verifyTotp("{backup}")),
  "from another origin": scene(...challenged, post("/two-factor/verify-totp", { code: "abcdef" }, { origin: "https://evil.example" })),
  "five wrong codes, then the right one": scene(...challenged, ...times(5, wrongTotp), code, verifyTotp("{secret}")),
  "six wrong codes": scene(...challenged, ...times(7, wrongTotp)),
  "six wrong codes, then the password again": scene(
    ...challenged,
    ...times(6, wrongTotp),
    prepare(signIn()),
    code,
    verifyTotp("{secret}"),
  ),
  "the code of the set-up": scene(...challenged, verifyTotp("{secret}")),
  "the same code twice": scene(
    ...challenged,
    code,
    prepare(verifyTotp("{secret}")),
    otherBrowser,
    prepare(signIn()),
    verifyTotp("{secret}"),
  ),
  "the same cookie twice": scene(
    ...challenged,
    saveCookies,
    code,
    prepare(verifyTotp("{secret}")),
    restoreCookies,
    code,
    verifyTotp("{secret}"),
  ),
  "two browsers": scene(
    ...challenged,
    saveCookies,
    otherBrowser,
    prepare(signIn()),
    code,
    prepare(verifyTotp("{secret}")),
    restoreCookies,
    code,
    verifyTotp("{secret}"),
  ),
  "the cookie after a change of the password": scene(
    ...enrolled,
    saveCookies,
    otherBrowser,
    prepare(signIn()),
    async (scene) => {
      const pending = scene.jar;
      scene.jar = scene.saved;
      await prepare(post("/change-password", { currentPassword: PASSWORD, newPassword: `${PASSWORD} and a spoon` }))(scene);
      scene.jar = pending;
    },
    code,
    verifyTotp("{secret}"),
  ),
};

const trusted = [...challenged, code, prepare(verifyTotp("{secret}", { trustDevice: true }))];

/** The browser of a user who trusts it, and another user without a session in it. */
const EVE = "{other}";

export const trustedDevices: Cases = {
  "trust a device": scene(...challenged, code, verifyTotp("{secret}", { trustDevice: true })),
  "trust a device, without rememberMe": scene(
    ...enrolled,
    otherBrowser,
    prepare(signIn({ rememberMe: false })),
    code,
    verifyTotp("{secret}", { trustDevice: true }),
  ),
  "trust no device": scene(...challenged, code, verifyTotp("{secret}", { trustDevice: false })),
  "the next sign-in": scene(...trusted, signOut, signIn()),
  "the sign-in after the next": scene(...trusted, signOut, prepare(signIn()), signOut, signIn()),
  "the next sign-in, and the session": scene(...trusted, signOut, prepare(signIn()), get("/get-session")),
  "a wrong password": scene(...trusted, signOut, signIn({ password: "wrong" })),
  "another browser": scene(...trusted, otherBrowser, signIn()),
  "a forged cookie": scene(...trusted, signOut, forged("trust_device"), signIn()),
  "another user": scene(...enrolled, ...trusted, signOut, signIn({ email: EVE })),
  "another user without a second factor": scene(signedUp, ...trusted, signOut, signIn({ email: EVE })),
  "the cookie alone": scene(...trusted, onlyCookie("trust_device"), get("/get-session")),
  "after disable and enable": scene(
    ...trusted,
    saveCookies,
    prepare(post("/two-factor/disable", { password: PASSWORD })),
    ...enrolled.slice(1),
    restoreCookies,
    onlyCookie("trust_device"),
    signIn(),
  ),
  "after a change of the password": scene(
    ...trusted,
    prepare(post("/change-password", { currentPassword: PASSWORD, newPassword: `${PASSWORD} and a spoon` })),
    signOut,
    signIn({ password: `${PASSWORD} and a spoon` }),
  ),
  "with a backup code": scene(...challenged, verifyBackupCode("{backup}", { trustDevice: true })),
};
