// The two servers: the one that is imitated, and Latchkey, set up alike.

import { startLatchkey } from "../support/latchkey.js";
import { freePort, type Running, start } from "../support/running.js";

/** One of the servers. */
export interface Site {
  kind: "reference" | "latchkey";
  port: number;
  /** The origin it takes itself to have. */
  origin: string;
  /** How the cookies that hold a session are called. */
  cookies: Record<string, string>;
  /** What an id looks like. */
  id: RegExp;
  /** What a session's secret looks like where it is answered, and in the header that repeats it. */
  secret: RegExp;
  /** How many people have been made up so far. */
  people: number;
}

/** Two servers to compare. */
export interface Pair {
  reference: Site;
  latchkey: Site;
  stop(): Promise<void>;
}

/** Origins besides their own that both servers trust. */
export const trusted = ["https://app.example.com", "https://*.preview.example.com"];

const ID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";

const looks = {
  reference: { id: /^[A-Za-z0-9]{32}$/, secret: /^[A-Za-z0-9]{32}(\.[A-Za-z0-9+/]{43}=)?$/ },
  latchkey: { id: new RegExp(`^${ID}$`), secret: new RegExp(`^${ID}\\.[\\w-]{43}$`) },
};

/** Starts both; `https` as if a proxy in front of them spoke it. */
export async function startPair(https: boolean): Promise<Pair> {
  const [reference, latchkey] = await Promise.all([startReference(https), startOurs(https)]);
  const stop = async () => void (await Promise.all([reference.running.stop(), latchkey.running.stop()]));
  return { reference: reference.site, latchkey: latchkey.site, stop };
}

const base = (https: boolean, port: number) => (https ? "https://localhost" : `http://localhost:${port}`);

async function startReference(https: boolean): Promise<{ running: Running; site: Site }> {
  const port = await freePort();
  const origin = base(https, port);
  const program = new URL("server.js", import.meta.url).pathname;
  const command = [process.execPath, program, String(port), origin, ...trusted];
  const running = await start({ command, ready: `http://127.0.0.1:${port}/api/auth/ok` });
  const prefix = `${https ? "__Secure-" : ""}better-auth.`;
  const cookies = {
    [`${prefix}session_token`]: "session",
    [`${prefix}session_data`]: "session_data",
    [`${prefix}dont_remember`]: "dont_remember",
  };
  return { running, site: { kind: "reference", port, origin, cookies, ...looks.reference, people: 0 } };
}

async function startOurs(https: boolean): Promise<{ running: Running; site: Site }> {
  const running = await startLatchkey({
    LATCHKEY_RATE_LIMIT: "off",
    LATCHKEY_TRUSTED_ORIGINS: trusted.join(","),
    ...(https && { LATCHKEY_BASE_URL: base(https, 0) }),
  });
  const prefix = `${https ? "__Host-" : ""}latchkey_`;
  const cookies = { [`${prefix}session`]: "session", [`${prefix}access`]: "access" };
  const { port } = running;
  return { running, site: { kind: "latchkey", port, origin: base(https, port), cookies, ...looks.latchkey, people: 0 } };
}
