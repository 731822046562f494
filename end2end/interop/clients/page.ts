// A page's script: what it can do is called by name from outside.

import { bearerClient, cookieClient } from "./stock.js";
import { pageVerbs, stricter, verbs } from "./verbs.js";

/** What is handed to the page. */
export interface Errand {
  name: string;
  person: { name: string; email: string; password: string };
  /** Latchkey's address. */
  url: string;
}

declare global {
  interface Window {
    run(errand: Errand): Promise<void>;
  }
}

window.run = async ({ name, person, url }) => {
  const verb = { ...verbs, ...stricter, ...pageVerbs }[name];
  if (!verb) throw new Error(`nobody can ${name}`);
  await verb({ client: cookieClient(url), elsewhere: bearerClient(url), person, url });
};
