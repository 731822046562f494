// Where a request comes from, and where it wants to go next.

import { type Cases, get, PASSWORD, post, REGULAR, send } from "../cases.js";

const credentials = { email: REGULAR, password: PASSWORD };

const senders: Record<string, Record<string, string>> = {
  "a program": {},
  "our own origin": { origin: "{origin}" },
  "another origin": { origin: "https://evil.example" },
  "an origin that begins like ours": { origin: "{origin}.evil.example" },
  "a hidden origin": { origin: "null" },
  "an origin that is none": { origin: "garbage" },
  "our own page": { referer: "{origin}/page" },
  "another page": { referer: "https://evil.example/page" },
  "a link elsewhere": { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
  "a link elsewhere that says it is ours": { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", origin: "{origin}" },
  "fetch without an origin": { "sec-fetch-mode": "cors" },
  "our own page, by its own word": { "sec-fetch-site": "same-origin" },
  "our own page that hides its origin": { "sec-fetch-site": "same-origin", origin: "null" },
  "a program with a cookie": { cookie: "a=b" },
  "our own origin with a cookie": { cookie: "a=b", origin: "{origin}" },
  "our own page with a cookie": { cookie: "a=b", referer: "{origin}/page" },
  "another origin with a cookie": { cookie: "a=b", origin: "https://evil.example" },
  "a hidden origin with a cookie": { cookie: "a=b", origin: "null" },
  "our own page that hides its origin with a cookie": { cookie: "a=b", "sec-fetch-site": "same-origin", origin: "null" },
};

const sent = Object.entries(senders).flatMap(([name, headers]) => [
  [`sign-in from ${name}`, post("/sign-in/email", credentials, { headers })] as const,
  [`sign-out from ${name}`, post("/sign-out", {}, { headers })] as const,
]);

export const origins: Cases = {
  ...Object.fromEntries(sent),
  "from another origin, and broken JSON": post("/sign-in/email", "{", { headers: { origin: "https://evil.example" } }),
  "from another origin, and the wrong types": post("/sign-in/email", { email: 1 }, { headers: { origin: "https://evil.example" } }),
  "from another origin, to go elsewhere": post("/sign-in/email", { ...credentials, callbackURL: "//evil.example" }, { headers: { origin: "https://evil.example" } }),
};

const places = [
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

const gone = places.map((callbackURL) => [`sign-in, then ${JSON.stringify(callbackURL)}`, post("/sign-in/email", { ...credentials, callbackURL })] as const);

export const callbacks: Cases = {
  ...Object.fromEntries(gone),
  "sign-in, then nowhere": post("/sign-in/email", { ...credentials, callbackURL: "" }),
  "sign-in, then a number": post("/sign-in/email", { ...credentials, callbackURL: 1 }),
  "in the query of a POST": post("/sign-out?callbackURL=https://evil.example", {}),
  "in the query of a GET": get("/get-session?callbackURL=https://evil.example"),
  "redirectTo elsewhere": post("/request-password-reset", { email: REGULAR, redirectTo: "https://evil.example" }),
  "errorCallbackURL elsewhere": post("/sign-in/social", { provider: "google", errorCallbackURL: "https://evil.example" }),
  "newUserCallbackURL elsewhere": post("/sign-in/social", { provider: "google", newUserCallbackURL: "https://evil.example" }),
};

/** Origins that both servers are told to trust, and others like them. */
const others: Record<string, string> = {
  "a trusted origin": "https://app.example.com",
  "a trusted origin's other scheme": "http://app.example.com",
  "a trusted origin's other port": "https://app.example.com:8443",
  "one of a trusted family": "https://one.preview.example.com",
  "one of a trusted family, deeper": "https://one.two.preview.example.com",
  "the head of a trusted family": "https://preview.example.com",
  "one that ends like a trusted family": "https://evil-preview.example.com",
  "one that begins like a trusted family": "https://one.preview.example.com.evil.example",
};

const trustedOnes = Object.entries(others).flatMap(([name, origin]) => [
  [`sign-in from ${name}`, post("/sign-in/email", credentials, { headers: { origin } })] as const,
  [`verify-password from ${name}`, post("/verify-password", { password: PASSWORD }, { by: "cookie", headers: { origin } })] as const,
]);

const preflight = (origin: string) =>
  send("OPTIONS", "/sign-in/email", undefined, {
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
  });

export const trustedOrigins: Cases = {
  ...Object.fromEntries(trustedOnes),
  "get-session from a trusted origin": get("/get-session", { by: "cookie", headers: { origin: "https://app.example.com" } }),
  "get-session from another origin": get("/get-session", { by: "cookie", headers: { origin: "https://evil.example" } }),
  "a refusal to a trusted origin": post("/sign-in/email", { ...credentials, password: "wrong" }, { headers: { origin: "https://app.example.com" } }),
  "a page of a trusted origin": post("/sign-in/email", credentials, { headers: { referer: "https://app.example.com/page" } }),
  "preflight of a trusted origin": preflight("https://app.example.com"),
  "preflight of another origin": preflight("https://evil.example"),
};
