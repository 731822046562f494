// A Better Auth server with the plugins that Latchkey replaces. It stores its data in memory.
//
//   node better-auth-server.js PORT OPTIONS [open|verify] [two-factor]
//
// `open` and `verify` turn mail on, and are what LATCHKEY_SIGN_UP is for Latchkey. `GET /messages` lists the messages.

import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { bearer, emailOTP, jwt, magicLink, twoFactor } from "better-auth/plugins";

const [port, options = "{}", ...features] = process.argv.slice(2);

const signUp = features.find((feature) => feature !== "two-factor");
const secondFactor = features.includes("two-factor") ? [twoFactor()] : [];

/** @type {{ to: string; text: string }[]} */
const messages = [];

/** @param {string} to @param {string} text */
const send = async (to, text) => void messages.push({ to, text });

/** @param {{ user: { email: string }; url: string }} message */
const sendLink = ({ user, url }) => send(user.email, url);

const withoutMail = {
  emailAndPassword: { enabled: true },
  user: { deleteUser: { enabled: true } },
  plugins: [jwt(), bearer(), ...secondFactor],
};

const withMail = {
  emailAndPassword: { enabled: true, requireEmailVerification: signUp === "verify", sendResetPassword: sendLink },
  emailVerification: { sendOnSignUp: true, sendOnSignIn: signUp === "verify", sendVerificationEmail: sendLink },
  user: { deleteUser: { enabled: true }, changeEmail: { enabled: true } },
  plugins: [
    jwt(),
    bearer(),
    ...secondFactor,
    magicLink({ sendMagicLink: ({ email, url }) => send(email, url) }),
    emailOTP({ sendVerificationOTP: ({ email, otp }) => send(email, otp), changeEmail: { enabled: true } }),
  ],
};

const auth = betterAuth({
  appName: "Latchkey",
  secret: "a secret of the reference server, long enough for it",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [], twoFactor: [] }),
  ...(signUp ? withMail : withoutMail),
  telemetry: { enabled: false },
  ...JSON.parse(options),
});

const handle = toNodeHandler(auth);

createServer((request, response) => {
  if (request.url === "/messages") response.end(JSON.stringify(messages));
  else handle(request, response);
}).listen(Number(port), "127.0.0.1");
