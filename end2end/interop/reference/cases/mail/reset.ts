// POST /request-password-reset, GET /reset-password/{token} and POST /reset-password

import type { Cases } from "../../cases.js";
import {
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

const NEW = `${PASSWORD} and a spoon`;
const EVIL = { origin: "https://evil.example" };

const ask = (body: unknown, headers?: Record<string, string>) => post("/request-password-reset", body, headers);

export const requestReset: Cases = {
  "an unknown address": scene(ask({ email: "{fresh}" })),
  "an address": scene(signedUp, otherBrowser, ask({ email: "{email}" })),
  "an address in capitals": scene(signedUp, otherBrowser, ask({ email: "{EMAIL}" })),
  "a verified address": scene(verified, otherBrowser, ask({ email: "{email}" })),
  "the own address": scene(signedUp, ask({ email: "{email}" })),
  "the own address, by bearer": scene(signedUp, byBearer("POST", "/request-password-reset", { email: "{email}" })),
  "an address, twice": scene(signedUp, otherBrowser, ask({ email: "{email}" }), ask({ email: "{email}" })),
  "no address": scene(ask({})),
  "no body": scene(ask(undefined)),
  "an empty address": scene(ask({ email: "" })),
  "an address that is null": scene(ask({ email: null })),
  "an address that is a number": scene(ask({ email: 1 })),
  "an address that is an object": scene(ask({ email: { $ne: "" } })),
  "text that is no address": scene(ask({ email: "bad" })),
  "an address with a line break": scene(ask({ email: "{fresh}\nBcc: eve@evil.example" })),
  "an address of 300 characters": scene(ask({ email: `${"a".repeat(288)}@example.com` })),
  "a redirectTo": scene(signedUp, ask({ email: "{email}", redirectTo: "/reset" })),
  "a redirectTo on a trusted origin": scene(ask({ email: "{fresh}", redirectTo: "https://app.example.com/reset" })),
  "an empty redirectTo": scene(ask({ email: "{fresh}", redirectTo: "" })),
  "a redirectTo that is a number": scene(ask({ email: "{fresh}", redirectTo: 1 })),
  "a redirectTo that is null": scene(ask({ email: "{fresh}", redirectTo: null })),
  "an untrusted redirectTo": scene(ask({ email: "{fresh}", redirectTo: "https://evil.example/reset" })),
  "a redirectTo with two slashes": scene(ask({ email: "{fresh}", redirectTo: "//evil.example" })),
  "a redirectTo with a user": scene(ask({ email: "{fresh}", redirectTo: "https://app.example.com@evil.example/" })),
  "a script as redirectTo": scene(ask({ email: "{fresh}", redirectTo: "javascript:alert(1)" })),
  "unknown members": scene(ask({ email: "{fresh}", token: "mine", callbackURL: "/a" })),
  "broken JSON": scene(ask('{"email":')),
  "from another origin": scene(ask({ email: "{fresh}" }, EVIL)),
  "from another origin, signed in": scene(signedUp, ask({ email: "{email}" }, EVIL)),
  "with a forged host": scene(ask({ email: "{fresh}" }, { "x-forwarded-host": "evil.example" })),
  "by GET": scene(get("/request-password-reset?email={fresh}")),
  "the earlier path": scene(post("/forget-password", { email: "{fresh}" })),
};

/** A user with a link. */
const link = [signedUp, prepare(ask({ email: "{email}", redirectTo: "/reset" })), mailed("reset link")];

/** The same in another browser. */
const away = [...link, otherBrowser];

const follow = (token: string, query: string) => get(`/reset-password/${token}${query}`);

export const followReset: Cases = {
  "a link": scene(...away, follow("{secret}", "?callbackURL=/reset")),
  "a link, twice": scene(
    ...away,
    follow("{secret}", "?callbackURL=/reset"),
    follow("{secret}", "?callbackURL=/reset"),
  ),
  "a link in the session": scene(...link, follow("{secret}", "?callbackURL=/reset")),
  "a link, with a query": scene(...away, follow("{secret}", "?callbackURL=/reset%3Fstep%3D2")),
  "a link, with a token in the query": scene(...away, follow("{secret}", "?callbackURL=/reset%3Ftoken%3Dold")),
  "a link, with a fragment": scene(...away, follow("{secret}", "?callbackURL=/reset%23form")),
  "a link, to a trusted origin": scene(
    ...away,
    follow("{secret}", "?callbackURL=https%3A%2F%2Fapp.example.com%2Freset%3Fstep%3D2"),
  ),
  "a link, to an untrusted origin": scene(...away, follow("{secret}", "?callbackURL=https%3A%2F%2Fevil.example")),
  "a link, with two slashes": scene(...away, follow("{secret}", "?callbackURL=%2F%2Fevil.example")),
  "a link without a callbackURL": scene(...away, follow("{secret}", "")),
  "a link with an empty callbackURL": scene(...away, follow("{secret}", "?callbackURL=")),
  "an unknown token": scene(follow("unknown", "?callbackURL=/reset")),
  "an unknown token, with a query": scene(follow("unknown", "?callbackURL=/reset%3Fstep%3D2")),
  "an unknown token, with an empty callbackURL": scene(follow("unknown", "?callbackURL=")),
  "a truncated link": scene(...away, truncated, follow("{secret}", "?callbackURL=/reset")),
  "a token with a slash": scene(follow("a%2Fb", "?callbackURL=/reset")),
  "a token with a zero byte": scene(follow("a%00b", "?callbackURL=/reset")),
  "a used link": scene(
    ...away,
    prepare(post("/reset-password", { newPassword: NEW, token: "{secret}" })),
    follow("{secret}", "?callbackURL=/reset"),
  ),
  "a link to verify the address": scene(
    signedUp,
    mailed("verification link"),
    follow("{secret}", "?callbackURL=/reset"),
  ),
};

const reset = (body: unknown, headers?: Record<string, string>) => post("/reset-password", body, headers);
const withLink = (newPassword: unknown) => reset({ newPassword, token: "{secret}" });
const signIn = (password: string) => post("/sign-in/email", { email: "{email}", password });

export const resetPassword: Cases = {
  "no body": scene(reset(undefined)),
  "an empty body": scene(reset({})),
  "no token": scene(reset({ newPassword: NEW })),
  "an empty token": scene(reset({ newPassword: NEW, token: "" })),
  "an empty token in the query": scene(post("/reset-password?token=", { newPassword: NEW })),
  "a token that is a number": scene(reset({ newPassword: NEW, token: 1 })),
  "a token that is null": scene(reset({ newPassword: NEW, token: null })),
  "a token that is a list": scene(reset({ newPassword: NEW, token: ["unknown"] })),
  "an unknown token": scene(reset({ newPassword: NEW, token: "unknown" })),
  "an unknown token, and a short password": scene(reset({ newPassword: "short", token: "unknown" })),
  "no token, and a short password": scene(reset({ newPassword: "short" })),
  "a link": scene(...away, withLink(NEW)),
  "a link in the query": scene(...away, post("/reset-password?token={secret}", { newPassword: NEW })),
  "a link in the body, and an unknown token in the query": scene(
    ...away,
    post("/reset-password?token=unknown", { newPassword: NEW, token: "{secret}" }),
  ),
  "an unknown token in the body, and a link in the query": scene(
    ...away,
    post("/reset-password?token={secret}", { newPassword: NEW, token: "unknown" }),
  ),
  "a link, twice": scene(...away, withLink(NEW), withLink(PASSWORD)),
  "a link, and no password": scene(...away, reset({ token: "{secret}" })),
  "a link, and a password that is a number": scene(...away, withLink(1)),
  "a link, and a password that is null": scene(...away, withLink(null)),
  "a link, and an empty password": scene(...away, withLink("")),
  "a link survives a short password": scene(...away, withLink("short"), withLink(NEW)),
  "a link survives a long password": scene(...away, withLink("x".repeat(129)), withLink(NEW)),
  "a link, and a common password": scene(...away, withLink("password123")),
  "a link, and the address as password": scene(...away, withLink("{email}")),
  "a link, and the old password": scene(...away, withLink(PASSWORD)),
  "a link in the session": scene(...link, withLink(NEW)),
  "a link from another origin": scene(...away, reset({ newPassword: NEW, token: "{secret}" }, EVIL)),
  "a link in the session, from another origin": scene(...link, reset({ newPassword: NEW, token: "{secret}" }, EVIL)),
  "a truncated link": scene(...away, truncated, withLink(NEW)),
  "a link with a letter more": scene(...away, reset({ newPassword: NEW, token: "{secret}A" })),
  "a link with a space": scene(...away, reset({ newPassword: NEW, token: " {secret}" })),
  "an older link": scene(
    ...link,
    prepare(ask({ email: "{email}" })),
    mailed("reset link"),
    reset({ newPassword: NEW, token: "{older}" }),
  ),
  "the newest link": scene(...link, prepare(ask({ email: "{email}" })), mailed("reset link"), withLink(NEW)),
  "a link to verify the address": scene(signedUp, mailed("verification link"), withLink(NEW)),
  "a link of a deleted user": scene(...link, prepare(post("/delete-user", {})), withLink(NEW)),
  "the session afterwards": scene(...link, prepare(withLink(NEW)), get("/get-session")),
  "a session of a bearer afterwards": scene(...link, prepare(withLink(NEW)), byBearer("GET", "/get-session")),
  "a sign-in with the new password": scene(...away, prepare(withLink(NEW)), signIn(NEW)),
  "a sign-in with the old password": scene(...away, prepare(withLink(NEW)), signIn(PASSWORD)),
  "a user with a verified address": scene(
    verified,
    prepare(ask({ email: "{email}" })),
    mailed("reset link"),
    otherBrowser,
    prepare(withLink(NEW)),
    signIn(NEW),
  ),
  "broken JSON": scene(reset("{")),
  "unknown members": scene(...away, reset({ newPassword: NEW, token: "{secret}", userId: "1", email: "{fresh}" })),
  "by PUT": scene(call("PUT", "/reset-password", { newPassword: NEW, token: "unknown" })),
};
