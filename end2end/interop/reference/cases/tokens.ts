// Access tokens, the keys to check them with, and sessions as bearers.

import { type Cases, get, newcomer, post, regular, request, story } from "../cases.js";

export const tokens: Cases = {
  "token of nobody": get("/token"),
  "token by cookie": get("/token", { by: "cookie" }),
  "token by bearer": get("/token", { by: "bearer" }),
  "token with a session that ended": story(
    (site, as) => request(site, "POST", "/sign-out", {}, { by: "cookie", as }),
    (site, as) => request(site, "GET", "/token", undefined, { by: "cookie", as }),
  ),
  "the keys": get("/jwks"),
  "the keys, with a cookie": get("/jwks", { by: "cookie" }),
};

/** With this as `Authorization`, and perhaps a cookie too. */
const authorized = (authorization: string, by?: "cookie") => get("/get-session", { ...(by && { by }), headers: { authorization } });

export const bearer: Cases = {
  "in lower case": async (site) => request(site, "GET", "/get-session", undefined, { headers: { authorization: `bearer ${(await regular(site)).token}` } }),
  "as the header set-auth-token had it": async (site) =>
    request(site, "GET", "/get-session", undefined, { headers: { authorization: `Bearer ${(await regular(site)).signed}` } }),
  "as the header set-auth-token had it, percent-encoded": async (site) =>
    request(site, "GET", "/get-session", undefined, { headers: { authorization: `Bearer ${encodeURIComponent((await regular(site)).signed)}` } }),
  "nonsense": authorized("Bearer nonsense"),
  "nonsense with a dot": authorized("Bearer non.sense"),
  "nothing": authorized("Bearer "),
  "nonsense, and a good cookie": authorized("Bearer nonsense", "cookie"),
  "another scheme": authorized("Basic eDp5"),
  "another scheme, and a good cookie": authorized("Basic eDp5", "cookie"),
  "an access token": async (site) => {
    const { token } = JSON.parse((await request(site, "GET", "/token", undefined, { by: "cookie" })).body);
    return request(site, "GET", "/get-session", undefined, { headers: { authorization: `Bearer ${token}` } });
  },
  "nonsense where a session is needed": get("/list-accounts", { headers: { authorization: "Bearer nonsense" } }),
  "nonsense at /token": get("/token", { headers: { authorization: "Bearer nonsense" } }),
  "of one, and the cookie of another": async (site) => {
    const { token } = await newcomer(site);
    return request(site, "GET", "/get-session", undefined, { by: "cookie", headers: { authorization: `Bearer ${token}` } });
  },
  "from another origin": post("/revoke-other-sessions", {}, { by: "bearer", as: "newcomer", headers: { origin: "https://evil.example" } }),
  "of a session that ended": story(
    (site, as) => request(site, "POST", "/sign-out", {}, { by: "bearer", as }),
    (site, as) => request(site, "GET", "/get-session", undefined, { by: "bearer", as }),
    (site, as) => request(site, "GET", "/list-accounts", undefined, { by: "bearer", as }),
  ),
  "the same one, again and again": story(
    ...[1, 2, 3].map(() => (site: Parameters<Cases[string]>[0], as: Awaited<ReturnType<typeof newcomer>>) => request(site, "GET", "/get-session", undefined, { by: "bearer", as })),
  ),
};
