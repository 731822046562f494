// Features that are not configured on either server: e-mail and social providers.

import { type Cases, get, post, SHARED_EMAIL } from "../cases.js";

export const mail: Cases = {
  "request-password-reset": post("/request-password-reset", { email: SHARED_EMAIL }),
  "request-password-reset with an empty body": post("/request-password-reset", {}),
  "request-password-reset with no e-mail address": post("/request-password-reset", { email: "bad" }),
  "request-password-reset without a body": post("/request-password-reset"),
  "reset-password with an empty body": post("/reset-password", {}),
  "reset-password without a token": post("/reset-password", { newPassword: "a new password 42" }),
  "reset-password with an unknown token": post("/reset-password", {
    newPassword: "a new password 42",
    token: "unknown",
  }),
  "reset-password with an unknown token in the query": post("/reset-password?token=unknown", {
    newPassword: "a new password 42",
  }),
  "reset-password with a short password": post("/reset-password", { newPassword: "short", token: "unknown" }),
  "the page of reset-password": get("/reset-password/unknown?callbackURL=/reset"),
  "the page of reset-password without a callbackURL": get("/reset-password/unknown"),
  "the page of reset-password with an untrusted callbackURL": get("/reset-password/unknown?callbackURL=https://evil.example"),
  "send-verification-email": post("/send-verification-email", { email: SHARED_EMAIL }),
  "send-verification-email by cookie": post("/send-verification-email", { email: SHARED_EMAIL }, { by: "cookie" }),
  "send-verification-email with an empty body": post("/send-verification-email", {}),
  "verify-email with an empty body": get("/verify-email"),
  "verify-email with an unknown token": get("/verify-email?token=unknown"),
  "verify-email with an unknown token and a callbackURL": get("/verify-email?token=unknown&callbackURL=/verified"),
  "verify-email with an unknown token and an untrusted callbackURL": get(
    "/verify-email?token=unknown&callbackURL=https://evil.example",
  ),
  "change-email without a session": post("/change-email", { newEmail: "x@example.com" }),
  "change-email without a session, empty body": post("/change-email", {}),
  "change-email": post("/change-email", { newEmail: "x@example.com" }, { by: "cookie" }),
  "change-email to no e-mail address": post("/change-email", { newEmail: "bad" }, { by: "cookie" }),
};

export const social: Cases = {
  "sign-in/social": post("/sign-in/social", { provider: "google" }),
  "sign-in/social with an empty body": post("/sign-in/social", {}),
  "sign-in/social with an unknown provider": post("/sign-in/social", { provider: "nobody" }),
  "sign-in/social without a body": post("/sign-in/social"),
  "callback of a provider": get("/callback/google?code=x&state=y"),
  "callback of a provider, with an empty body": get("/callback/google"),
  "callback of a provider, by POST": post("/callback/google", {}),
  "link-social without a session": post("/link-social", { provider: "google" }),
  "link-social": post("/link-social", { provider: "google" }, { by: "cookie" }),
  "link-social with an empty body": post("/link-social", {}, { by: "cookie" }),
  "unlink-account without a session": post("/unlink-account", { accountId: "x" }),
  "unlink-account, unknown": post("/unlink-account", { accountId: "x" }, { by: "cookie" }),
  "unlink-account with an empty body": post("/unlink-account", {}, { by: "cookie" }),
  "get-access-token without a session": post("/get-access-token", { accountId: "x" }),
  "get-access-token, unknown": post("/get-access-token", { accountId: "x" }, { by: "cookie" }),
  "refresh-token without a session": post("/refresh-token", { accountId: "x" }),
  "refresh-token, unknown": post("/refresh-token", { accountId: "x" }, { by: "cookie" }),
  "account-info without a session": get("/account-info?accountId=x"),
  "account-info, unknown": get("/account-info?accountId=x", { by: "cookie" }),
};
