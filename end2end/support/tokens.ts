// Reads Latchkey's cookies and access tokens from a browser context.

import { expect, type BrowserContext, type Cookie } from "@playwright/test";

/** A decoded access token. */
export interface AccessToken {
  encoded: string;
  header: Record<string, unknown>;
  claims: Record<string, unknown> & { sub: string; sid: string; jti: string; iat: number; exp: number };
}

/** The cookie `latchkey_<kind>`. */
export async function cookie(context: BrowserContext, kind: "access" | "session"): Promise<Cookie> {
  const found = (await context.cookies()).find(({ name }) => name === `latchkey_${kind}`);
  expect(found, `the ${kind} cookie`).toBeDefined();
  return found!;
}

/** The access token from the cookie. */
export async function accessToken(context: BrowserContext): Promise<AccessToken> {
  const { value: encoded } = await cookie(context, "access");
  expect(encoded).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  const [header, claims] = encoded.split(".");
  const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? "", "base64url").toString());
  return { encoded, header: decode(header), claims: decode(claims) };
}

/** The signed-in user's id. */
export async function userId(context: BrowserContext): Promise<string> {
  return (await accessToken(context)).claims.sub;
}

/** The storage state after a browser restart: without session cookies. */
export async function afterRestart(context: BrowserContext) {
  const { cookies } = await context.storageState();
  return { cookies: cookies.filter(({ expires }) => expires !== -1), origins: [] };
}
