// The stock Expo client, bundled for Node.js. The modules of Expo and React Native, which run on phones only, are
// replaced by small ones with the same functions.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { BetterAuthClientPlugin } from "better-auth/client";
import { build, type Plugin } from "esbuild";
import type { Client } from "./stock.js";

/** The functions of Expo and React Native that the client calls. */
const MODULES: Record<string, string> = {
  "expo-constants": "export default { expoConfig: {} };",
  "expo-linking": "export const createURL = (path, { scheme = 'myapp' } = {}) => `${scheme}://${path}`;",
  "expo-network": "export const addNetworkStateListener = () => ({ remove() {} });",
  "expo-web-browser": "export const openAuthSessionAsync = () => ({ type: 'cancel' });",
  "react-native":
    "export const Platform = { OS: 'ios' }; export const AppState = { addEventListener: () => ({ remove() {} }) };",
};

const replaced: Plugin = {
  name: "expo",
  setup(build) {
    const filter = new RegExp(`^(${Object.keys(MODULES).join("|")})$`);
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: "expo" }));
    build.onLoad({ filter, namespace: "expo" }, ({ path }) => ({ contents: MODULES[path] ?? "" }));
  },
};

interface ExpoModule {
  createAuthClient(options: object): Client & { getCookie(): Promise<string> };
  expoClient(options: object): BetterAuthClientPlugin;
}

/** Bundles and loads the client. */
async function load(): Promise<ExpoModule> {
  const folder = await mkdtemp(path.join(tmpdir(), "expo-"));
  const outfile = path.join(folder, "client.mjs");
  const contents =
    'export { createAuthClient } from "better-auth/client"; export { expoClient } from "@better-auth/expo/client";';
  const stdin = { contents, resolveDir: import.meta.dirname };
  await build({ stdin, bundle: true, platform: "node", format: "esm", outfile, plugins: [replaced] });
  const module = await import(pathToFileURL(outfile).href);
  await rm(folder, { recursive: true });
  return module;
}

const loading = load();

/** A client as in an app with this scheme. */
export async function expoApp(baseURL: string, options: { scheme: string; cookiePrefix?: string }) {
  const { createAuthClient, expoClient } = await loading;
  const stored = new Map<string, string>();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    getItemAsync: async (name: string) => stored.get(name) ?? null,
    setItemAsync: async (name: string, value: string) => void stored.set(name, value),
  };
  return createAuthClient({ baseURL, plugins: [expoClient({ ...options, storage })] });
}
