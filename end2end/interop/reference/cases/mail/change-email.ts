// POST /change-email, and the link to the new address

import type { Cases } from "../../cases.js";
import {
  anotherUser,
  byBearer,
  get,
  inOtherBrowser,
  mailed,
  otherBrowser,
  PASSWORD,
  post,
  prepare,
  scene,
  signedUp,
  verified,
} from "../../scene.js";

const change = (body: unknown, headers?: Record<string, string>) => post("/change-email", body, headers);
const follow = (query = "") => get(`/verify-email?token={secret}${query}`);

/** A verified user with a link to a new address. */
const link = [verified, prepare(change({ newEmail: "{fresh}" })), mailed("change link", "{fresh}")];

export const changeEmail: Cases = {
  "without a session": scene(change({ newEmail: "{fresh}" })),
  "without a session, empty body": scene(change({})),
  "no address": scene(signedUp, change({})),
  "an empty address": scene(signedUp, change({ newEmail: "" })),
  "an address that is null": scene(signedUp, change({ newEmail: null })),
  "an address that is a number": scene(signedUp, change({ newEmail: 1 })),
  "text that is no address": scene(signedUp, change({ newEmail: "bad" })),
  "an address with a line break": scene(signedUp, change({ newEmail: "{fresh}\r\nBcc: eve@evil.example" })),
  "the own address": scene(verified, change({ newEmail: "{email}" })),
  "the own address in capitals": scene(verified, change({ newEmail: "{EMAIL}" })),
  "a taken address": scene(signedUp, verified, change({ newEmail: "{other}" })),
  "a new address": scene(verified, change({ newEmail: "{fresh}" }), get("/get-session")),
  "a new address, by bearer": scene(verified, byBearer("POST", "/change-email", { newEmail: "{fresh}" })),
  "a new address of an unverified user": scene(signedUp, change({ newEmail: "{fresh}" })),
  "a new address, with a callbackURL": scene(verified, change({ newEmail: "{fresh}", callbackURL: "/changed" })),
  "a new address, with a callbackURL that is a number": scene(verified, change({ newEmail: "{fresh}", callbackURL: 1 })),
  "a new address, with an untrusted callbackURL": scene(
    verified,
    change({ newEmail: "{fresh}", callbackURL: "https://evil.example" }),
  ),
  "from another origin": scene(verified, change({ newEmail: "{fresh}" }, { origin: "https://evil.example" })),
  "a link": scene(...link, follow()),
  "a link, with a callbackURL": scene(...link, follow("&callbackURL=/changed")),
  "a link, with an untrusted callbackURL": scene(...link, follow("&callbackURL=https%3A%2F%2Fevil.example")),
  "a link, and the session": scene(...link, prepare(follow()), get("/get-session")),
  "a link, twice": scene(...link, prepare(follow()), follow()),
  "a link in another user's session": scene(...link, anotherUser, follow()),
  "a link without a session": scene(...link, otherBrowser, follow()),
  "a sign-in with the old address": scene(
    ...link,
    prepare(follow()),
    post("/sign-in/email", { email: "{email}", password: PASSWORD }),
  ),
  "a sign-in with the new address": scene(
    ...link,
    prepare(follow()),
    post("/sign-in/email", { email: "{fresh}", password: PASSWORD }),
  ),
  "an address that is taken before the link is followed": scene(
    ...link,
    inOtherBrowser(prepare(post("/sign-up/email", { name: "Eve", email: "{fresh}", password: PASSWORD }))),
    follow(),
  ),
};
