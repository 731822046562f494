// What the differences are written with: lines as the comparison makes them.

import type { Only } from "../compare.js";

/** What is meant to differ in some cases. */
export interface Difference extends Only {
  why: string;
  cases: string[];
}

/** The session handed over. */
const SESSION_COOKIE = "cookie session: set; HttpOnly; Max-Age=604800; Path=/; SameSite=Lax";

/** The session taken back. */
export const SESSION_COOKIE_GONE = "cookie session: emptied; HttpOnly; Max-Age=0; Path=/; SameSite=Lax";

/** What an answer with an error says. */
export const error = (status: number, code: string, message: string) => [
  `status: ${status}`,
  `body.code: ${code}`,
  `body.message: ${message}`,
];

/** An answer that went well. */
export const succeeds = ["status: 200"];

/** An answer of `get-session` but for what differs everywhere. */
export const session = (email: string) => [
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

/** An access token beside the session. */
export const withToken = "set-auth-jwt: <access token>";

/** The session handed over, to browsers and to programs. */
export const handsOverSession = ["set-auth-token: <secret>", SESSION_COOKIE];

/** How the reference refuses a long password. */
export const tooLong = error(400, "PASSWORD_TOO_LONG", "Password too long");

/** How Latchkey refuses a common one. */
export const commonlyUsed = error(400, "PASSWORD_TOO_WEAK", "This is a commonly used password; choose another");

/** What Latchkey refuses and the reference takes. */
export const refuses = (latchkey: string[], cases: string[]): Omit<Difference, "why"> => ({
  cases,
  reference: succeeds,
  latchkey,
});

/** Of the answers one after the other, what this one has. */
export const step = (number: number, lines: string[]) => lines.map((line) => `${number}. ${line}`);
