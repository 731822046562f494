// Missing bodies, invalid JSON and unexpected media types.

import { type Cases, PASSWORD, post } from "../cases.js";

const form = "application/x-www-form-urlencoded";
const credentials = `email=ada%40example.com&password=${PASSWORD.replaceAll(" ", "+")}`;

/** Every endpoint that reads a body. */
const endpoints = [
  "/sign-up/email",
  "/sign-in/email",
  "/sign-out",
  "/revoke-session",
  "/revoke-sessions",
  "/revoke-other-sessions",
  "/change-password",
  "/verify-password",
  "/update-user",
  "/update-session",
  "/delete-user",
];

const kinds: Record<string, unknown> = {
  "no body": undefined,
  "broken JSON": "{",
  "an array": [],
  null: null,
  "a number": "1",
  "a string": '"x"',
};

const wrong = endpoints.flatMap((path) =>
  Object.entries(kinds).map(([kind, body]) => [`${path} with ${kind}`, post(path, body)] as const),
);

const mediaTypes: Record<string, string> = {
  "text/plain": "text/plain",
  "text/plain with parameters": "text/plain; charset=utf-8",
  "TEXT/Plain": "TEXT/Plain",
  "multipart/form-data": "multipart/form-data; boundary=x",
  "application/vnd.api+json": "application/vnd.api+json",
  "application/jsonx": "application/jsonx",
  "Application/JSON with parameters": "Application/JSON; charset=utf-8",
  "no media type": "",
};

const typed = Object.entries(mediaTypes).map(
  ([name, type]) => [`sign-up as ${name}`, post("/sign-up/email", { a: 1 }, { type })] as const,
);

export const bodies: Cases = {
  ...Object.fromEntries([...wrong, ...typed]),
  "a form: sign-in": post("/sign-in/email", credentials, { type: form }),
  "a form: sign-in without rememberMe": post(
    "/sign-in/email",
    `${credentials}&rememberMe=false`,
    { type: form },
  ),
  "a form: sign-up": post(
    "/sign-up/email",
    `name=x&email=form%40example.com&password=${PASSWORD}`,
    { type: form },
  ),
  "a form with a repeated member": post("/sign-up/email", `name=x&name=y&email=twice%40example.com&password=${PASSWORD}`, {
    type: form,
  }),
  "a form at sign-out": post("/sign-out", "a=b", { type: form }),
  "a form at change-password": post("/change-password", "a=b", { type: form }),
  "a media type without a body: sign-up": post("/sign-up/email", undefined, {
    headers: { "content-type": "text/plain" },
  }),
  "a media type without a body: sign-out": post("/sign-out", undefined, { headers: { "content-type": "text/plain" } }),
  "a body at an unknown path": post("/nope", "x", { type: "text/plain" }),
  "text at sign-out": post("/sign-out", "x", { type: "text/plain" }),
};
