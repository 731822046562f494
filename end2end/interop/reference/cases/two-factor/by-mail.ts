// Users with a second factor who sign in, or reset the password, by mail

import type { Cases } from "../../cases.js";
import { get, mailed, otherBrowser, PASSWORD, post, prepare, scene, verified } from "../../scene.js";
import { code, enable, kept, signIn, verifyTotp } from "../../second-factor.js";

const NEW = `${PASSWORD} and a spoon`;

/** A user with a verified address and a second factor, in a browser without a session. */
const away = [verified, prepare(kept(enable())), code, prepare(verifyTotp("{secret}")), otherBrowser];

const link = [...away, prepare(post("/sign-in/magic-link", { email: "{email}", callbackURL: "/home" })), mailed("sign-in link")];
const follow = (query = "") => get(`/magic-link/verify?token={secret}${query}`);

const otp = [...away, prepare(post("/email-otp/send-verification-otp", { email: "{email}", type: "sign-in" })), mailed("code")];
const signInWithOtp = post("/sign-in/email-otp", { email: "{email}", otp: "{secret}" });

const reset = [
  ...away,
  prepare(post("/request-password-reset", { email: "{email}" })),
  mailed("reset link"),
  prepare(post("/reset-password", { newPassword: NEW, token: "{secret}" })),
];

export const byMail: Cases = {
  "a sign-in link": scene(...link, follow("&callbackURL=/home")),
  "a sign-in link for a program": scene(...link, follow()),
  "a sign-in link, and the session": scene(...link, prepare(follow("&callbackURL=/home")), get("/get-session")),
  "a code": scene(...otp, signInWithOtp),
  "a code, and the session": scene(...otp, prepare(signInWithOtp), get("/get-session")),
  "a new password": scene(...reset, signIn({ password: NEW })),
  "a new password, and the session": scene(...reset, get("/get-session")),
  "a new password, and a code of the app": scene(...reset, prepare(signIn({ password: NEW })), code, verifyTotp("{secret}")),
};
