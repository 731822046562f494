// Every difference that is meant. The suite fails on any other, and on one in here that is no longer there.

import type { Only, Rule } from "./compare.js";

/** What is meant to differ in some cases. */
export interface Difference extends Only {
  why: string;
  cases: string[];
}

/** What differs wherever it occurs. */
export const everywhere: Rule[] = [
  {
    why: "Nothing that is answered is to be kept by a cache",
    seen: "routing: GET /ok",
    latchkey: /^cache-control: no-store$/,
  },
  {
    why: "Trusted origins may read what is answered; the reference leaves that to what it is built into",
    seen: "trusted origins: get-session from a trusted origin",
    latchkey: new RegExp(
      "^access-control-(allow-origin: (<origin>|https://app\\.example\\.com|https://one\\.(two\\.)?preview\\.example\\.com)|allow-credentials: true" +
        "|expose-headers: (set-auth-token|set-auth-jwt|x-retry-after|retry-after|www-authenticate|x-request-id))$",
    ),
  },
  {
    why: "So what is answered depends on the origin",
    seen: "trusted origins: get-session from a trusted origin",
    latchkey: /^vary: origin$/,
  },
  {
    why: "A path that is there says which methods it has, even as it answers another with 404",
    seen: "routing: PUT /ok",
    latchkey: /^allow: (get|head|post)$/,
  },
  {
    why: "How long to wait is said in the standard's header too (RFC 9110 §10.2.3)",
    seen: "throttling: too many guesses at a password",
    latchkey: /^retry-after: <seconds>$/,
  },
  {
    why: "A browser holds a short-lived access token too, which /api/users is opened with",
    seen: "sign-up: somebody new",
    latchkey: /^cookie access: (set; HttpOnly(; Max-Age=900)?|emptied; HttpOnly; Max-Age=0); Path=\/; SameSite=Lax(; Secure)?$/,
  },
  {
    why: "Whether to remember a session is kept with the session, and no copy of a session in a cookie",
    seen: "sign-in: not to be remembered",
    reference: /^cookie (dont_remember|session_data): (set; HttpOnly|emptied; HttpOnly; Max-Age=0); Path=\/; SameSite=Lax(; Secure)?$/,
  },
  {
    why: "A picture that is not there is null, as with the reference's SQL adapters; its memory adapter leaves it out",
    seen: "sign-up: somebody new",
    latchkey: /^body\.user\.image: null$/,
  },
  {
    why: "Lists of sessions name them by id, so that whoever reads one can take over none",
    seen: "get-session: by cookie",
    reference: /^body(\.session|\[\d\])\.token: <secret>$/,
    latchkey: /^body(\.session|\[\d\])\.token: <the session's id>$/,
  },
];

const SESSION_COOKIE = "cookie session: set; HttpOnly; Max-Age=604800; Path=/; SameSite=Lax";
const SESSION_COOKIE_GONE = "cookie session: emptied; HttpOnly; Max-Age=0; Path=/; SameSite=Lax";

/** What an answer with an error says. */
const error = (status: number, code: string, message: string) => [`status: ${status}`, `body.code: ${code}`, `body.message: ${message}`];

const succeeds = ["status: 200"];

/** An answer of `get-session` but for what differs everywhere. */
const session = (email: string) => [
  "body.session.createdAt: <now>",
  "body.session.expiresAt: <now + 7 d>",
  "body.session.id: <id>",
  "body.session.ipAddress: 203.0.113.7",
  "body.session.updatedAt: <now>",
  "body.session.userAgent: a test",
  "body.session.userId: <id>",
  "body.user.createdAt: <now>",
  `body.user.email: ${email}`,
  "body.user.emailVerified: false",
  "body.user.id: <id>",
  "body.user.name: Ada",
  "body.user.updatedAt: <now>",
];

const withToken = "set-auth-jwt: <access token>";

const handsOverSession = ["set-auth-token: <secret>", SESSION_COOKIE];

const tooLong = error(400, "PASSWORD_TOO_LONG", "Password too long");
const commonlyUsed = error(400, "PASSWORD_TOO_WEAK", "This is a commonly used password; choose another");

const refuses = (latchkey: string[], cases: string[]): Omit<Difference, "why"> => ({ cases, reference: succeeds, latchkey });

/** Of the answers one after the other, what this one has. */
const step = (number: number, lines: string[]) => lines.map((line) => `${number}. ${line}`);

/** Passwords. */
const passwords: Difference[] = [
  {
    why: "A password that everyone uses is no password (NIST 800-63B-4 §3.1.1.2)",
    ...refuses(commonlyUsed, ["sign-up: a password everyone uses", "change-password: to one that everyone uses"]),
  },
  {
    why: "Nor is one that names its owner",
    ...refuses(error(400, "PASSWORD_TOO_WEAK", "Do not use your e-mail address, your name or “latchkey” in the password"), [
      "sign-up: a password that is the address",
    ]),
  },
  {
    why: "Lengths count characters and not UTF-16 units (NIST 800-63B-4 §3.1.1.2)",
    cases: ["sign-up: a password that is long in UTF-16 alone"],
    reference: tooLong,
    latchkey: succeeds,
  },
  {
    why: "A password too long to be anybody's is a wrong one like any other",
    cases: ["sign-in: with a password too long to be anybody's", "sign-in: as nobody, with a password too long to be anybody's"],
    reference: tooLong,
    latchkey: error(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"),
  },
  {
    why: "A password too long to be anybody's is a wrong one like any other",
    cases: [
      "change-password: with a current one too long to be anybody's",
      "verify-password: with one too long to be anybody's",
      "delete-user: with a password too long to be anybody's",
    ],
    reference: tooLong.slice(1),
    latchkey: error(400, "INVALID_PASSWORD", "Invalid password").slice(1),
  },
  {
    why: "What is wrong with a new password is for its owner to read, so the current one is judged first",
    cases: ["change-password: with the wrong current one, and a short new one"],
    reference: error(400, "PASSWORD_TOO_SHORT", "Password too short").slice(1),
    latchkey: error(400, "INVALID_PASSWORD", "Invalid password").slice(1),
  },
  {
    why: "A change of the password ends the other sessions, asked for or not (ASVS 7.4.3)",
    cases: ["change-password: what becomes of the other sessions"],
    reference: [withToken, ...session("newcomer@example.com")],
    latchkey: [SESSION_COOKIE_GONE, "body: null"],
  },
];

/** Names, addresses and pictures. */
const members: Difference[] = [
  {
    why: "E-mail addresses may hold other letters than English ones (RFC 6531)",
    cases: ["sign-up: an address of another script"],
    reference: error(400, "VALIDATION_ERROR", "[body.email] Invalid email address"),
    latchkey: succeeds,
  },
  {
    why: "No e-mail address is as long (RFC 5321 §4.5.3.1)",
    cases: ["sign-in: with an address of 300 characters"],
    reference: error(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"),
    latchkey: error(400, "INVALID_EMAIL", "Invalid email"),
  },
  {
    why: "A name is a text, as the client's types have it",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Invalid input: expected string, received number"), ["update-user: a name that is a number"]),
  },
  {
    why: "A name is a text, as the client's types have it",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Invalid input: expected string, received null"), ["update-user: a name that is null"]),
  },
  {
    why: "A name is shown on one line",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Use letters, digits, spaces and punctuation only"), ["update-user: a name on two lines"]),
  },
  {
    why: "A name has a bearable length",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.name] Use at most 100 characters"), ["update-user: a name of 101 characters"]),
  },
  {
    why: "A picture's address is a text, as the client's types have it",
    ...refuses(error(400, "VALIDATION_ERROR", "[body.image] Invalid input: expected string, received number"), ["update-user: a picture that is a number"]),
  },
  {
    why: "A media type is the one it is, not the one it begins with",
    cases: ["bodies: sign-up as application/jsonx"],
    reference: error(
      400,
      "VALIDATION_ERROR",
      ["name", "email", "password"].map((name) => `[body.${name}] Invalid input: expected string, received undefined`).join("; "),
    ),
    latchkey: error(
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      'Content-Type "application/jsonx" is not allowed. Allowed types: application/x-www-form-urlencoded, application/json',
    ),
  },
];

/** Pages. */
const pages: Difference[] = [
  {
    why: "A page says in which encoding it is, and can be compressed",
    cases: ["routing: GET /error"],
    reference: ["content-type: text/html"],
    latchkey: ["content-type: text/html; charset=utf-8", "vary: accept-encoding"],
  },
];

/** Sessions, and what shows them. */
const sessions: Difference[] = [
  {
    why: "A session's secret is not sent again when nothing about it changed",
    cases: [
      "a name",
      "an empty name",
      "a name in spaces",
      "a picture",
      "a picture that is null",
      "that the address is verified, and a name",
      "what nobody knows, and a name",
      "an id and a name",
    ].map((name) => `update-user: ${name}`),
    reference: [...handsOverSession, "access-control-expose-headers: set-auth-token"],
    latchkey: [],
  },
  {
    why: "A session's secret is not sent again when nothing about it changed",
    cases: ["update-user: a name, by cookie"],
    reference: handsOverSession,
    latchkey: [],
  },
  {
    why: "A session's secret is not sent again when nothing about it changed",
    cases: ["update-user: what is seen of it"],
    reference: step(1, handsOverSession),
    latchkey: [],
  },
  {
    why: "A browser forgets the session that was just ended",
    cases: ["this one", "this one by bearer", "what sign-up called the token", "all", "all by bearer"].map((name) => `sessions: revoke ${name}`),
    reference: [],
    latchkey: step(1, [SESSION_COOKIE_GONE]),
  },
  {
    why: "A browser forgets a cookie that opens nothing",
    cases: ["get-session: with a cookie that is nonsense"],
    reference: [],
    latchkey: [SESSION_COOKIE_GONE],
  },
  {
    why: "A bad bearer says nothing about the cookie, and does not sign the browser out",
    cases: ["bearer: nonsense", "bearer: nonsense, and a good cookie", "bearer: nonsense at /token", "bearer: nonsense where a session is needed"],
    reference: [SESSION_COOKIE_GONE],
    latchkey: [],
  },
  {
    why: "A bad bearer says nothing about the cookie, and does not sign the browser out",
    cases: ["sign-out: the session is gone"],
    reference: step(3, [SESSION_COOKIE_GONE]),
    latchkey: [],
  },
  {
    why: "A bad bearer says nothing about the cookie, and does not sign the browser out",
    cases: ["bearer: of a session that ended"],
    reference: [...step(2, [SESSION_COOKIE_GONE]), ...step(3, [SESSION_COOKIE_GONE])],
    latchkey: [],
  },
  {
    why: "Where there is an Authorization header, it decides",
    cases: ["bearer: another scheme, and a good cookie"],
    reference: [withToken, ...session("ada@example.com")],
    latchkey: ["body: null"],
  },
];

/** Attempts that come too fast. */
const throttling: Difference[] = [
  {
    why: "JSON is said to be JSON",
    cases: ["throttling: too many guesses at a password", "throttling: too many guesses at nobody's password"],
    reference: ["content-type: text/plain;charset=UTF-8"],
    latchkey: ["content-type: application/json"],
  },
];

/** Access tokens. */
const tokens: Difference[] = [
  {
    why: "An access token says who and in which session, and nothing personal; it says what it is (RFC 9068)",
    cases: ["tokens: token by cookie", "tokens: token by bearer"],
    reference: [
      "body.token claims.createdAt: <now>",
      "body.token claims.email: ada@example.com",
      "body.token claims.emailVerified: false",
      "body.token claims.id: <id>",
      "body.token claims.name: Ada",
      "body.token claims.updatedAt: <now>",
    ],
    latchkey: [
      "body.token header.typ: at+jwt",
      "body.token claims.jti: <token id>",
      "body.token claims.nbf: iat + 0",
      "body.token claims.sid: <id>",
      "body.token claims.user_id: <id>",
    ],
  },
];

/** The keys to check them with. */
const keys: Difference[] = [
  {
    why: "Keys say what they are and what they are for (RFC 7517 §4.2, §8.5.2), anybody may read them, and they may be kept for a while",
    cases: ["tokens: the keys", "tokens: the keys, with a cookie"],
    reference: ["content-type: application/json"],
    latchkey: [
      "content-type: application/jwk-set+json",
      "access-control-allow-origin: *",
      "cache-control: public, max-age=300",
      "body.keys[0].use: sig",
    ],
  },
];

/** Where requests come from, and where they want to go. */
const origins: Difference[] = [
  {
    why: "Where a request comes from is judged before what is in it",
    cases: ["origins: from another origin, and the wrong types"],
    reference: error(
      400,
      "VALIDATION_ERROR",
      "[body.email] Invalid input: expected string, received number; [body.password] Invalid input: expected string, received undefined",
    ),
    latchkey: error(403, "INVALID_ORIGIN", "Invalid origin"),
  },
  {
    why: "Where a request comes from is judged before what is in it",
    cases: ["origins: from another origin, to go elsewhere"],
    reference: error(403, "INVALID_CALLBACK_URL", "Invalid callbackURL").slice(1),
    latchkey: error(403, "INVALID_ORIGIN", "Invalid origin").slice(1),
  },
  {
    why: "A path with an empty segment can turn into another host on its way through a proxy",
    ...refuses(error(403, "INVALID_CALLBACK_URL", "Invalid callbackURL"), ['callbacks: sign-in, then "/a//b"']),
  },
  {
    why: "A path is written as browsers send it, percent-encoded",
    ...refuses(error(403, "INVALID_CALLBACK_URL", "Invalid callbackURL"), ['callbacks: sign-in, then "/x y"', 'callbacks: sign-in, then "/é"']),
  },
  {
    why: "Trusted origins are told what they may send; the reference leaves that to what it is built into",
    cases: ["trusted origins: preflight of a trusted origin"],
    reference: ["status: 404"],
    latchkey: ["status: 204"],
  },
];

/** What differs in single cases. */
export const inSomeCases: Difference[] = [...passwords, ...members, ...pages, ...sessions, ...throttling, ...tokens, ...keys, ...origins];
