// A Better Auth server with the plugins that Latchkey replaces. It stores its data in memory.
//
//   node better-auth-server.js PORT OPTIONS

import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { bearer, jwt } from "better-auth/plugins";

const [port, options = "{}"] = process.argv.slice(2);

const auth = betterAuth({
  secret: "a secret of the reference server, long enough for it",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
  emailAndPassword: { enabled: true },
  user: { deleteUser: { enabled: true } },
  plugins: [jwt(), bearer()],
  telemetry: { enabled: false },
  ...JSON.parse(options),
});

createServer(toNodeHandler(auth)).listen(Number(port), "127.0.0.1");
