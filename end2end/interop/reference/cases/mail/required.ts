// Sign-up and sign-in where a new user needs a verified address first

import type { Cases } from "../../cases.js";
import { get, mailed, otherBrowser, PASSWORD, post, prepare, scene, signedUpUnverified } from "../../scene.js";

const signUp = (changed: Record<string, unknown> = {}) =>
  post("/sign-up/email", { name: "Ada", email: "{fresh}", password: PASSWORD, ...changed });

const signIn = (changed: Record<string, unknown> = {}) =>
  post("/sign-in/email", { email: "{email}", password: PASSWORD, ...changed });

/** A new user, whose message has arrived. */
const unverified = [signedUpUnverified, mailed("verification link")];

/** A user who can sign in. */
const active = [...unverified, prepare(get("/verify-email?token={secret}"))];

export const required: Cases = {
  "sign-up": scene(signUp()),
  "sign-up, and the session": scene(signUp(), get("/get-session")),
  "sign-up with a picture": scene(signUp({ image: "https://example.com/ada.png" })),
  "sign-up without a name": scene(signUp({ name: "" })),
  "sign-up without rememberMe": scene(signUp({ rememberMe: false })),
  "sign-up with a callbackURL": scene(signUp({ callbackURL: "/welcome" })),
  "sign-up with an untrusted callbackURL": scene(signUp({ callbackURL: "https://evil.example" })),
  "sign-up with an address in capitals": scene(signUp({ email: "Newcomer.0@Example.com" })),
  "sign-up with a short password": scene(signUp({ password: "short" })),
  "sign-up with a common password": scene(signUp({ password: "password123" })),
  "sign-up with no address": scene(signUp({ email: "bad" })),
  "sign-up with a taken, unverified address": scene(...unverified, otherBrowser, signUp({ email: "{email}" })),
  "sign-up with a taken, verified address": scene(...active, otherBrowser, signUp({ email: "{email}" })),
  "sign-up with a taken address in capitals": scene(...active, otherBrowser, signUp({ email: "{EMAIL}" })),
  "sign-up with a taken address, and a short password": scene(
    ...active,
    otherBrowser,
    signUp({ email: "{email}", password: "short" }),
  ),
  "sign-in of an unverified user": scene(...unverified, signIn()),
  "sign-in of an unverified user, with the wrong password": scene(...unverified, signIn({ password: "wrong" })),
  "sign-in of an unverified user, with a callbackURL": scene(...unverified, signIn({ callbackURL: "/welcome" })),
  "sign-in of an unverified user sends a link": scene(
    ...unverified,
    signIn(),
    mailed("verification link"),
    get("/verify-email?token={secret}"),
  ),
  "sign-in of an unknown user": scene(signIn({ email: "{fresh}" })),
  "sign-in of a verified user": scene(...active, signIn()),
  "sign-in of a verified user, and the session": scene(...active, prepare(signIn()), get("/get-session")),
  "a link in the browser of the sign-up": scene(...unverified, get("/verify-email?token={secret}")),
  "a link in the browser of the sign-up, with a callbackURL": scene(
    ...unverified,
    get("/verify-email?token={secret}&callbackURL=/verified"),
  ),
  "a link in another browser": scene(...unverified, otherBrowser, get("/verify-email?token={secret}")),
  "a link, twice": scene(...active, get("/verify-email?token={secret}")),
  "a link, requested again": scene(
    ...unverified,
    prepare(post("/send-verification-email", { email: "{email}" })),
    mailed("verification link"),
    get("/verify-email?token={secret}"),
  ),
  "reset of an unverified user": scene(
    ...unverified,
    prepare(post("/request-password-reset", { email: "{email}" })),
    mailed("reset link"),
    post("/reset-password", { newPassword: `${PASSWORD} 2`, token: "{secret}" }),
    signIn({ password: `${PASSWORD} 2` }),
  ),
};
