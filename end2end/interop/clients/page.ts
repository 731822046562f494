// A page's script: tests call its actions by name.

import { bearerClient, cookieClient } from "./stock.js";
import { actions, latchkeyActions, pageActions } from "./actions.js";

export interface Call {
  name: string;
  person: { name: string; email: string; password: string };
  /** Latchkey's base URL. */
  url: string;
}

declare global {
  interface Window {
    run(call: Call): Promise<void>;
  }
}

window.run = async ({ name, person, url }) => {
  const action = { ...actions, ...latchkeyActions, ...pageActions }[name];
  if (!action) throw new Error(`unknown action: ${name}`);
  await action({ client: cookieClient(url), otherDevice: bearerClient(url), person, url });
};
