// User actions with passkeys, with the stock client and cookies. The same functions run in Node, with a software
// authenticator, and in browsers, with a virtual one; and against Better Auth.

import { type Action, currentSession, must, present, refused, same, type Scene, until } from "./actions.js";

/** A signed-in user with a passkey. */
async function enroll({ client, person }: Scene) {
  must(await client.signUp.email(person));
  return must(await client.passkey.addPasskey({ name: "Laptop" }));
}

/** With cookies only: they tell which ceremony an answer belongs to. */
export const passkeyActions: Record<string, Action> = {
  "add a passkey and sign in with it": async (scene) => {
    const { client, person } = scene;
    const added = await enroll(scene);
    same([added.name, added.createdAt instanceof Date], ["Laptop", true]);
    must(await client.signOut());
    same(await currentSession(client), null);
    const { user, session } = must(await client.signIn.passkey());
    same([user.email, session.userId], [person.email, user.id]);
    same(present(await currentSession(client)).user.id, user.id);
  },

  "sign in with a passkey while signed in": async (scene) => {
    const { client, person } = scene;
    await enroll(scene);
    const { id } = present(await currentSession(client)).session;
    const { session } = must(await client.signIn.passkey());
    same(present(await currentSession(client)).user.email, person.email);
    same(session.id === id, false);
  },

  "list, rename and remove passkeys": async (scene) => {
    const { client } = scene;
    const { id } = await enroll(scene);
    const list = async () => must(await client.passkey.listUserPasskeys()).map((passkey) => [passkey.id, passkey.name]);
    same(await list(), [[id, "Laptop"]]);
    same(must(await client.passkey.updatePasskey({ id, name: " Phone " })).passkey.name, "Phone");
    same(refused(await client.passkey.updatePasskey({ id, name: " " })).status, 400);
    same(await list(), [[id, "Phone"]]);
    same(refused(await client.passkey.deletePasskey({ id: "unknown" })).code, "PASSKEY_NOT_FOUND");
    same(must(await client.passkey.deletePasskey({ id })).status, true);
    same(await list(), []);
    must(await client.signOut());
    const error = refused(await client.signIn.passkey());
    same([error.status, error.code], [401, "PASSKEY_NOT_FOUND"]);
    same(await currentSession(client), null);
  },

  "add no second passkey on the same authenticator": async (scene) => {
    const { client } = scene;
    await enroll(scene);
    const error = refused(await client.passkey.addPasskey({ name: "Again" }));
    same(error.code, "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED");
    same(must(await client.passkey.listUserPasskeys()).length, 1);
  },

  "add a passkey and ask for the session": async ({ client, person }) => {
    must(await client.signUp.email(person));
    const { session, user } = must(await client.passkey.addPasskey({ createSession: true }));
    same([user?.email, session?.userId], [person.email, user?.id]);
    same(present(await currentSession(client)).session.id, session?.id);
  },

  "add a passkey of this device": async ({ client, person }) => {
    must(await client.signUp.email(person));
    const { deviceType, transports } = must(
      await client.passkey.addPasskey({ name: "Laptop", authenticatorAttachment: "platform" }),
    );
    same([deviceType, transports], ["singleDevice", "internal"]);
  },

  "neither add nor list passkeys without a session": async ({ client }) => {
    same(refused(await client.passkey.addPasskey({ name: "Laptop" })).status, 401);
    same(refused(await client.passkey.listUserPasskeys()).status, 401);
  },
};

/** Browsers only. */
export const passkeyPageActions: Record<string, Action> = {
  "sign in with the autofill of a field": async (scene) => {
    const { client, person } = scene;
    await enroll(scene);
    must(await client.signOut());
    document.body.append(Object.assign(document.createElement("input"), { autocomplete: "username webauthn" }));
    same(must(await client.signIn.passkey({ autoFill: true })).user.email, person.email);
    same(present(await currentSession(client)).user.email, person.email);
  },

  "sign in with a passkey after a cancelled attempt": async (scene) => {
    const { client, person } = scene;
    // The authenticator has no passkey.
    same(refused(await client.signIn.passkey()).status, 400);
    same(await currentSession(client), null);
    await enroll(scene);
    must(await client.signOut());
    same(must(await client.signIn.passkey()).user.email, person.email);
  },

  "useListPasskeys follows addition, renaming and removal": async (scene) => {
    const { client } = scene;
    const names = (expected: string[]) =>
      until(client.useListPasskeys, ({ data, isPending }) => !isPending && String(data?.map(({ name }) => name)) === String(expected));
    const { id } = await enroll(scene);
    await names(["Laptop"]);
    must(await client.passkey.updatePasskey({ id, name: "Phone" }));
    await names(["Phone"]);
    must(await client.passkey.deletePasskey({ id }));
    await names([]);
  },

  "useSession follows a sign-in with a passkey": async (scene) => {
    const { client, person } = scene;
    await enroll(scene);
    must(await client.signOut());
    await until(client.useSession, ({ data, isPending }) => !isPending && data === null);
    must(await client.signIn.passkey());
    await until(client.useSession, ({ data }) => data?.user.email === person.email);
  },
};
