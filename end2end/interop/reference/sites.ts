// Starts Better Auth, the reference, and Latchkey with equivalent settings.

import { type Latchkey, startLatchkey, startLatchkeyWithMail } from "../support/latchkey.js";
import { startBetterAuth } from "../support/better-auth.js";
import type { Mailbox } from "../support/mailbox.js";
import type { Running } from "../support/running.js";

export interface Site {
  kind: "reference" | "latchkey";
  port: number;
  /** The origin of its base URL. */
  origin: string;
  /** Purposes of session cookies by name. */
  cookies: Record<string, string>;
  /** The format of ids. */
  id: RegExp;
  /** The format of session tokens in bodies and in `set-auth-token`. */
  secret: RegExp;
  /** The format of secrets in links. */
  link: RegExp;
  /** The format of the secret of an authenticator app, in base32. */
  seed: RegExp;
  /** The format of backup codes. */
  backupCode: RegExp;
  /** The format of user handles in the options of passkeys. */
  handle: RegExp;
  /** The messages, if the server sends any. */
  mailbox?: Mailbox;
  /** How many users the cases have created. */
  users: number;
}

export interface Pair {
  reference: Site;
  latchkey: Site;
  stop(): Promise<void>;
}

/** Other origins that both servers trust. */
export const trusted = ["https://app.example.com", "https://*.preview.example.com"];

const ID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";

const formats = {
  reference: {
    id: /^[A-Za-z0-9]{32}$/,
    secret: /^[A-Za-z0-9]{32}(\.[A-Za-z0-9+/]{43}=)?$/,
    link: /^[A-Za-z0-9]{24,32}$/,
    seed: /^[A-Z2-7]{52}$/,
    backupCode: /^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/,
    handle: /^[\w-]{43}$/,
  },
  latchkey: {
    id: new RegExp(`^${ID}$`),
    secret: new RegExp(`^${ID}\\.[\\w-]{43}$`),
    link: /^[\w-]{43}$/,
    seed: /^[A-Z2-7]{32}$/,
    backupCode: /^[a-z0-9]{5}-[a-z0-9]{5}$/,
    handle: /^[\w-]{22}$/,
  },
};

export interface Setup {
  /** As behind an https proxy. */
  https?: boolean;
  /** With rate limits. */
  throttled?: boolean;
  /** With mail: a new user is signed in at once (`open`), or when the address is verified (`verify`). */
  mail?: "open" | "verify";
  /** The age (s) up to which a sign-in may add passkeys. */
  fresh?: number;
}

const HTTPS = "https://localhost";

export async function startPair(setup: Setup): Promise<Pair> {
  const [reference, latchkey] = await Promise.all([startReference(setup), startOurs(setup)]);
  const stop = async () => void (await Promise.all([reference.running.stop(), latchkey.running.stop()]));
  return { reference: reference.site, latchkey: latchkey.site, stop };
}

interface Started {
  running: Running;
  site: Site;
}

async function startReference({ https = false, throttled = false, mail, fresh }: Setup): Promise<Started> {
  const running = await startBetterAuth({
    ...(https && { baseURL: HTTPS }),
    trustedOrigins: trusted,
    rateLimit: throttled,
    freshAge: fresh,
    mail,
  });
  const prefix = `${https ? "__Secure-" : ""}better-auth.`;
  const cookies = {
    [`${prefix}session_token`]: "session",
    [`${prefix}session_data`]: "session_data",
    [`${prefix}dont_remember`]: "dont_remember",
    [`${prefix}two_factor`]: "two_factor",
    [`${prefix}trust_device`]: "trust_device",
    [`${prefix}better-auth-passkey`]: "passkey",
  };
  const { port, url: origin, mailbox } = running;
  return { running, site: { kind: "reference", port, origin, cookies, ...formats.reference, mailbox, users: 0 } };
}

async function startOurs({ https = false, throttled = false, mail, fresh }: Setup): Promise<Started> {
  const settings = {
    LATCHKEY_RATE_LIMIT: throttled ? "on" : "off",
    LATCHKEY_TRUSTED_ORIGINS: trusted.join(","),
    ...(https && { LATCHKEY_BASE_URL: HTTPS }),
    ...(fresh !== undefined && { LATCHKEY_FRESH: `${fresh}s` }),
  };
  const running: Latchkey & { mailbox?: Mailbox } = mail
    ? await startLatchkeyWithMail({ ...settings, LATCHKEY_SIGN_UP: mail })
    : // The reference has no mail either.
      await startLatchkey({ ...settings, LATCHKEY_MAIL: "off" });
  const prefix = `${https ? "__Host-" : ""}latchkey_`;
  const names = ["session", "access", "device", "unverified", "code"];
  const cookies = {
    ...Object.fromEntries(names.map((name) => [prefix + name, name])),
    [`${prefix}second_step`]: "two_factor",
    [`${prefix}trusted`]: "trust_device",
    [`${prefix}passkey_registration`]: "passkey",
    [`${prefix}passkey_sign_in`]: "passkey",
  };
  const { port, url } = running;
  const mailbox = running.mailbox && { mailbox: running.mailbox };
  const origin = https ? HTTPS : url;
  return { running, site: { kind: "latchkey", port, origin, cookies, ...formats.latchkey, ...mailbox, users: 0 } };
}
