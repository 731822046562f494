// A Better Auth server with the plugins that Latchkey replaces. It stores its data in memory.
//
//   node better-auth-server.js PORT OPTIONS [open|verify]
//
// The last argument turns mail on, and is what LATCHKEY_SIGN_UP is for Latchkey. `GET /messages?after=N`
// lists the messages without the first N.

import { passkey } from "@better-auth/passkey";
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { bearer, emailOTP, jwt, magicLink, twoFactor } from "better-auth/plugins";

const [port, options = "{}", signUp] = process.argv.slice(2);

/** @type {{ to: string; text: string }[]} */
const messages = [];

/** @param {string} to @param {string} text */
const send = async (to, text) => void messages.push({ to, text });

/** @param {{ user: { email: string }; url: string }} message */
const sendLink = ({ user, url }) => send(user.email, url);

const withoutMail = {
  emailAndPassword: { enabled: true },
  user: { deleteUser: { enabled: true } },
  plugins: [jwt(), bearer(), twoFactor(), passkey()],
};

const withMail = {
  emailAndPassword: { enabled: true, requireEmailVerification: signUp === "verify", sendResetPassword: sendLink },
  emailVerification: { sendOnSignUp: true, sendOnSignIn: signUp === "verify", sendVerificationEmail: sendLink },
  user: { deleteUser: { enabled: true }, changeEmail: { enabled: true } },
  plugins: [
    jwt(),
    bearer(),
    twoFactor(),
    passkey(),
    magicLink({ sendMagicLink: ({ email, url }) => send(email, url) }),
    emailOTP({ sendVerificationOTP: ({ email, otp }) => send(email, otp), changeEmail: { enabled: true } }),
  ],
};

const auth = betterAuth({
  appName: "Latchkey",
  secret: "a secret of the reference server, long enough for it",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [], twoFactor: [], passkey: [] }),
  ...(signUp ? withMail : withoutMail),
  telemetry: { enabled: false },
  ...JSON.parse(options),
});

const handle = toNodeHandler(auth);

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (pathname === "/messages") response.end(JSON.stringify(messages.slice(Number(searchParams.get("after")))));
  else handle(request, response);
}).listen(Number(port), "127.0.0.1");
