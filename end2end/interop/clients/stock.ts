// The client of the npm package `better-auth`, configured as documented. Runs in Node and in browsers.

import { createAuthClient } from "better-auth/client";
import { emailOTPClient, jwtClient, magicLinkClient } from "better-auth/client/plugins";

type Options = NonNullable<Parameters<typeof createAuthClient>[0]>;
type FetchOptions = NonNullable<Options["fetchOptions"]>;

/** A client with cookies. */
export function cookieClient(baseURL: string, fetchOptions: FetchOptions = {}) {
  return createAuthClient({ baseURL, plugins: [jwtClient(), magicLinkClient(), emailOTPClient()], fetchOptions });
}

export type Client = ReturnType<typeof cookieClient>;

/** A client that stores the session token and sends it as a bearer token. */
export function bearerClient(baseURL: string, headers: Record<string, string> = {}): Client {
  let stored = "";
  return cookieClient(baseURL, {
    headers,
    credentials: "omit",
    auth: { type: "Bearer", token: () => stored },
    onSuccess: ({ response }) => {
      stored = response.headers.get("set-auth-token") ?? stored;
    },
  });
}
