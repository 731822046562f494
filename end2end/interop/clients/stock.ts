// The client of the npm package `better-auth`, as its documentation sets it up. Runs in Node and in a page.

import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";

type Options = NonNullable<Parameters<typeof createAuthClient>[0]>;
type FetchOptions = NonNullable<Options["fetchOptions"]>;

/** A client that keeps its session in cookies. */
export function cookieClient(baseURL: string, fetchOptions: FetchOptions = {}) {
  return createAuthClient({ baseURL, plugins: [jwtClient()], fetchOptions });
}

/** The stock client. */
export type Client = ReturnType<typeof cookieClient>;

/** A client that keeps its session itself and sends it as a bearer, as on another device. */
export function bearerClient(baseURL: string, headers: Record<string, string> = {}): Client {
  let kept = "";
  return cookieClient(baseURL, {
    headers,
    credentials: "omit",
    auth: { type: "Bearer", token: () => kept },
    onSuccess: ({ response }) => {
      kept = response.headers.get("set-auth-token") ?? kept;
    },
  });
}
