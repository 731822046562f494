// User actions with messages, with the stock client. The same functions run in Node and in browsers, and against Better
// Auth.

import { currentSession, must, present, type ReadMail, refused, same, type Scene } from "./actions.js";

/** Rejects if a result is not as expected. */
export type MailAction = (scene: Scene & { readMail: ReadMail }) => Promise<void>;

const NEW_PASSWORD = "another violet otter 43";

/** With cookies or a bearer token. */
export const mailActions: Record<string, MailAction> = {
  "verify the address": async ({ client, person, readMail }) => {
    must(await client.signUp.email(person));
    same(present(await currentSession(client)).user.emailVerified, false);
    const token = await readMail(person.email, "verification link");
    same(must(await client.verifyEmail({ query: { token } })), { status: true, user: null });
    same(present(await currentSession(client)).user.emailVerified, true);
    same(refused(await client.sendVerificationEmail({ email: person.email })).code, "EMAIL_ALREADY_VERIFIED");
  },

  "verify the address with a second message": async ({ client, person, readMail }) => {
    must(await client.signUp.email(person));
    await readMail(person.email, "verification link");
    same(must(await client.sendVerificationEmail({ email: person.email, callbackURL: "/verified" })).status, true);
    const token = await readMail(person.email, "verification link");
    same(refused(await client.verifyEmail({ query: { token: "unknown" } })).code, "INVALID_TOKEN");
    same(must(await client.verifyEmail({ query: { token } })), { status: true, user: null });
    same(present(await currentSession(client)).user.emailVerified, true);
  },

  "ask for a verification message without a session": async ({ client, otherDevice, person }) => {
    must(await otherDevice.signUp.email(person));
    for (const email of [person.email, `unknown.${person.email}`])
      same(must(await client.sendVerificationEmail({ email })), { status: true });
  },

  "reset the password": async ({ client, otherDevice, person, readMail }) => {
    must(await otherDevice.signUp.email(person));
    const asked = [
      must(await client.requestPasswordReset({ email: person.email, redirectTo: "/reset" })),
      must(await client.requestPasswordReset({ email: `unknown.${person.email}`, redirectTo: "/reset" })),
    ];
    same(asked[0], asked[1]);
    const token = await readMail(person.email, "reset link");
    same(refused(await client.resetPassword({ newPassword: "short", token })).code, "PASSWORD_TOO_SHORT");
    same(must(await client.resetPassword({ newPassword: NEW_PASSWORD, token })).status, true);
    same(refused(await client.resetPassword({ newPassword: person.password, token })).code, "INVALID_TOKEN");
    same(await currentSession(client), null);
    same(refused(await client.signIn.email(person)).code, "INVALID_EMAIL_OR_PASSWORD");
    must(await client.signIn.email({ ...person, password: NEW_PASSWORD }));
  },

  "change the address": async ({ client, person, readMail }) => {
    must(await client.signUp.email(person));
    must(await client.verifyEmail({ query: { token: await readMail(person.email, "verification link") } }));
    const newEmail = `new.${person.email}`;
    same(must(await client.changeEmail({ newEmail, callbackURL: "/changed" })).status, true);
    const token = await readMail(newEmail, "change link");
    must(await client.verifyEmail({ query: { token } }));
    same(present(await currentSession(client)).user.email, newEmail);
    must(await client.signOut());
    same(refused(await client.signIn.email(person)).code, "INVALID_EMAIL_OR_PASSWORD");
    must(await client.signIn.email({ ...person, email: newEmail }));
  },
};

/** With cookies only: Latchkey accepts a code only in the browser that asked for it, which its cookie identifies. */
export const cookieMailActions: Record<string, MailAction> = {
  "sign in with a link": async ({ client, person, readMail }) => {
    const { email, name } = person;
    same(must(await client.signIn.magicLink({ email, name, callbackURL: "/home" })).status, true);
    const token = await readMail(email, "sign-in link");
    same(must(await client.magicLink.verify({ query: { token } })).user.email, email);
    const { user } = present(await currentSession(client));
    same([user.email, user.emailVerified], [email, true]);
  },

  "sign in with a code": async ({ client, person, readMail }) => {
    const { email } = person;
    same(must(await client.emailOtp.sendVerificationOtp({ email, type: "sign-in" })).success, true);
    const otp = await readMail(email, "code");
    same(refused(await client.signIn.emailOtp({ email, otp: otp === "123456" ? "654321" : "123456" })).code, "INVALID_OTP");
    same(must(await client.signIn.emailOtp({ email, otp })).user.email, email);
    same(present(await currentSession(client)).user.emailVerified, true);
  },

  "verify the address with a code": async ({ client, person, readMail }) => {
    const { email } = person;
    must(await client.signUp.email(person));
    same(must(await client.emailOtp.sendVerificationOtp({ email, type: "email-verification" })).success, true);
    const otp = await readMail(email, "code");
    same(must(await client.emailOtp.checkVerificationOtp({ email, type: "email-verification", otp })).success, true);
    same(must(await client.emailOtp.verifyEmail({ email, otp })).status, true);
    same(present(await currentSession(client)).user.emailVerified, true);
  },

  "reset the password with a code": async ({ client, otherDevice, person, readMail }) => {
    const { email } = person;
    must(await otherDevice.signUp.email(person));
    same(must(await client.emailOtp.requestPasswordReset({ email })).success, true);
    const otp = await readMail(email, "code");
    same(must(await client.emailOtp.resetPassword({ email, otp, password: NEW_PASSWORD })).success, true);
    must(await client.signIn.email({ ...person, password: NEW_PASSWORD }));
  },
};
