// GET /passkey/list-user-passkeys, POST /passkey/update-passkey and /passkey/delete-passkey

import type { Cases } from "../../cases.js";
import { added, enrolled, list, remove, rename, signIn, signInOptions } from "../../passkeys.js";
import { byBearer, call, get, otherBrowser, post, prepare, scene, signedUp } from "../../scene.js";
import { forged, restoreCookies, saveCookies, signOut } from "../../second-factor.js";

const LIST = "/passkey/list-user-passkeys";
const UPDATE = "/passkey/update-passkey";
const DELETE = "/passkey/delete-passkey";
const EVIL = { origin: "https://evil.example" };

export const listed: Cases = {
  "without a session": scene(list),
  "without passkeys": scene(signedUp, list),
  "a passkey": scene(...enrolled, list),
  "by bearer": scene(...enrolled, byBearer("GET", LIST)),
  "two passkeys": scene(...enrolled, ...added("Phone"), list),
  "another user's passkey": scene(...enrolled, signedUp, list),
  "in a forged session": scene(...enrolled, forged("session"), list),
  "in an ended session": scene(...enrolled, saveCookies, signOut, restoreCookies, list),
  "another user in the query": scene(...enrolled, get(`${LIST}?userId=1`)),
  "from another origin": scene(...enrolled, get(LIST, EVIL)),
  "by POST": scene(...enrolled, post(LIST, {})),
};

const named = (name: unknown) => scene(...enrolled, rename({ id: "{passkey}", name }));

export const renamed: Cases = {
  "without a session": scene(rename({ id: "1", name: "Phone" })),
  "without a session, empty body": scene(rename({})),
  "an empty body": scene(...enrolled, rename({})),
  "no body": scene(...enrolled, post(UPDATE)),
  "broken JSON": scene(...enrolled, rename("{")),
  "a name": named("Phone"),
  "a name, by bearer": scene(...enrolled, byBearer("POST", UPDATE, { id: "{passkey}", name: "Phone" })),
  "a name, and the list": scene(...enrolled, prepare(rename({ id: "{passkey}", name: "Phone" })), list),
  "a name with surrounding spaces": named("  Phone  "),
  "an empty name": named(""),
  "a name of only spaces": named("   "),
  "a name on two lines": named("a\nb"),
  "a name of 64 characters": named("n".repeat(64)),
  "a name of 200 characters": named("n".repeat(200)),
  "a name with other letters": named("Adèle 🔑"),
  "a name that is a number": named(1),
  "a name that is null": named(null),
  "no name": scene(...enrolled, rename({ id: "{passkey}" })),
  "the same name": named("Laptop"),
  "the name of another passkey": scene(...enrolled, ...added("Phone"), rename({ id: "{passkey}", name: "Laptop" })),
  "no id": scene(...enrolled, rename({ name: "Phone" })),
  "an id that is a number": scene(...enrolled, rename({ id: 1, name: "Phone" })),
  "an empty id": scene(...enrolled, rename({ id: "", name: "Phone" })),
  "an unknown id": scene(...enrolled, rename({ id: "unknown", name: "Phone" })),
  "an unknown id, and an empty name": scene(...enrolled, rename({ id: "unknown", name: "" })),
  "another user's passkey": scene(...enrolled, signedUp, rename({ id: "{passkey}", name: "Mine" })),
  "another user's passkey, and an empty name": scene(...enrolled, signedUp, rename({ id: "{passkey}", name: "" })),
  "a removed passkey": scene(...enrolled, prepare(remove({ id: "{passkey}" })), rename({ id: "{passkey}", name: "Phone" })),
  "an unknown member": scene(...enrolled, rename({ id: "{passkey}", name: "Phone", counter: 9 })),
  "from another origin": scene(...enrolled, rename({ id: "{passkey}", name: "Phone" }, EVIL)),
  "without an origin": scene(...enrolled, rename({ id: "{passkey}", name: "Phone" }, { origin: "" })),
  "by GET": scene(...enrolled, get(UPDATE)),
  "by PATCH": scene(...enrolled, call("PATCH", UPDATE, { id: "{passkey}", name: "Phone" })),
};

const removal = remove({ id: "{passkey}" });

export const removed: Cases = {
  "without a session": scene(remove({ id: "1" })),
  "without a session, empty body": scene(remove({})),
  "an empty body": scene(...enrolled, remove({})),
  "no body": scene(...enrolled, post(DELETE)),
  "broken JSON": scene(...enrolled, remove("{")),
  "a passkey": scene(...enrolled, removal),
  "a passkey, by bearer": scene(...enrolled, byBearer("POST", DELETE, { id: "{passkey}" })),
  "a passkey, and the list": scene(...enrolled, prepare(removal), list),
  "a passkey, and the session": scene(...enrolled, prepare(removal), get("/get-session")),
  "a passkey, and a sign-in": scene(...enrolled, prepare(removal), otherBrowser, prepare(signInOptions()), signIn()),
  "a passkey, and the options": scene(...enrolled, prepare(removal), signInOptions()),
  "a passkey twice": scene(...enrolled, removal, removal),
  "one of two": scene(...enrolled, ...added("Phone"), prepare(removal), list),
  "both": scene(...enrolled, ...added("Phone"), removal, remove({ id: "{earlier}" }), list),
  "an id that is a number": scene(...enrolled, remove({ id: 1 })),
  "an empty id": scene(...enrolled, remove({ id: "" })),
  "an unknown id": scene(...enrolled, remove({ id: "unknown" })),
  "an id that is a list": scene(...enrolled, remove({ id: ["{passkey}"] })),
  "another user's passkey": scene(...enrolled, signedUp, removal),
  "another user's passkey, and a sign-in": scene(
    ...enrolled,
    signedUp,
    removal,
    otherBrowser,
    prepare(signInOptions()),
    signIn(),
  ),
  "from another origin": scene(...enrolled, remove({ id: "{passkey}" }, EVIL)),
  "without an origin": scene(...enrolled, remove({ id: "{passkey}" }, { origin: "" })),
  "in the session of the passkey": scene(...enrolled, otherBrowser, prepare(signInOptions()), prepare(signIn()), removal),
  "by GET": scene(...enrolled, get(DELETE)),
  "by DELETE": scene(...enrolled, call("DELETE", DELETE, { id: "{passkey}" })),
};
