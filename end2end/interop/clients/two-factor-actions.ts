// User actions with a second factor, with the stock client and cookies. The same functions run in Node and in browsers, and
// against Better Auth.

import { Authenticator } from "../support/authenticator.js";
import { type Action, currentSession, must, present, refused, same, type Scene } from "./actions.js";
import { secondSteps } from "./stock.js";

/** A signed-in user who has set an authenticator app up. */
async function enroll({ client, person }: Scene): Promise<{ app: Authenticator; backupCodes: string[] }> {
  must(await client.signUp.email(person));
  same(refused(await client.twoFactor.enable({ password: "wrong" })).code, "INVALID_PASSWORD");
  const set = must(await client.twoFactor.enable({ password: person.password }));
  if (set.method !== "totp") throw new Error(`another method: ${set.method}`);
  const app = new Authenticator(set.totpURI);
  same(present(await currentSession(client)).user.twoFactorEnabled, false);
  same(refused(await client.twoFactor.verifyTotp({ code: "abcdef" })).code, "INVALID_CODE");
  must(await client.twoFactor.verifyTotp({ code: await app.next() }));
  same(present(await currentSession(client)).user.twoFactorEnabled, true);
  return { app, backupCodes: set.backupCodes };
}

/** Presents the password; the second factor is missing. */
async function presentPassword({ client, person }: Scene): Promise<void> {
  const before = secondSteps.length;
  const answer: object = must(await client.signIn.email(person));
  same({ ...answer }, { twoFactorRedirect: true, twoFactorMethods: ["totp"] });
  same(secondSteps.slice(before), [["totp"]]);
  same(await currentSession(client), null);
}

/** With cookies only: they tell which sign-in the second factor belongs to. */
export const twoFactorActions: Record<string, Action> = {
  "set an authenticator app up and sign in with it": async (scene) => {
    const { client, person } = scene;
    const { app } = await enroll(scene);
    must(await client.signOut());
    await presentPassword(scene);
    same(refused(await client.twoFactor.verifyTotp({ code: "abcdef" })).code, "INVALID_CODE");
    same(must(await client.twoFactor.verifyTotp({ code: await app.next() })).user.email, person.email);
    same(present(await currentSession(client)).user.twoFactorEnabled, true);
  },

  "sign in with a backup code": async (scene) => {
    const { client, person } = scene;
    const { backupCodes } = await enroll(scene);
    const [code = "", old = ""] = backupCodes;
    same(backupCodes.length, 10);
    must(await client.signOut());
    await presentPassword(scene);
    must(await client.twoFactor.verifyBackupCode({ code }));
    const renewed = must(await client.twoFactor.generateBackupCodes({ password: person.password })).backupCodes;
    must(await client.signOut());
    await presentPassword(scene);
    for (const used of [code, old])
      same(refused(await client.twoFactor.verifyBackupCode({ code: used })).code, "INVALID_BACKUP_CODE");
    same(must(await client.twoFactor.verifyBackupCode({ code: renewed[0] ?? "" })).user.email, person.email);
  },

  "trust the device": async (scene) => {
    const { client, person } = scene;
    const { app } = await enroll(scene);
    must(await client.signOut());
    await presentPassword(scene);
    must(await client.twoFactor.verifyTotp({ code: await app.next(), trustDevice: true }));
    must(await client.signOut());
    same(must(await client.signIn.email(person)).user.email, person.email);
    same(present(await currentSession(client)).user.email, person.email);
  },

  "disable the second factor": async (scene) => {
    const { client, person } = scene;
    await enroll(scene);
    same(refused(await client.twoFactor.disable({ password: "wrong" })).code, "INVALID_PASSWORD");
    must(await client.twoFactor.disable({ password: person.password }));
    same(present(await currentSession(client)).user.twoFactorEnabled, false);
    must(await client.signOut());
    must(await client.signIn.email(person));
    same(present(await currentSession(client)).user.email, person.email);
  },
};
