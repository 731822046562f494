// Lists and revokes sessions.

import { call, type Cases, get, newUser, type Person, post, sharedUser, request, signIn, sequence } from "../cases.js";
import type { Site } from "../sites.js";

const readSession = call("GET", "/get-session");

/** The other session's `token` in the list, with which a stock client names it. */
async function otherToken(site: Site, person: Person): Promise<string> {
  const mine = JSON.parse((await readSession(site, person)).body).session.id;
  const list = JSON.parse((await request(site, "GET", "/list-sessions", undefined, { by: "cookie", as: person })).body);
  return list.find(({ id }: { id: string }) => id !== mine).token;
}

/** Sends the revocation from one of two devices, then reads the session of both. */
function end(path: string, by: "cookie" | "bearer", named?: "this" | "other"): Cases[string] {
  return async (site) => {
    const person = await newUser(site);
    const otherDevice = await signIn(site, person);
    const token = named && (await otherToken(site, named === "other" ? person : otherDevice));
    const answer = await request(site, "POST", path, token ? { token } : {}, { by, as: person });
    return [answer, await readSession(site, person), await readSession(site, otherDevice)];
  };
}

export const sessions: Cases = {
  "list without a session": get("/list-sessions"),
  "list by cookie": get("/list-sessions", { by: "cookie", as: "new user" }),
  "list by bearer": get("/list-sessions", { by: "bearer", as: "new user" }),
  "list with an ended session": sequence(call("POST", "/sign-out", {}), call("GET", "/list-sessions")),
  "revoke without a session, no token": post("/revoke-session", {}),
  "revoke without a session": post("/revoke-session", { token: "x" }),
  "revoke without a token": post("/revoke-session", {}, { by: "bearer" }),
  "revoke with a number": post("/revoke-session", { token: 1 }, { by: "bearer" }),
  "revoke with an empty token": post("/revoke-session", { token: "" }, { by: "bearer" }),
  "revoke with an unknown token": post("/revoke-session", { token: "unknown" }, { by: "bearer" }),
  "revoke another user's": async (site) => {
    const other = await newUser(site);
    const answer = await request(
      site,
      "POST",
      "/revoke-session",
      { token: other.token },
      { by: "bearer", as: await sharedUser(site) },
    );
    return [answer, await readSession(site, other)];
  },
  "revoke the other one": end("/revoke-session", "cookie", "other"),
  "revoke this one": end("/revoke-session", "cookie", "this"),
  "revoke this one by bearer": end("/revoke-session", "bearer", "this"),
  "revoke the token of the sign-up response": sequence(
    (site, as) => request(site, "POST", "/revoke-session", { token: as.token }, { by: "cookie", as }),
    readSession,
  ),
  "revoke all without a session": post("/revoke-sessions", {}),
  "revoke all": end("/revoke-sessions", "cookie"),
  "revoke all by bearer": end("/revoke-sessions", "bearer"),
  "revoke the others without a session": post("/revoke-other-sessions", {}),
  "revoke the others": end("/revoke-other-sessions", "cookie"),
  "revoke the others by bearer": end("/revoke-other-sessions", "bearer"),
  "revoke the others, with no body": post("/revoke-other-sessions", undefined, { by: "cookie", as: "new user" }),
  "revoke the others, with an array": post("/revoke-other-sessions", [], { by: "cookie", as: "new user" }),
};
