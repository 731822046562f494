// Starts a proxy with its example configuration, a service behind it, and Latchkey.

import { createHmac } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Latchkey, root, startLatchkey } from "../support/latchkey.js";
import { freePort, type Program, start } from "../support/running.js";
import { startUpstream, type Upstream } from "./upstream.js";

const SECRET = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

export interface Proxy {
  name: string;
  /** Path of the configuration in examples/. */
  configuration: string;
  /** Addresses in the configuration that tests replace. */
  addresses: { proxy: string; latchkey: string; upstream: string };
  command: (folder: string, file: string) => Pick<Program, "command" | "env">;
}

/** Some distributions install servers in folders that are not on PATH. */
const PATH = `${process.env.PATH ?? ""}:/usr/sbin:/usr/local/sbin`;

export const nginx: Proxy = {
  name: "nginx",
  configuration: "nginx/nginx.conf",
  addresses: { proxy: "127.0.0.1:8080", latchkey: "127.0.0.1:3000", upstream: "127.0.0.1:8000" },
  command: (folder, file) => ({
    command: ["nginx", "-p", folder, "-c", file, "-e", "stderr", "-g", "daemon off;"],
    env: { PATH },
  }),
};

export const caddy: Proxy = {
  name: "Caddy",
  configuration: "caddy/Caddyfile",
  addresses: { proxy: "localhost:8080", latchkey: "127.0.0.1:3000", upstream: "127.0.0.1:8000" },
  command: (folder, file) => ({
    command: ["caddy", "run", "--config", file, "--adapter", "caddyfile"],
    env: { PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  }),
};

export interface Stack {
  /** The proxy's URL. */
  url: string;
  port: number;
  latchkey: Latchkey;
  upstream: Upstream;
  stop(): Promise<void>;
}

/** Starts all three; the settings are Latchkey's. */
export async function startStack(proxy: Proxy, settings: Record<string, string> = {}): Promise<Stack> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const upstream = await startUpstream();
  const latchkey = await startLatchkey({ LATCHKEY_BASE_URL: url, LATCHKEY_JWT_SECRET: SECRET, ...settings });
  const folder = await mkdtemp(path.join(tmpdir(), "latchkey-proxy-"));
  // A proxy started by root drops its privileges and still needs to read the folder.
  await chmod(folder, 0o755);
  const file = path.join(folder, path.basename(proxy.configuration));
  const written = await readFile(path.join(root, "examples", proxy.configuration), "utf8");
  await writeFile(file, changed(written, proxy, { proxy: port, latchkey: latchkey.port, upstream: upstream.port }));
  const running = await start({ ...proxy.command(folder, file), cwd: folder, ready: `${url}/public/` });
  upstream.received.length = 0;
  const stop = async () => {
    await running.stop();
    await latchkey.stop();
    await upstream.stop();
    await rm(folder, { recursive: true });
  };
  return { url, port, latchkey, upstream, stop };
}

/** The configuration with other ports. */
function changed(text: string, { addresses }: Proxy, ports: Record<keyof Proxy["addresses"], number>): string {
  for (const name of ["proxy", "latchkey", "upstream"] as const) {
    const address = addresses[name];
    if (!text.includes(address)) throw new Error(`the configuration does not name ${address}`);
    text = text.replaceAll(address, address.replace(/\d+$/, String(ports[name])));
  }
  return text;
}

/** Verifies an access token with the shared secret and returns its claims. */
export function claims(token: string): Record<string, unknown> {
  const [header = "", payload = "", signature] = token.split(".");
  const expected = createHmac("sha256", SECRET).update(`${header}.${payload}`).digest("base64url");
  if (signature !== expected) throw new Error("the signature does not match");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
}
