// Better Auth's client with Latchkey's address. It sends the browser's cookies for that host.

import { jwtClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

const origin = import.meta.env.VITE_LATCHKEY_URL ?? "http://auth.acme.localhost:3000";

export const latchkey = createAuthClient({ baseURL: origin, plugins: [jwtClient()] });

export const accountAddress = `${origin}/account`;

/** The address of Latchkey's `page`, which returns to this page after the form is submitted. */
export const addressWithReturn = (page) => `${origin}${page}?next=${encodeURIComponent(location.href)}`;

/** The session has ended: show the page for visitors. */
export class SignedOut extends Error {}

/**
 * Returns a `fetch` for backends that verify access tokens. The token stays in memory. A 401 means that it
 * has expired: a new one is requested, once.
 */
export function authorizedFetch() {
  let token;

  async function newToken() {
    const { data, error } = await latchkey.token();
    if (error?.status === 401) throw new SignedOut();
    if (error) throw new Error("The sign-in service did not answer");
    return data.token;
  }

  const send = (path, init) =>
    fetch(path, { ...init, headers: { ...init?.headers, authorization: `Bearer ${token}` } });

  return async (path, init) => {
    token ??= await newToken();
    const response = await send(path, init);
    if (response.status !== 401) return response;
    token = await newToken();
    return send(path, init);
  };
}
