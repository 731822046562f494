// The client of the npm package `better-auth`, configured as documented. Runs in Node and in browsers.

import { passkeyClient } from "@better-auth/passkey/client";
import { createAuthClient } from "better-auth/client";
import { emailOTPClient, jwtClient, magicLinkClient, twoFactorClient } from "better-auth/client/plugins";

type Options = NonNullable<Parameters<typeof createAuthClient>[0]>;
type FetchOptions = NonNullable<Options["fetchOptions"]>;

/** The methods of the sign-ins that asked for a second factor. */
export const secondSteps: (string[] | undefined)[] = [];

/** A client with cookies. */
export function cookieClient(baseURL: string, fetchOptions: FetchOptions = {}) {
  const secondFactor = twoFactorClient({
    onTwoFactorRedirect: ({ twoFactorMethods }) => void secondSteps.push(twoFactorMethods),
  });
  const plugins = [jwtClient(), magicLinkClient(), emailOTPClient(), secondFactor, passkeyClient()];
  return createAuthClient({ baseURL, plugins, fetchOptions });
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
