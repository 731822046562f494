// The servers that the tests talk to. Playwright starts them; see scripts/serve-for-tests.

/** A running Latchkey. */
export interface Server {
  port: number;
  url: string;
  settings: string[];
}

function server(port: number, ...settings: string[]): Server {
  return { port, url: `http://localhost:${port}`, settings };
}

const first = Number(process.env.LATCHKEY_TEST_PORT ?? 4310);

export const servers = {
  /** As anyone would run it. */
  main: server(first),
  /** Its access tokens expire while a test looks on, and its passwords have to be composed. */
  hasty: server(first + 1, "LATCHKEY_ACCESS_TTL=3s", "LATCHKEY_PASSWORD_COMPOSITION=true"),
};
