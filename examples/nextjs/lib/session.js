// This app's own cookie. It keeps an access token: the browser sends Latchkey's cookies to Latchkey's host only.

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { appUrl } from "./settings.js";
import { sessionOf } from "./token.js";

const secure = appUrl.startsWith("https://");
const name = secure ? "__Host-app_access" : "app_access";
const attributes = { httpOnly: true, secure, sameSite: "lax", path: "/" };

/** The session of this request, or null. */
export const currentSession = cache(async () => {
  const token = (await cookies()).get(name)?.value;
  return token ? sessionOf(token) : null;
});

/** The session of this request. Without one the browser gets it from Latchkey and returns to `next`. */
export async function requireSession(next) {
  return (await currentSession()) ?? redirect(`/session?next=${encodeURIComponent(next)}`);
}

/** Keeps an access token until it expires. */
export async function saveToken({ token, secondsLeft }) {
  (await cookies()).set(name, token, { ...attributes, maxAge: secondsLeft });
}

/** Forgets the access token. */
export async function removeToken() {
  (await cookies()).set(name, "", { ...attributes, maxAge: 0 });
}
