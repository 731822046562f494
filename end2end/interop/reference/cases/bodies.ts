// Bodies that are not there, not JSON, or not what they are said to be.

import { type Cases, PASSWORD, post } from "../cases.js";

const form = "application/x-www-form-urlencoded";
const credentials = `email=ada%40example.com&password=${PASSWORD.replaceAll(" ", "+")}`;

/** Every endpoint that reads a body, and how many bodies of the wrong kind it is sent. */
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

const kinds: Record<string, unknown> = { "no body": undefined, "broken JSON": "{", "an array": [], "null": null, "a number": "1", "a text": '"x"' };

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

const typed = Object.entries(mediaTypes).map(([name, type]) => [`sign-up as ${name}`, post("/sign-up/email", { a: 1 }, { type })] as const);

export const bodies: Cases = {
  ...Object.fromEntries([...wrong, ...typed]),
  "a form where forms are taken: sign-in": post("/sign-in/email", credentials, { type: form }),
  "a form where forms are taken: sign-in, not to be remembered": post("/sign-in/email", `${credentials}&rememberMe=false`, { type: form }),
  "a form where forms are taken: sign-up": post("/sign-up/email", `name=x&email=form%40example.com&password=${PASSWORD}`, { type: form }),
  "a form with a member twice": post("/sign-up/email", `name=x&name=y&email=twice%40example.com&password=${PASSWORD}`, { type: form }),
  "a form where none is taken": post("/sign-out", "a=b", { type: form }),
  "a form to change the password": post("/change-password", "a=b", { type: form }),
  "a media type without a body: sign-up": post("/sign-up/email", undefined, { headers: { "content-type": "text/plain" } }),
  "a media type without a body: sign-out": post("/sign-out", undefined, { headers: { "content-type": "text/plain" } }),
  "a body at an address that is none": post("/nope", "x", { type: "text/plain" }),
  "text at sign-out": post("/sign-out", "x", { type: "text/plain" }),
};
