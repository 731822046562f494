// examples/nextjs with Latchkey and the backend, on http or on https.

import { freePort, start } from "../../support/running.js";
import { buildNextjs } from "./commands.js";
import { addresses, example, hosts, type Site, startLatchkeyOn, startTasks, stopAll } from "./site.js";
import { startTls } from "./tls.js";

/** The programs that a browser reaches. */
export interface Stack {
  app: Site;
  latchkey: Site;
  stop(): Promise<void>;
}

/** Starts everything. */
export async function startNextjs({ https = false } = {}): Promise<Stack> {
  await buildNextjs();
  const port = await freePort();
  const { url: plainUrl, internalUrl } = addresses(hosts.app, port);
  const tlsPort = https ? await freePort() : undefined;
  const url = tlsPort ? `https://${hosts.app}:${tlsPort}` : plainUrl;
  const latchkey = await startLatchkeyOn(hosts.auth, {
    LATCHKEY_TRUSTED_ORIGINS: url,
    ...(tlsPort && { LATCHKEY_BASE_URL: `https://${hosts.auth}:${tlsPort}` }),
  });
  const tasks = await startTasks(latchkey);
  const env = {
    LATCHKEY_BASE_URL: latchkey.url,
    LATCHKEY_INTERNAL_URL: latchkey.internalUrl,
    APP_URL: url,
    TASKS_URL: tasks.url,
    NEXT_TELEMETRY_DISABLED: "1",
  };
  const command = ["node_modules/.bin/next", "start", "-H", "127.0.0.1", "-p", String(port)];
  const app = { ...(await start({ command, cwd: example("nextjs"), env, ready: internalUrl })), url, internalUrl };
  const ports = { [hosts.app]: port, [hosts.auth]: Number(new URL(latchkey.internalUrl).port) };
  const stopTls = tlsPort ? await startTls(tlsPort, ports) : undefined;
  const stop = async () => {
    await stopTls?.();
    await stopAll([app, tasks, latchkey]);
  };
  return { app, latchkey, stop };
}
