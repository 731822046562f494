// The servers under test. Playwright starts them with scripts/serve-for-tests.

export interface Server {
  port: number;
  url: string;
  settings: string[];
}

function server(port: number, ...settings: string[]): Server {
  return { port, url: `http://localhost:${port}`, settings };
}

const first = Number(process.env.LATCHKEY_TEST_PORT ?? 4310);

/** The origin of an app that trusts a server: the main server at another host, where the app's paths are 404. */
export const app = `http://127.0.0.1:${first}`;

export const servers = {
  /** Default settings. */
  main: server(first),
  /** Short-lived access tokens and password composition rules. */
  strict: server(first + 1, "LATCHKEY_ACCESS_TTL=3s", "LATCHKEY_PASSWORD_COMPOSITION=true"),
  /** Sign-in with a code or a link sent by e-mail. */
  byMail: server(first + 3, "LATCHKEY_EMAIL_SIGN_IN=on"),
  /** A sign-in is recent for a second only, and users can sign in by e-mail. */
  stale: server(first + 4, "LATCHKEY_FRESH=1s", "LATCHKEY_EMAIL_SIGN_IN=on"),
  /** Signed-in users and signed-out users continue in an app on another origin. */
  away: server(
    first + 2,
    `LATCHKEY_TRUSTED_ORIGINS=${app}`,
    `LATCHKEY_HOME=${app}/tasks`,
    `LATCHKEY_AFTER_SIGN_OUT=${app}/bye`,
  ),
};
