// Origins of requests, and return addresses.

import { type Cases, get, PASSWORD, post, SHARED_EMAIL, send } from "../cases.js";

const credentials = { email: SHARED_EMAIL, password: PASSWORD };

const senders: Record<string, Record<string, string>> = {
  "a program": {},
  "our own origin": { origin: "{origin}" },
  "another origin": { origin: "https://evil.example" },
  "an origin with our own as a prefix": { origin: "{origin}.evil.example" },
  "an opaque origin": { origin: "null" },
  "a malformed origin": { origin: "garbage" },
  "our own page": { referer: "{origin}/page" },
  "another page": { referer: "https://evil.example/page" },
  "a cross-site link": { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
  "a cross-site link with our own origin": {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    origin: "{origin}",
  },
  "fetch without an origin": { "sec-fetch-mode": "cors" },
  "our own page, by Fetch Metadata": { "sec-fetch-site": "same-origin" },
  "our own page with an opaque origin": { "sec-fetch-site": "same-origin", origin: "null" },
  "a program with a cookie": { cookie: "a=b" },
  "our own origin with a cookie": { cookie: "a=b", origin: "{origin}" },
  "our own page with a cookie": { cookie: "a=b", referer: "{origin}/page" },
  "another origin with a cookie": { cookie: "a=b", origin: "https://evil.example" },
  "an opaque origin with a cookie": { cookie: "a=b", origin: "null" },
  "our own page with an opaque origin and a cookie": {
    cookie: "a=b",
    "sec-fetch-site": "same-origin",
    origin: "null",
  },
};

const sent = Object.entries(senders).flatMap(([name, headers]) => [
  [`sign-in from ${name}`, post("/sign-in/email", credentials, { headers })] as const,
  [`sign-out from ${name}`, post("/sign-out", {}, { headers })] as const,
]);

export const origins: Cases = {
  ...Object.fromEntries(sent),
  "from another origin, and broken JSON": post("/sign-in/email", "{", { headers: { origin: "https://evil.example" } }),
  "from another origin, and the wrong types": post(
    "/sign-in/email",
    { email: 1 },
    { headers: { origin: "https://evil.example" } },
  ),
  "from another origin, with an untrusted callbackURL": post(
    "/sign-in/email",
    { ...credentials, callbackURL: "//evil.example" },
    { headers: { origin: "https://evil.example" } },
  ),
};

const callbackURLs = [
  "/a",
  "/a?b=//c",
  "/a#b",
  "/a//b",
  "/a:b",
  "/.",
  "/@evil.example",
  "/%2f/evil.example",
  "/a%5cb",
  "/\\evil.example",
  "//evil.example",
  "/x y",
  "/é",
  "/a\tb",
  "/a;b=1&c=[d]",
  "/a|b",
  "/*",
  "{origin}",
  "{origin}/x",
  "http://localhost/",
  "https://evil.example",
  "https://app.example.com/welcome",
  "https://app.example.com.evil.example/",
  "javascript:alert(1)",
  "evil",
];

const signInWithCallback = callbackURLs.map(
  (callbackURL) =>
    [`sign-in, then ${JSON.stringify(callbackURL)}`, post("/sign-in/email", { ...credentials, callbackURL })] as const,
);

export const callbacks: Cases = {
  ...Object.fromEntries(signInWithCallback),
  "sign-in, then an empty callbackURL": post("/sign-in/email", { ...credentials, callbackURL: "" }),
  "sign-in, then a number": post("/sign-in/email", { ...credentials, callbackURL: 1 }),
  "in the query of a POST": post("/sign-out?callbackURL=https://evil.example", {}),
  "in the query of a GET": get("/get-session?callbackURL=https://evil.example"),
  "an untrusted redirectTo": post("/request-password-reset", { email: SHARED_EMAIL, redirectTo: "https://evil.example" }),
  "an untrusted errorCallbackURL": post("/sign-in/social", {
    provider: "google",
    errorCallbackURL: "https://evil.example",
  }),
  "an untrusted newUserCallbackURL": post("/sign-in/social", {
    provider: "google",
    newUserCallbackURL: "https://evil.example",
  }),
};

/** Origins that both servers trust, and similar ones. */
const similarOrigins: Record<string, string> = {
  "a trusted origin": "https://app.example.com",
  "a trusted origin's other scheme": "http://app.example.com",
  "a trusted origin's other port": "https://app.example.com:8443",
  "a subdomain of a trusted wildcard": "https://one.preview.example.com",
  "a nested subdomain of a trusted wildcard": "https://one.two.preview.example.com",
  "the base domain of a trusted wildcard": "https://preview.example.com",
  "a suffix match of a trusted wildcard": "https://evil-preview.example.com",
  "a prefix match of a trusted wildcard": "https://one.preview.example.com.evil.example",
};

const requestsFromSimilarOrigins = Object.entries(similarOrigins).flatMap(([name, origin]) => [
  [`sign-in from ${name}`, post("/sign-in/email", credentials, { headers: { origin } })] as const,
  [
    `verify-password from ${name}`,
    post("/verify-password", { password: PASSWORD }, { by: "cookie", headers: { origin } }),
  ] as const,
]);

const preflight = (origin: string) =>
  send("OPTIONS", "/sign-in/email", undefined, {
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
  });

export const trustedOrigins: Cases = {
  ...Object.fromEntries(requestsFromSimilarOrigins),
  "get-session from a trusted origin": get("/get-session", {
    by: "cookie",
    headers: { origin: "https://app.example.com" },
  }),
  "get-session from another origin": get("/get-session", { by: "cookie", headers: { origin: "https://evil.example" } }),
  "a refusal to a trusted origin": post(
    "/sign-in/email",
    { ...credentials, password: "wrong" },
    { headers: { origin: "https://app.example.com" } },
  ),
  "a page of a trusted origin": post("/sign-in/email", credentials, {
    headers: { referer: "https://app.example.com/page" },
  }),
  "preflight of a trusted origin": preflight("https://app.example.com"),
  "preflight of another origin": preflight("https://evil.example"),
};
