// Builders for intended differences, in the line format of the comparison.

import type { Mismatch } from "../compare.js";

/** An intended difference in specific cases. */
export interface Difference extends Mismatch {
  reason: string;
  cases: string[];
}

const SESSION_COOKIE = "cookie session: set; HttpOnly; Max-Age=604800; Path=/; SameSite=Lax";

export const SESSION_COOKIE_CLEARED = "cookie session: cleared; HttpOnly; Max-Age=0; Path=/; SameSite=Lax";

/** An error response. */
export const error = (status: number, code: string, message: string) => [
  `status: ${status}`,
  `body.code: ${code}`,
  `body.message: ${message}`,
];

/** A successful response. */
export const succeeds = ["status: 200"];

interface UserState {
  verified?: boolean;
  twoFactor?: boolean;
}

/** A user in a response. */
export const user = (email: string, { verified = false, twoFactor = false }: UserState = {}) => [
  "body.user.createdAt: <now>",
  `body.user.email: ${email}`,
  `body.user.emailVerified: ${verified}`,
  "body.user.id: <id>",
  "body.user.name: Ada",
  `body.user.twoFactorEnabled: ${twoFactor}`,
  "body.user.updatedAt: <now>",
];

/** A `get-session` response, without the lines that the general rules remove. */
export const session = (email: string, state?: UserState) => [
  "body.session.createdAt: <now>",
  "body.session.expiresAt: <now + 7 d>",
  "body.session.id: <id>",
  "body.session.ipAddress: 203.0.113.7",
  "body.session.updatedAt: <now>",
  "body.session.userAgent: a test",
  "body.session.userId: <id>",
  ...user(email, state),
];

export const setsTokenHeader = "set-auth-jwt: <access token>";

/** The session token as a header and as a cookie. */
export const setsSession = ["set-auth-token: <secret>", SESSION_COOKIE];

/** Better Auth's error for a long password. */
export const tooLong = error(400, "PASSWORD_TOO_LONG", "Password too long");

/** Latchkey's error for a common password. */
export const commonlyUsed = error(400, "PASSWORD_TOO_WEAK", "This is a commonly used password; choose another");

/** Requests that Latchkey refuses and Better Auth accepts. */
export const refuses = (latchkey: string[], cases: string[]): Omit<Difference, "reason"> => ({
  cases,
  reference: succeeds,
  latchkey,
});

/** Lines of one response in a sequence. */
export const step = (number: number, lines: string[]) => lines.map((line) => `${number}. ${line}`);
