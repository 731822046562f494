// Read when the server runs, not when it is built: one build fits every installation.

const setting = (name, otherwise) => process.env[name] || otherwise;

/** Latchkey's address in the browser, and the issuer of its tokens. */
export const latchkeyUrl = setting("LATCHKEY_BASE_URL", "http://auth.acme.localhost:3000");

/** Latchkey's address from this server. */
export const internalUrl = setting("LATCHKEY_INTERNAL_URL", latchkeyUrl);

/** This app's address in the browser. */
export const appUrl = setting("APP_URL", "http://app.acme.localhost:3001");

/** The backend that keeps the tasks. */
export const tasksUrl = setting("TASKS_URL", "http://127.0.0.1:8000");
