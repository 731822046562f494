// A page's script: tests call its actions by name.

import { bearerClient, cookieClient } from "./stock.js";
import { actions, latchkeyActions, pageActions, type ReadMail } from "./actions.js";
import { cookieMailActions, mailActions } from "./mail-actions.js";
import { passkeyActions, passkeyPageActions } from "./passkey-actions.js";
import { twoFactorActions } from "./two-factor-actions.js";

export interface Call {
  name: string;
  person: { name: string; email: string; password: string };
  /** Latchkey's base URL. */
  url: string;
}

declare global {
  interface Window {
    run(call: Call): Promise<void>;
    /** Exposed by the test. */
    readMail: ReadMail;
  }
}

window.run = async ({ name, person, url }) => {
  const all = {
    ...actions,
    ...latchkeyActions,
    ...pageActions,
    ...mailActions,
    ...cookieMailActions,
    ...twoFactorActions,
    ...passkeyActions,
    ...passkeyPageActions,
  };
  const action = all[name];
  if (!action) throw new Error(`unknown action: ${name}`);
  const { readMail } = window;
  await action({ client: cookieClient(url), otherDevice: bearerClient(url), person, url, readMail });
};
