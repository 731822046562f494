// A proxy from the distribution, with the configuration of examples/, between a service and Latchkey.

import { createHmac } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Latchkey, root, startLatchkey } from "../support/latchkey.js";
import { freePort, type Program, start } from "../support/running.js";
import { startUpstream, type Upstream } from "./upstream.js";

const SECRET = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

/** A proxy that can be put in front. */
export interface Proxy {
  name: string;
  /** Its configuration below examples/. */
  configuration: string;
  /** The addresses in it that a test has to change. */
  addresses: { proxy: string; latchkey: string; upstream: string };
  command: (folder: string, file: string) => Pick<Program, "command" | "env">;
}

/** Distributions keep servers where not every user looks for them. */
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

/** The three of them, running. */
export interface Stack {
  /** Where people go. */
  url: string;
  port: number;
  latchkey: Latchkey;
  upstream: Upstream;
  stop(): Promise<void>;
}

/** Starts a proxy, a service behind it, and a Latchkey of their own with these settings. */
export async function startStack(proxy: Proxy, settings: Record<string, string> = {}): Promise<Stack> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const upstream = await startUpstream();
  const latchkey = await startLatchkey({ LATCHKEY_BASE_URL: url, LATCHKEY_JWT_SECRET: SECRET, ...settings });
  const folder = await mkdtemp(path.join(tmpdir(), "latchkey-proxy-"));
  // Started by root, the proxy works as somebody else.
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

/** The configuration with other ports, and not a letter more. */
function changed(text: string, { addresses }: Proxy, ports: Record<keyof Proxy["addresses"], number>): string {
  for (const name of ["proxy", "latchkey", "upstream"] as const) {
    const address = addresses[name];
    if (!text.includes(address)) throw new Error(`the configuration does not name ${address}`);
    text = text.replaceAll(address, address.replace(/\d+$/, String(ports[name])));
  }
  return text;
}

/** What an access token says, its signature checked against the shared secret as a backend would. */
export function claims(token: string): Record<string, unknown> {
  const [header = "", payload = "", signature] = token.split(".");
  const expected = createHmac("sha256", SECRET).update(`${header}.${payload}`).digest("base64url");
  if (signature !== expected) throw new Error("the signature is not right");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
}
