// Paths and methods.

import { type Cases, get, send } from "../cases.js";

const found: Cases = {
  "GET /ok": get("/ok"),
  "GET /ok with a query": get("/ok?a=b"),
  "GET /error": get("/error"),
  "GET /get-session": get("/get-session"),
};

const unknownPaths = [
  "GET ",
  "GET /",
  "GET /nope",
  "GET /ok/",
  "GET //ok",
  "GET /OK",
  "GET /%6fk",
  "GET /ok/more",
  "GET /sign-in",
  "GET /sign-in/email/more",
];

const otherMethods = [
  "HEAD /ok",
  "HEAD /get-session",
  "OPTIONS /ok",
  "OPTIONS /sign-in/email",
  "PUT /ok",
  "DELETE /ok",
  "POST /ok",
  "GET /sign-up/email",
  "PUT /sign-up/email",
  "PATCH /update-user",
  "GET /update-user",
  "DELETE /delete-user",
  "GET /sign-out",
  "POST /list-sessions",
  "POST /list-accounts",
  "POST /token",
  "POST /jwks",
  "GET /verify-password",
  "GET /update-session",
  "POST /delete-user/callback",
  "GET /change-password",
  "GET /revoke-sessions",
  "POST /set-password",
  "POST /forget-password",
];

const bare = (line: string): [string, Cases[string]] => {
  const [method = "", path = ""] = line.split(" ");
  return [line, send(method, path)];
};

export const routing: Cases = { ...found, ...Object.fromEntries([...unknownPaths, ...otherMethods].map(bare)) };
