// What neither server was set up for: it sends no mail, and knows no provider.

import { type Cases, get, post, REGULAR } from "../cases.js";

export const mail: Cases = {
  "request-password-reset": post("/request-password-reset", { email: REGULAR }),
  "request-password-reset with nothing": post("/request-password-reset", {}),
  "request-password-reset with no e-mail address": post("/request-password-reset", { email: "bad" }),
  "request-password-reset without a body": post("/request-password-reset"),
  "reset-password with nothing": post("/reset-password", {}),
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
  "the page of reset-password without a place to go": get("/reset-password/unknown"),
  "the page of reset-password with a bad place to go": get("/reset-password/unknown?callbackURL=https://evil.example"),
  "send-verification-email": post("/send-verification-email", { email: REGULAR }),
  "send-verification-email by cookie": post("/send-verification-email", { email: REGULAR }, { by: "cookie" }),
  "send-verification-email with nothing": post("/send-verification-email", {}),
  "verify-email with nothing": get("/verify-email"),
  "verify-email with an unknown token": get("/verify-email?token=unknown"),
  "verify-email with an unknown token and a place to go": get("/verify-email?token=unknown&callbackURL=/verified"),
  "verify-email with an unknown token and a bad place to go": get(
    "/verify-email?token=unknown&callbackURL=https://evil.example",
  ),
  "change-email of nobody": post("/change-email", { newEmail: "x@example.com" }),
  "change-email of nobody, with nothing": post("/change-email", {}),
  "change-email": post("/change-email", { newEmail: "x@example.com" }, { by: "cookie" }),
  "change-email to no e-mail address": post("/change-email", { newEmail: "bad" }, { by: "cookie" }),
};

export const social: Cases = {
  "sign-in/social": post("/sign-in/social", { provider: "google" }),
  "sign-in/social with nothing": post("/sign-in/social", {}),
  "sign-in/social with an unknown provider": post("/sign-in/social", { provider: "nobody" }),
  "sign-in/social without a body": post("/sign-in/social"),
  "callback of a provider": get("/callback/google?code=x&state=y"),
  "callback of a provider, with nothing": get("/callback/google"),
  "callback of a provider, by POST": post("/callback/google", {}),
  "link-social of nobody": post("/link-social", { provider: "google" }),
  "link-social": post("/link-social", { provider: "google" }, { by: "cookie" }),
  "link-social with nothing": post("/link-social", {}, { by: "cookie" }),
  "unlink-account of nobody": post("/unlink-account", { accountId: "x" }),
  "unlink-account, unknown": post("/unlink-account", { accountId: "x" }, { by: "cookie" }),
  "unlink-account with nothing": post("/unlink-account", {}, { by: "cookie" }),
  "get-access-token of nobody": post("/get-access-token", { accountId: "x" }),
  "get-access-token, unknown": post("/get-access-token", { accountId: "x" }, { by: "cookie" }),
  "refresh-token of nobody": post("/refresh-token", { accountId: "x" }),
  "refresh-token, unknown": post("/refresh-token", { accountId: "x" }, { by: "cookie" }),
  "account-info of nobody": get("/account-info?accountId=x"),
  "account-info, unknown": get("/account-info?accountId=x", { by: "cookie" }),
};
