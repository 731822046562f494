// The two servers: the one that is imitated, and Latchkey, set up alike.

import { startLatchkey } from "../support/latchkey.js";
import { startBetterAuth } from "../support/better-auth.js";
import type { Running } from "../support/running.js";

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

/** How both are set up. */
export interface Setup {
  /** As if a proxy in front of them spoke https. */
  https?: boolean;
  /** Whether attempts are slowed down. */
  throttled?: boolean;
}

/** The origin of both on https. */
const HTTPS = "https://localhost";

/** Starts both. */
export async function startPair(setup: Setup): Promise<Pair> {
  const [reference, latchkey] = await Promise.all([startReference(setup), startOurs(setup)]);
  const stop = async () => void (await Promise.all([reference.running.stop(), latchkey.running.stop()]));
  return { reference: reference.site, latchkey: latchkey.site, stop };
}

interface Started {
  running: Running;
  site: Site;
}

async function startReference({ https = false, throttled = false }: Setup): Promise<Started> {
  const running = await startBetterAuth({ ...(https && { baseURL: HTTPS }), trustedOrigins: trusted, rateLimit: throttled });
  const prefix = `${https ? "__Secure-" : ""}better-auth.`;
  const cookies = {
    [`${prefix}session_token`]: "session",
    [`${prefix}session_data`]: "session_data",
    [`${prefix}dont_remember`]: "dont_remember",
  };
  const { port, url: origin } = running;
  return { running, site: { kind: "reference", port, origin, cookies, ...looks.reference, people: 0 } };
}

async function startOurs({ https = false, throttled = false }: Setup): Promise<Started> {
  const running = await startLatchkey({
    LATCHKEY_RATE_LIMIT: throttled ? "on" : "off",
    LATCHKEY_TRUSTED_ORIGINS: trusted.join(","),
    ...(https && { LATCHKEY_BASE_URL: HTTPS }),
  });
  const prefix = `${https ? "__Host-" : ""}latchkey_`;
  const cookies = { [`${prefix}session`]: "session", [`${prefix}access`]: "access" };
  const { port, url } = running;
  return { running, site: { kind: "latchkey", port, origin: https ? HTTPS : url, cookies, ...looks.latchkey, people: 0 } };
}
