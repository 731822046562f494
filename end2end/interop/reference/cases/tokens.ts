// Access tokens, the JWKS, and session tokens as bearer tokens.

import { call, type Cases, get, newUser, post, sharedUser, request, sequence } from "../cases.js";

export const tokens: Cases = {
  "token without a session": get("/token"),
  "token by cookie": get("/token", { by: "cookie" }),
  "token by bearer": get("/token", { by: "bearer" }),
  "token with an ended session": sequence(call("POST", "/sign-out", {}), call("GET", "/token")),
  "the keys": get("/jwks"),
  "the keys, with a cookie": get("/jwks", { by: "cookie" }),
};

/** `get-session` with this `Authorization` header, optionally with a cookie. */
const authorized = (authorization: string, by?: "cookie") =>
  get("/get-session", { ...(by && { by }), headers: { authorization } });

export const bearer: Cases = {
  "in lower case": async (site) =>
    request(site, "GET", "/get-session", undefined, {
      headers: { authorization: `bearer ${(await sharedUser(site)).token}` },
    }),
  "as in the header set-auth-token": async (site) =>
    request(site, "GET", "/get-session", undefined, {
      headers: { authorization: `Bearer ${(await sharedUser(site)).signed}` },
    }),
  "as in the header set-auth-token, percent-encoded": async (site) =>
    request(site, "GET", "/get-session", undefined, {
      headers: { authorization: `Bearer ${encodeURIComponent((await sharedUser(site)).signed)}` },
    }),
  "an invalid token": authorized("Bearer nonsense"),
  "an invalid token with a dot": authorized("Bearer non.sense"),
  "an empty token": authorized("Bearer "),
  "an invalid token and a valid cookie": authorized("Bearer nonsense", "cookie"),
  "another scheme": authorized("Basic eDp5"),
  "another scheme and a valid cookie": authorized("Basic eDp5", "cookie"),
  "an access token": async (site) => {
    const { token } = JSON.parse((await request(site, "GET", "/token", undefined, { by: "cookie" })).body);
    return request(site, "GET", "/get-session", undefined, { headers: { authorization: `Bearer ${token}` } });
  },
  "an invalid token at a protected route": get("/list-accounts", { headers: { authorization: "Bearer nonsense" } }),
  "an invalid token at /token": get("/token", { headers: { authorization: "Bearer nonsense" } }),
  "of one user with the cookie of another": async (site) => {
    const { token } = await newUser(site);
    return request(site, "GET", "/get-session", undefined, {
      by: "cookie",
      headers: { authorization: `Bearer ${token}` },
    });
  },
  "from another origin": post(
    "/revoke-other-sessions",
    {},
    { by: "bearer", as: "new user", headers: { origin: "https://evil.example" } },
  ),
  "of an ended session": sequence(
    call("POST", "/sign-out", {}, "bearer"),
    call("GET", "/get-session", undefined, "bearer"),
    call("GET", "/list-accounts", undefined, "bearer"),
  ),
  "repeated requests with one token": sequence(...[1, 2, 3].map(() => call("GET", "/get-session", undefined, "bearer"))),
};
