// What people do with the stock client, one function each. The same functions run in Node and in pages.

import { createLocalJWKSet, jwtVerify } from "jose";
import type { Client } from "./stock.js";

/** Who does something, with what, and against whom. */
export interface Scene {
  /** The client in question. */
  client: Client;
  /** Another device of the same person. */
  elsewhere: Client;
  person: { name: string; email: string; password: string };
  /** Latchkey's address. */
  url: string;
}

/** Something somebody does; fails with what was not as it should be. */
export type Verb = (scene: Scene) => Promise<void>;

const NEW_PASSWORD = "another violet otter 43";

/** By name. */
export const verbs: Record<string, Verb> = {
  "sign up": async ({ client, person }) => {
    const { user } = must(await client.signUp.email(person));
    same(user.email, person.email);
    same(user.createdAt instanceof Date, true);
    const seen = present(await who(client));
    same(seen.user.name, person.name);
    same(seen.session.expiresAt.getTime() > Date.now(), true);
  },

  "sign up with an address that is taken": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    const error = refused(await client.signUp.email(person));
    same(error.status, 422);
    same(error.code, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
  },

  "sign in": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    const { redirect, user } = must(await client.signIn.email({ email: person.email, password: person.password }));
    same(redirect, false);
    same(user.email, person.email);
    same(present(await who(client)).user.id, user.id);
  },

  "sign in with the wrong password": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    const error = refused(await client.signIn.email({ email: person.email, password: "wrong" }));
    same(error.status, 401);
    same(error.code, "INVALID_EMAIL_OR_PASSWORD");
    same(await who(client), null);
  },

  "list sessions": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    must(await client.signIn.email(person));
    const listed = must(await client.listSessions());
    same(listed.length, 2);
    const mine = present(await who(client)).session;
    same(listed.filter(({ id, token }) => id === mine.id && token === mine.token).length, 1);
    same(listed.every(({ createdAt }) => createdAt instanceof Date), true);
  },

  "revoke a session": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    must(await client.signIn.email(person));
    const mine = present(await who(client)).session;
    const other = must(await client.listSessions()).find(({ token }) => token !== mine.token);
    same(must(await client.revokeSession({ token: other?.token ?? "" })).status, true);
    same(await who(elsewhere), null);
    same(present(await who(client)).session.id, mine.id);
  },

  "revoke the other sessions": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    must(await client.signIn.email(person));
    same(must(await client.revokeOtherSessions()).status, true);
    same(await who(elsewhere), null);
    same(must(await client.listSessions()).length, 1);
  },

  "revoke all sessions": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    must(await client.signIn.email(person));
    same(must(await client.revokeSessions()).status, true);
    for (const device of [client, elsewhere]) same(await who(device), null);
    same(refused(await client.listSessions()).status, 401);
  },

  "change the password": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    must(await client.signIn.email(person));
    const wrong = await client.changePassword({ currentPassword: "wrong", newPassword: NEW_PASSWORD });
    same(refused(wrong).code, "INVALID_PASSWORD");
    const changed = { currentPassword: person.password, newPassword: NEW_PASSWORD, revokeOtherSessions: true };
    same(must(await client.changePassword(changed)).user.email, person.email);
    same(present(await who(client)).user.email, person.email);
    same(await who(elsewhere), null);
    same(refused(await elsewhere.signIn.email(person)).code, "INVALID_EMAIL_OR_PASSWORD");
    must(await elsewhere.signIn.email({ email: person.email, password: NEW_PASSWORD }));
  },

  "update the user": async ({ client, person }) => {
    must(await client.signUp.email(person));
    same(must(await client.updateUser({ name: "Grace", image: "https://example.com/grace.png" })).status, true);
    const { name, image } = present(await who(client)).user;
    same([name, image], ["Grace", "https://example.com/grace.png"]);
  },

  "list accounts": async ({ client, person }) => {
    must(await client.signUp.email(person));
    const [account, ...more] = must(await client.listAccounts());
    same([account?.providerId, more.length], ["credential", 0]);
  },

  "get a token, and check it with the keys": async ({ client, person, url }) => {
    const { user } = must(await client.signUp.email(person));
    const { token } = must(await client.token());
    await check(client, token, url, user.id);
  },

  "get a token from the header of the session": async ({ client, person, url }) => {
    const { user } = must(await client.signUp.email(person));
    let token = "";
    const onSuccess = ({ response }: { response: Response }) => void (token = response.headers.get("set-auth-jwt") ?? "");
    must(await client.getSession({ fetchOptions: { onSuccess } }));
    await check(client, token, url, user.id);
  },

  "sign out": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    must(await client.signIn.email(person));
    same(must(await client.signOut()).success, true);
    same(await who(client), null);
    same(refused(await client.token()).status, 401);
    same(present(await who(elsewhere)).user.email, person.email);
  },

  "delete the user": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    must(await client.signIn.email(person));
    same(refused(await client.deleteUser({ password: "wrong" })).code, "INVALID_PASSWORD");
    same(must(await client.deleteUser({ password: person.password })).success, true);
    for (const device of [client, elsewhere]) same(await who(device), null);
    same(refused(await client.signIn.email(person)).code, "INVALID_EMAIL_OR_PASSWORD");
  },

  "delete the user soon after signing in, without the password": async ({ client, person }) => {
    must(await client.signUp.email(person));
    same(must(await client.deleteUser()).success, true);
    same(await who(client), null);
  },
};

/**
 * What only Latchkey does: the reference takes any password that is long enough, and makes a session that is
 * not to be remembered a long one when it is used as a bearer.
 */
export const stricter: Record<string, Verb> = {
  "sign in, not to be remembered": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    must(await client.signIn.email({ ...person, rememberMe: false }));
    const { session } = present(await who(client));
    same(session.expiresAt.getTime() - Date.now() <= 24 * 60 * 60 * 1000, true);
  },

  "refuse a password that everyone uses": async ({ client, person }) => {
    const newPassword = "password123";
    same(refused(await client.signUp.email({ ...person, password: newPassword })).code, "PASSWORD_TOO_WEAK");
    must(await client.signUp.email(person));
    const error = refused(await client.changePassword({ currentPassword: person.password, newPassword }));
    same([error.status, error.code], [400, "PASSWORD_TOO_WEAK"]);
  },
};

/** What only a page's client does: it asks for the session again after whatever may have changed it. */
export const pageVerbs: Record<string, Verb> = {
  "useSession sees signing up, a new name, and signing out": async ({ client, person }) => {
    await until(client, ({ data, isPending }) => !isPending && data === null);
    must(await client.signUp.email(person));
    await until(client, ({ data }) => data?.user.email === person.email);
    must(await client.updateUser({ name: "Grace" }));
    await until(client, ({ data }) => data?.user.name === "Grace");
    must(await client.signOut());
    await until(client, ({ data, isPending }) => !isPending && data === null);
  },

  "useSession sees signing in, revoking everything, and deleting the user": async ({ client, elsewhere, person }) => {
    must(await elsewhere.signUp.email(person));
    for (const leave of [() => client.revokeSessions(), () => client.deleteUser({ password: person.password })]) {
      must(await client.signIn.email(person));
      await until(client, ({ data }) => data?.user.email === person.email);
      must<unknown>(await leave());
      await until(client, ({ data, isPending }) => !isPending && data === null);
    }
  },
};

/** Checks an access token as any other service would. */
async function check(client: Client, token: string, issuer: string, subject: string): Promise<void> {
  const keys = createLocalJWKSet(must(await client.jwks()));
  const { payload } = await jwtVerify(token, keys, { issuer, audience: issuer, algorithms: ["EdDSA"] });
  same(payload.sub, subject);
}

type State = ReturnType<Client["useSession"]["get"]>;

/** Waits until the session that `useSession` has is as described. */
function until(client: Client, described: (state: State) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.useSession.subscribe((state) => {
      if (!described(state)) return;
      resolve();
      // Not within the call that gives `stop` its value.
      queueMicrotask(() => stop());
    });
  });
}

interface Failure {
  status: number;
  code?: string | undefined;
}

/** Who is signed in, or null. */
async function who(client: Client) {
  const { data, error } = await client.getSession();
  if (error) throw new Error(`refused: ${JSON.stringify(error)}`);
  return data;
}

function must<T>({ data, error }: { data: T; error: unknown }): NonNullable<T> {
  if (error || !data) throw new Error(`refused: ${JSON.stringify(error)}`);
  return data;
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error("nobody is signed in");
  return value;
}

function refused({ data, error }: { data: unknown; error: Failure | null }): Failure {
  if (!error) throw new Error(`not refused: ${JSON.stringify(data)}`);
  return error;
}

function same(actual: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`expected ${other}, got ${one}`);
}
