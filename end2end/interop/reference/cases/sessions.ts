// Listing and ending sessions.

import { type Cases, get, newcomer, type Person, post, regular, request, signIn, story } from "../cases.js";
import type { Site } from "../sites.js";

/** Who is asked for after sessions were ended. */
const look = (site: Site, as: Person) => request(site, "GET", "/get-session", undefined, { by: "cookie", as });

/** How a stock client names the other session: by the `token` in the list. */
async function otherToken(site: Site, person: Person): Promise<string> {
  const mine = JSON.parse((await look(site, person)).body).session.id;
  const list = JSON.parse((await request(site, "GET", "/list-sessions", undefined, { by: "cookie", as: person })).body);
  return list.find(({ id }: { id: string }) => id !== mine).token;
}

/** Ends sessions as `path` does, on one of two devices, and looks from both. */
function end(path: string, by: "cookie" | "bearer", named?: "this" | "other"): Cases[string] {
  return async (site) => {
    const person = await newcomer(site);
    const elsewhere = await signIn(site, person);
    const token = named && (await otherToken(site, named === "other" ? person : elsewhere));
    const answer = await request(site, "POST", path, token ? { token } : {}, { by, as: person });
    return [answer, await look(site, person), await look(site, elsewhere)];
  };
}

export const sessions: Cases = {
  "list of nobody": get("/list-sessions"),
  "list by cookie": get("/list-sessions", { by: "cookie", as: "newcomer" }),
  "list by bearer": get("/list-sessions", { by: "bearer", as: "newcomer" }),
  "list with a session that ended": story(
    (site, as) => request(site, "POST", "/sign-out", {}, { by: "cookie", as }),
    (site, as) => request(site, "GET", "/list-sessions", undefined, { by: "cookie", as }),
  ),
  "revoke of nobody, nothing named": post("/revoke-session", {}),
  "revoke of nobody": post("/revoke-session", { token: "x" }),
  "revoke with nothing named": post("/revoke-session", {}, { by: "bearer" }),
  "revoke with a number": post("/revoke-session", { token: 1 }, { by: "bearer" }),
  "revoke with an empty token": post("/revoke-session", { token: "" }, { by: "bearer" }),
  "revoke with an unknown token": post("/revoke-session", { token: "unknown" }, { by: "bearer" }),
  "revoke somebody else's": async (site) => {
    const other = await newcomer(site);
    const answer = await request(site, "POST", "/revoke-session", { token: other.token }, { by: "bearer", as: await regular(site) });
    return [answer, await look(site, other)];
  },
  "revoke the other one": end("/revoke-session", "cookie", "other"),
  "revoke this one": end("/revoke-session", "cookie", "this"),
  "revoke this one by bearer": end("/revoke-session", "bearer", "this"),
  "revoke what sign-up called the token": story(
    (site, as) => request(site, "POST", "/revoke-session", { token: as.token }, { by: "cookie", as }),
    look,
  ),
  "revoke all of nobody": post("/revoke-sessions", {}),
  "revoke all": end("/revoke-sessions", "cookie"),
  "revoke all by bearer": end("/revoke-sessions", "bearer"),
  "revoke the others of nobody": post("/revoke-other-sessions", {}),
  "revoke the others": end("/revoke-other-sessions", "cookie"),
  "revoke the others by bearer": end("/revoke-other-sessions", "bearer"),
  "revoke the others, with no body": post("/revoke-other-sessions", undefined, { by: "cookie", as: "newcomer" }),
  "revoke the others, with an array": post("/revoke-other-sessions", [], { by: "cookie", as: "newcomer" }),
};
