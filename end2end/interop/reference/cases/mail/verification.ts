// POST /send-verification-email and GET /verify-email, where a new user is signed in at once

import type { Cases } from "../../cases.js";
import {
  anotherUser,
  byBearer,
  call,
  get,
  mailed,
  otherBrowser,
  PASSWORD,
  post,
  prepare,
  scene,
  signedUp,
  truncated,
  verified,
} from "../../scene.js";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const EVIL = { origin: "https://evil.example" };

const send = (body: unknown, headers?: Record<string, string>) => post("/send-verification-email", body, headers);

export const sendVerification: Cases = {
  "an unknown address": scene(send({ email: "{fresh}" })),
  "an unverified address": scene(signedUp, otherBrowser, send({ email: "{email}" })),
  "an unverified address in capitals": scene(signedUp, otherBrowser, send({ email: "{EMAIL}" })),
  "a verified address": scene(verified, otherBrowser, send({ email: "{email}" })),
  "the own address": scene(signedUp, send({ email: "{email}" })),
  "the own address in capitals": scene(signedUp, send({ email: "{EMAIL}" })),
  "the own address, by bearer": scene(signedUp, byBearer("POST", "/send-verification-email", { email: "{email}" })),
  "the own address, verified": scene(verified, send({ email: "{email}" })),
  "the own address, verified, by bearer": scene(
    verified,
    byBearer("POST", "/send-verification-email", { email: "{email}" }),
  ),
  "another user's address": scene(signedUp, anotherUser, send({ email: "{other}" })),
  "an unknown address, signed in": scene(signedUp, send({ email: "{fresh}" })),
  "no address": scene(send({})),
  "no body": scene(send(undefined)),
  "an empty address": scene(send({ email: "" })),
  "an address that is null": scene(send({ email: null })),
  "an address that is a number": scene(send({ email: 1 })),
  "an address that is a list": scene(send({ email: ["{fresh}"] })),
  "text that is no address": scene(send({ email: "bad" })),
  "an address after a space": scene(send({ email: " {fresh}" })),
  "an address with a line break": scene(send({ email: "{fresh}\r\nBcc: eve@evil.example" })),
  "two addresses": scene(send({ email: "{fresh},eve@evil.example" })),
  "an address of 300 characters": scene(send({ email: `${"a".repeat(288)}@example.com` })),
  "a callbackURL": scene(signedUp, send({ email: "{email}", callbackURL: "/verified?x=1" })),
  "a callbackURL on a trusted origin": scene(send({ email: "{fresh}", callbackURL: "https://app.example.com/a" })),
  "an empty callbackURL": scene(send({ email: "{fresh}", callbackURL: "" })),
  "a callbackURL that is a number": scene(send({ email: "{fresh}", callbackURL: 1 })),
  "a callbackURL that is null": scene(send({ email: "{fresh}", callbackURL: null })),
  "an untrusted callbackURL": scene(send({ email: "{fresh}", callbackURL: "https://evil.example" })),
  "a callbackURL with two slashes": scene(send({ email: "{fresh}", callbackURL: "//evil.example" })),
  "a callbackURL with a backslash": scene(send({ email: "{fresh}", callbackURL: "/\\evil.example" })),
  "a script as callbackURL": scene(send({ email: "{fresh}", callbackURL: "javascript:alert(1)" })),
  "a callbackURL with a line break": scene(send({ email: "{fresh}", callbackURL: "/a\r\nBcc: eve@evil.example" })),
  "unknown members": scene(send({ email: "{fresh}", emailVerified: true, userId: "1" })),
  "broken JSON": scene(send("{")),
  "a form": scene(send("email=newcomer%40example.com", FORM)),
  "plain text": scene(send("newcomer@example.com", { "content-type": "text/plain" })),
  "from another origin, signed in": scene(signedUp, send({ email: "{email}" }, EVIL)),
  "by GET": scene(get("/send-verification-email?email={fresh}")),
};

/** A user with a link, in the user's browser. */
const link = [signedUp, mailed("verification link")];

const follow = (query: string) => get(`/verify-email${query}`);

export const verifyEmail: Cases = {
  "no token": scene(follow("")),
  "no token, and a callbackURL": scene(follow("?callbackURL=/verified")),
  "an empty token": scene(follow("?token=")),
  "an unknown token": scene(follow("?token=unknown")),
  "an unknown token and a callbackURL": scene(follow("?token=unknown&callbackURL=/verified")),
  "an unknown token and a callbackURL with a query": scene(follow("?token=unknown&callbackURL=/w%3Fx%3D1")),
  "an unknown token and a callbackURL with a fragment": scene(follow("?token=unknown&callbackURL=/w%23part")),
  "an unknown token and a callbackURL with an error": scene(follow("?token=unknown&callbackURL=/w%3Ferror%3Dold")),
  "an unknown token and a callbackURL on a trusted origin": scene(
    follow("?token=unknown&callbackURL=https%3A%2F%2Fapp.example.com%2Fverified"),
  ),
  "an unknown token and an untrusted callbackURL": scene(follow("?token=unknown&callbackURL=https%3A%2F%2Fevil.example")),
  "an unknown token and a callbackURL with two slashes": scene(follow("?token=unknown&callbackURL=%2F%2Fevil.example")),
  "an unknown token and an empty callbackURL": scene(follow("?token=unknown&callbackURL=")),
  "an unknown token, signed in": scene(signedUp, follow("?token=unknown")),
  "two tokens": scene(follow("?token=one&token=two")),
  "a token of 5000 characters": scene(follow(`?token=${"a".repeat(5000)}`)),
  "a token with a zero byte": scene(follow("?token=a%00b")),
  "a link in the session": scene(...link, follow("?token={secret}")),
  "a link in the session, by bearer": scene(...link, byBearer("GET", "/verify-email?token={secret}")),
  "a link in the session, with a callbackURL": scene(...link, follow("?token={secret}&callbackURL=/verified")),
  "a link in the session, with a callbackURL on a trusted origin": scene(
    ...link,
    follow("?token={secret}&callbackURL=https%3A%2F%2Fapp.example.com%2Fverified%3Fx%3D1"),
  ),
  "a link in the session, with an untrusted callbackURL": scene(
    ...link,
    follow("?token={secret}&callbackURL=https%3A%2F%2Fevil.example"),
    get("/get-session"),
  ),
  "a link, twice": scene(...link, follow("?token={secret}"), follow("?token={secret}")),
  "a link, twice with a callbackURL": scene(
    ...link,
    prepare(follow("?token={secret}")),
    follow("?token={secret}&callbackURL=/verified"),
  ),
  "the session afterwards": scene(...link, prepare(follow("?token={secret}")), get("/get-session")),
  "a link without a session": scene(...link, otherBrowser, follow("?token={secret}")),
  "a link without a session, with a callbackURL": scene(
    ...link,
    otherBrowser,
    follow("?token={secret}&callbackURL=/verified"),
  ),
  "a link in another user's session": scene(...link, anotherUser, follow("?token={secret}")),
  "a link without a session, used before": scene(
    ...link,
    prepare(follow("?token={secret}")),
    otherBrowser,
    follow("?token={secret}"),
  ),
  "an older link": scene(
    ...link,
    prepare(send({ email: "{email}" })),
    mailed("verification link"),
    follow("?token={older}"),
  ),
  "the newest link": scene(
    ...link,
    prepare(send({ email: "{email}" })),
    mailed("verification link"),
    follow("?token={secret}"),
  ),
  "a truncated link": scene(...link, truncated, follow("?token={secret}")),
  "a link with a letter more": scene(...link, follow("?token={secret}A")),
  "a link with a space": scene(...link, follow("?token=%20{secret}")),
  "a link to reset the password": scene(
    signedUp,
    prepare(post("/request-password-reset", { email: "{email}" })),
    mailed("reset link"),
    follow("?token={secret}"),
  ),
  "a link after a reset": scene(
    ...link,
    prepare(post("/request-password-reset", { email: "{email}" })),
    mailed("reset link"),
    prepare(post("/reset-password", { newPassword: `${PASSWORD} 2`, token: "{secret}" })),
    follow("?token={older}"),
  ),
  "a link of a deleted user": scene(...link, prepare(post("/delete-user", {})), follow("?token={secret}")),
  "a link of a deleted user, with a callbackURL": scene(
    ...link,
    prepare(post("/delete-user", {})),
    follow("?token={secret}&callbackURL=/verified"),
  ),
  "by POST": scene(...link, post("/verify-email?token={secret}", {})),
  "by HEAD": scene(...link, call("HEAD", "/verify-email?token={secret}"), get("/get-session")),
};
