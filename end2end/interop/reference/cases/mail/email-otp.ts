// The paths of /email-otp, and POST /sign-in/email-otp

import type { Cases } from "../../cases.js";
import {
  get,
  mailed,
  otherBrowser,
  PASSWORD,
  post,
  prepare,
  scene,
  signedUp,
  type Step,
  verified,
} from "../../scene.js";

const NEW = `${PASSWORD} and a spoon`;

const send = (type: unknown, email: unknown = "{email}") => post("/email-otp/send-verification-otp", { email, type });
const check = (otp: unknown, type: string) => post("/email-otp/check-verification-otp", { email: "{email}", type, otp });
const signIn = (otp: unknown, changed: Record<string, unknown> = {}) =>
  post("/sign-in/email-otp", { email: "{email}", otp, ...changed });
const verify = (otp: unknown) => post("/email-otp/verify-email", { email: "{email}", otp });
const askReset = (email: unknown = "{email}") => post("/email-otp/request-password-reset", { email });
const reset = (otp: unknown, password: unknown = NEW) =>
  post("/email-otp/reset-password", { email: "{email}", otp, password });
const askChange = (newEmail: unknown = "{fresh}") => post("/email-otp/request-email-change", { newEmail });
const change = (otp: unknown, newEmail: unknown = "{fresh}") => post("/email-otp/change-email", { newEmail, otp });

/** A code of this type for a user without a session. */
const code = (type: string, user: Step = verified) => [user, otherBrowser, prepare(send(type)), mailed("code")];

const WRONG = "{wrong}";
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const NAVIGATION = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };

const times = (number: number, step: Step) => Array.from({ length: number }, () => step);

export const sendCode: Cases = {
  "for sign-in, an unknown address": scene(send("sign-in", "{fresh}")),
  "for sign-in, a known address": scene(signedUp, otherBrowser, send("sign-in")),
  "for verification, an unknown address": scene(send("email-verification", "{fresh}")),
  "for verification, a known address": scene(signedUp, otherBrowser, send("email-verification")),
  "for a reset, an unknown address": scene(send("forget-password", "{fresh}")),
  "for a reset, a known address": scene(signedUp, otherBrowser, send("forget-password")),
  "for a change": scene(send("change-email", "{fresh}")),
  "for another type": scene(send("two-factor", "{fresh}")),
  "for no type": scene(send(undefined, "{fresh}")),
  "to no address": scene(post("/email-otp/send-verification-otp", { type: "sign-in" })),
  "to a number": scene(send("sign-in", 1)),
  "to text that is no address": scene(send("sign-in", "bad")),
  "to an address with a line break": scene(send("sign-in", "{fresh}\r\nBcc: eve@evil.example")),
  "from another origin": scene(
    post("/email-otp/send-verification-otp", { email: "{fresh}", type: "sign-in" }, { origin: "https://evil.example" }),
  ),
  "from a cross-site link": scene(
    post("/email-otp/send-verification-otp", { email: "{fresh}", type: "sign-in" }, NAVIGATION),
  ),
  "a form": scene(post("/email-otp/send-verification-otp", "email={fresh}&type=sign-in", FORM)),
};

export const useCode: Cases = {
  "check the right code, twice": scene(...code("sign-in"), check("{secret}", "sign-in"), check("{secret}", "sign-in")),
  "check a wrong code": scene(...code("sign-in"), check(WRONG, "sign-in")),
  "check text that is no code": scene(...code("sign-in"), check("wrong!", "sign-in")),
  "check a code of another type": scene(...code("sign-in"), check("{secret}", "forget-password")),
  "check without a request": scene(signedUp, otherBrowser, check("123456", "sign-in")),
  "sign in": scene(...code("sign-in"), signIn("{secret}")),
  "sign in, and the session": scene(...code("sign-in"), prepare(signIn("{secret}")), get("/get-session")),
  "sign in, twice": scene(...code("sign-in"), prepare(signIn("{secret}")), otherBrowser, signIn("{secret}")),
  "sign in in another browser": scene(...code("sign-in"), otherBrowser, signIn("{secret}")),
  "sign in with a wrong code": scene(...code("sign-in"), signIn(WRONG)),
  "sign in with wrong codes, then the right one": scene(...code("sign-in"), ...times(2, signIn(WRONG)), signIn("{secret}")),
  "sign in with three wrong codes, then the right one": scene(
    ...code("sign-in"),
    ...times(3, signIn(WRONG)),
    signIn("{secret}"),
  ),
  "sign in with too many wrong codes": scene(...code("sign-in"), ...times(6, signIn(WRONG)), signIn("{secret}")),
  "sign in with an empty code": scene(...code("sign-in"), signIn("")),
  "sign in with a number": scene(...code("sign-in"), signIn(123456)),
  "sign in with a code of another type": scene(...code("forget-password"), signIn("{secret}")),
  "sign in with an older code": scene(...code("sign-in"), prepare(send("sign-in")), mailed("code"), signIn("{older}")),
  "sign in without a request": scene(signedUp, otherBrowser, signIn("123456")),
  "sign in from another origin": scene(
    post("/sign-in/email-otp", { email: "{fresh}", otp: "123456" }, { origin: "https://evil.example" }),
  ),
  "sign in with a form": scene(post("/sign-in/email-otp", "email={fresh}&otp=123456", FORM)),
  "sign in without an address": scene(post("/sign-in/email-otp", { otp: "123456" })),
  "sign in as a new user": scene(
    prepare(send("sign-in", "{fresh}")),
    mailed("code", "{fresh}"),
    signIn("{secret}", { email: "{fresh}", name: "Grace" }),
  ),
  "sign in as an unverified user": scene(...code("sign-in", signedUp), signIn("{secret}")),
  "verify the address": scene(...code("email-verification", signedUp), verify("{secret}")),
  "verify the address with a wrong code": scene(...code("email-verification", signedUp), verify(WRONG)),
  "verify the address in the session": scene(
    signedUp,
    prepare(send("email-verification")),
    mailed("code"),
    verify("{secret}"),
    get("/get-session"),
  ),
  "verify no address": scene(post("/email-otp/verify-email", { email: "bad", otp: "123456" })),
};

export const resetWithCode: Cases = {
  "request, an unknown address": scene(askReset("{fresh}")),
  "request, a known address": scene(signedUp, otherBrowser, askReset()),
  "request, by the earlier path": scene(signedUp, otherBrowser, post("/forget-password/email-otp", { email: "{email}" })),
  "request, no address": scene(post("/email-otp/request-password-reset", {})),
  "reset": scene(signedUp, otherBrowser, prepare(askReset()), mailed("code"), reset("{secret}")),
  "reset, and sign in": scene(
    verified,
    otherBrowser,
    prepare(askReset()),
    mailed("code"),
    prepare(reset("{secret}")),
    post("/sign-in/email", { email: "{email}", password: NEW }),
  ),
  "reset with a wrong code": scene(signedUp, otherBrowser, prepare(askReset()), mailed("code"), reset(WRONG)),
  "reset to a short password, then a long one": scene(
    signedUp,
    otherBrowser,
    prepare(askReset()),
    mailed("code"),
    reset("{secret}", "short"),
    reset("{secret}", "x".repeat(129)),
    reset("{secret}"),
  ),
  "reset to a common password": scene(
    signedUp,
    otherBrowser,
    prepare(askReset()),
    mailed("code"),
    reset("{secret}", "password123"),
  ),
  "reset without a request": scene(signedUp, otherBrowser, reset("123456")),
};

/** Latchkey sends no code for a change. */
export const changeWithCode: Cases = {
  "request without a session": scene(askChange()),
  "request, a number": scene(verified, askChange(1)),
  "request, the own address": scene(verified, askChange("{email}")),
  "request, a taken address": scene(signedUp, verified, askChange("{other}")),
  "request, no address": scene(verified, askChange("bad")),
  "request, a new address": scene(verified, askChange()),
  "change without a request": scene(verified, change("123456"), get("/get-session")),
  "change without a code": scene(verified, change(undefined)),
  "change without a session": scene(change("123456")),
};
