// User actions with the stock client. The same functions run in Node and in browsers.

import { createLocalJWKSet, jwtVerify } from "jose";
import type { SecretKind } from "../support/mailbox.js";
import type { Client } from "./stock.js";

export interface Scene {
  client: Client;
  /** Another device of the same user. */
  otherDevice: Client;
  person: { name: string; email: string; password: string };
  /** The server's base URL. */
  url: string;
}

/** The secret in the next message to an address. */
export type ReadMail = (email: string, kind: SecretKind) => Promise<string>;

/** Rejects if a result is not as expected. */
export type Action = (scene: Scene) => Promise<void>;

const NEW_PASSWORD = "another violet otter 43";

/** Actions that Latchkey and Better Auth support alike. */
export const actions: Record<string, Action> = {
  "sign up": async ({ client, person }) => {
    const { user } = must(await client.signUp.email(person));
    same(user.email, person.email);
    same(user.createdAt instanceof Date, true);
    const seen = present(await currentSession(client));
    same(seen.user.name, person.name);
    same(seen.session.expiresAt.getTime() > Date.now(), true);
  },

  "sign up with a taken address": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    const error = refused(await client.signUp.email(person));
    same(error.status, 422);
    same(error.code, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
  },

  "sign in": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    const { redirect, user } = must(await client.signIn.email({ email: person.email, password: person.password }));
    same(redirect, false);
    same(user.email, person.email);
    same(present(await currentSession(client)).user.id, user.id);
  },

  "sign in with the wrong password": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    const error = refused(await client.signIn.email({ email: person.email, password: "wrong" }));
    same(error.status, 401);
    same(error.code, "INVALID_EMAIL_OR_PASSWORD");
    same(await currentSession(client), null);
  },

  "list sessions": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    must(await client.signIn.email(person));
    const listed = must(await client.listSessions());
    same(listed.length, 2);
    const mine = present(await currentSession(client)).session;
    same(listed.filter(({ id, token }) => id === mine.id && token === mine.token).length, 1);
    same(
      listed.every(({ createdAt }) => createdAt instanceof Date),
      true,
    );
  },

  "revoke a session": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    must(await client.signIn.email(person));
    const mine = present(await currentSession(client)).session;
    const other = must(await client.listSessions()).find(({ token }) => token !== mine.token);
    same(must(await client.revokeSession({ token: other?.token ?? "" })).status, true);
    same(await currentSession(otherDevice), null);
    same(present(await currentSession(client)).session.id, mine.id);
  },

  "revoke the other sessions": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    must(await client.signIn.email(person));
    same(must(await client.revokeOtherSessions()).status, true);
    same(await currentSession(otherDevice), null);
    same(must(await client.listSessions()).length, 1);
  },

  "revoke all sessions": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    must(await client.signIn.email(person));
    same(must(await client.revokeSessions()).status, true);
    for (const device of [client, otherDevice]) same(await currentSession(device), null);
    same(refused(await client.listSessions()).status, 401);
  },

  "change the password": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    must(await client.signIn.email(person));
    const wrong = await client.changePassword({ currentPassword: "wrong", newPassword: NEW_PASSWORD });
    same(refused(wrong).code, "INVALID_PASSWORD");
    const changed = { currentPassword: person.password, newPassword: NEW_PASSWORD, revokeOtherSessions: true };
    same(must(await client.changePassword(changed)).user.email, person.email);
    same(present(await currentSession(client)).user.email, person.email);
    same(await currentSession(otherDevice), null);
    same(refused(await otherDevice.signIn.email(person)).code, "INVALID_EMAIL_OR_PASSWORD");
    must(await otherDevice.signIn.email({ email: person.email, password: NEW_PASSWORD }));
  },

  "verify the password": async ({ client, person }) => {
    must(await client.signUp.email(person));
    const verify = (password: string) =>
      client.$fetch<{ status: boolean }>("/verify-password", { method: "POST", body: { password } });
    same(must(await verify(person.password)).status, true);
    same(refused(await verify("wrong")).code, "INVALID_PASSWORD");
  },

  "update the user": async ({ client, person }) => {
    must(await client.signUp.email(person));
    same(must(await client.updateUser({ name: "Grace", image: "https://example.com/grace.png" })).status, true);
    const { name, image } = present(await currentSession(client)).user;
    same([name, image], ["Grace", "https://example.com/grace.png"]);
  },

  "list accounts": async ({ client, person }) => {
    must(await client.signUp.email(person));
    const [account, ...more] = must(await client.listAccounts());
    same([account?.providerId, more.length], ["credential", 0]);
  },

  "get an access token and verify it with the JWKS": async ({ client, person, url }) => {
    const { user } = must(await client.signUp.email(person));
    const { token } = must(await client.token());
    await verifyToken(client, token, url, user.id);
  },

  "get an access token from the get-session header": async ({ client, person, url }) => {
    const { user } = must(await client.signUp.email(person));
    let token = "";
    const onSuccess = ({ response }: { response: Response }) =>
      void (token = response.headers.get("set-auth-jwt") ?? "");
    must(await client.getSession({ fetchOptions: { onSuccess } }));
    await verifyToken(client, token, url, user.id);
  },

  "sign out": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    must(await client.signIn.email(person));
    same(must(await client.signOut()).success, true);
    same(await currentSession(client), null);
    same(refused(await client.token()).status, 401);
    same(present(await currentSession(otherDevice)).user.email, person.email);
  },

  "delete the user": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    must(await client.signIn.email(person));
    same(refused(await client.deleteUser({ password: "wrong" })).code, "INVALID_PASSWORD");
    same(must(await client.deleteUser({ password: person.password })).success, true);
    for (const device of [client, otherDevice]) same(await currentSession(device), null);
    same(refused(await client.signIn.email(person)).code, "INVALID_EMAIL_OR_PASSWORD");
  },

  "delete the user after a recent sign-in without the password": async ({ client, person }) => {
    must(await client.signUp.email(person));
    same(must(await client.deleteUser()).success, true);
    same(await currentSession(client), null);
  },
};

/**
 * Latchkey only: Better Auth accepts any password that is long enough, and extends a session with
 * `rememberMe: false` when it is used as a bearer token.
 */
export const latchkeyActions: Record<string, Action> = {
  "sign in without rememberMe": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    must(await client.signIn.email({ ...person, rememberMe: false }));
    const { session } = present(await currentSession(client));
    same(session.expiresAt.getTime() - Date.now() <= 24 * 60 * 60 * 1000, true);
  },

  "reject a common password": async ({ client, person }) => {
    const newPassword = "password123";
    same(refused(await client.signUp.email({ ...person, password: newPassword })).code, "PASSWORD_TOO_WEAK");
    must(await client.signUp.email(person));
    const error = refused(await client.changePassword({ currentPassword: person.password, newPassword }));
    same([error.status, error.code], [400, "PASSWORD_TOO_WEAK"]);
  },
};

/** Browsers only: `useSession` fetches the session again after every change. */
export const pageActions: Record<string, Action> = {
  "useSession follows sign-up, a name change and sign-out": async ({ client, person }) => {
    await until(client.useSession, ({ data, isPending }) => !isPending && data === null);
    must(await client.signUp.email(person));
    await until(client.useSession, ({ data }) => data?.user.email === person.email);
    must(await client.updateUser({ name: "Grace" }));
    await until(client.useSession, ({ data }) => data?.user.name === "Grace");
    must(await client.signOut());
    await until(client.useSession, ({ data, isPending }) => !isPending && data === null);
  },

  "useSession follows sign-in, revocation of all sessions and deletion": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    for (const leave of [() => client.revokeSessions(), () => client.deleteUser({ password: person.password })]) {
      must(await client.signIn.email(person));
      await until(client.useSession, ({ data }) => data?.user.email === person.email);
      must<unknown>(await leave());
      await until(client.useSession, ({ data, isPending }) => !isPending && data === null);
    }
  },
};

/** Verifies an access token with the JWKS. */
async function verifyToken(client: Client, token: string, issuer: string, subject: string): Promise<void> {
  const keys = createLocalJWKSet(must(await client.jwks()));
  const { payload } = await jwtVerify(token, keys, { issuer, audience: issuer, algorithms: ["EdDSA"] });
  same(payload.sub, subject);
}

/** A store of the client, such as `useSession`. */
interface Store<State> {
  subscribe(listener: (state: State) => void): () => void;
}

/** Waits until the state of a store satisfies the condition. */
export function until<State>(store: Store<State>, condition: (state: State) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe((state) => {
      if (!condition(state)) return;
      resolve();
      // Deferred, because `subscribe` may call back before it returns `stop`.
      queueMicrotask(() => stop());
    });
  });
}

interface Failure {
  status: number;
  code?: string | undefined;
}

/** The session and user, or null. */
export async function currentSession(client: Client) {
  const { data, error } = await client.getSession();
  if (error) throw new Error(`refused: ${JSON.stringify(error)}`);
  return data;
}

export function must<T>({ data, error }: { data: T; error: unknown }): NonNullable<T> {
  if (error || !data) throw new Error(`refused: ${JSON.stringify(error)}`);
  return data;
}

export function present<T>(value: T | null): T {
  if (value === null) throw new Error("no session");
  return value;
}

export function refused({ data, error }: { data: unknown; error: Failure | null }): Failure {
  if (!error) throw new Error(`not refused: ${JSON.stringify(data)}`);
  return error;
}

export function same(actual: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`expected ${other}, got ${one}`);
}
