// POST /sign-in/magic-link and GET /magic-link/verify

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
  truncated,
  verified,
} from "../../scene.js";

const ask = (changed: Record<string, unknown> = {}, headers?: Record<string, string>) =>
  post("/sign-in/magic-link", { email: "{email}", ...changed }, headers);
const askFor = (email: unknown) => ask({ email });
const follow = (query = "") => get(`/magic-link/verify?token={secret}${query}`);

/** The link of a verified user, in a browser without a session. */
const link = [verified, otherBrowser, prepare(ask({ callbackURL: "/home" })), mailed("sign-in link")];

/** The link of an address without an account. */
const newUser = [
  prepare(ask({ email: "{fresh}", name: "Grace", callbackURL: "/home", newUserCallbackURL: "/welcome" })),
  mailed("sign-in link", "{fresh}"),
];

export const magicLink: Cases = {
  "an unknown address": scene(askFor("{fresh}")),
  "a known address": scene(signedUp, otherBrowser, ask()),
  "a known address in capitals": scene(signedUp, otherBrowser, askFor("{EMAIL}")),
  "no address": scene(post("/sign-in/magic-link", {})),
  "an empty address": scene(askFor("")),
  "an address that is a number": scene(askFor(1)),
  "text that is no address": scene(askFor("bad")),
  "an address with a line break": scene(askFor("{fresh}\r\nBcc: eve@evil.example")),
  "a name that is a number": scene(ask({ email: "{fresh}", name: 1 })),
  "metadata": scene(ask({ email: "{fresh}", metadata: { theme: "dark" } })),
  "metadata that is a text": scene(ask({ email: "{fresh}", metadata: "dark" })),
  "an untrusted callbackURL": scene(ask({ email: "{fresh}", callbackURL: "https://evil.example" })),
  "an untrusted newUserCallbackURL": scene(ask({ email: "{fresh}", newUserCallbackURL: "https://evil.example" })),
  "an untrusted errorCallbackURL": scene(ask({ email: "{fresh}", errorCallbackURL: "//evil.example" })),
  "from another origin": scene(ask({ email: "{fresh}" }, { origin: "https://evil.example" })),
  "from a cross-site link": scene(
    ask({ email: "{fresh}" }, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }),
  ),
  "a form": scene(
    post("/sign-in/magic-link", "email={fresh}", { "content-type": "application/x-www-form-urlencoded" }),
  ),
  "a link": scene(...link, follow("&callbackURL=/home")),
  "a link without a callbackURL": scene(...link, follow()),
  "a link to a trusted origin": scene(...link, follow("&callbackURL=https%3A%2F%2Fapp.example.com%2Fhome")),
  "a link to an untrusted origin": scene(...link, follow("&callbackURL=https%3A%2F%2Fevil.example")),
  "a link, and the session": scene(...link, prepare(follow()), get("/get-session")),
  "a link, twice": scene(...link, prepare(follow()), follow("&callbackURL=/home")),
  "a link, twice with an errorCallbackURL": scene(
    ...link,
    prepare(follow()),
    follow("&callbackURL=/home&errorCallbackURL=/failed%3Fx%3D1"),
  ),
  "a link in another browser": scene(...link, otherBrowser, follow("&callbackURL=/home")),
  "a link, by a program": scene(...link, otherBrowser, follow()),
  "a truncated link": scene(...link, truncated, follow("&callbackURL=/home")),
  "no token": scene(get("/magic-link/verify")),
  "an unknown token": scene(get("/magic-link/verify?token=unknown")),
  "an unknown token, with a callbackURL": scene(get("/magic-link/verify?token=unknown&callbackURL=/home%3Fx%3D1")),
  "a new user": scene(...newUser, follow("&callbackURL=/home&newUserCallbackURL=/welcome")),
  "a new user without a callbackURL": scene(...newUser, follow()),
  "an unverified user": scene(signedUp, otherBrowser, prepare(ask({ callbackURL: "/home" })), mailed("sign-in link"), follow()),
  "the password of an unverified user afterwards": scene(
    signedUp,
    otherBrowser,
    prepare(ask({ callbackURL: "/home" })),
    mailed("sign-in link"),
    prepare(follow()),
    otherBrowser,
    post("/sign-in/email", { email: "{email}", password: PASSWORD }),
  ),
};
