// Test users and their devices.

import { randomBytes } from "node:crypto";

/** A user, with or without an account. */
export interface Person {
  email: string;
  password: string;
  name: string;
}

const hex = (bytes: number) => randomBytes(bytes).toString("hex");

/** A user with a unique e-mail address. */
export function newPerson(): Person {
  return {
    email: `ada.${hex(6)}@example.org`,
    password: `Quiet ${hex(4)} harbour 7${hex(4)}`,
    name: "Ada Lovelace",
  };
}

/** A unique client network, so that tests do not share rate limits. */
export function newNetwork(): string {
  return `fd00:${hex(2)}:${hex(2)}:${hex(2)}::1`;
}

/** User agents of other devices. */
export const devices = {
  firefox: { userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0" },
  safari: {
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1",
  },
  curl: { userAgent: "curl/8.5.0" },
};
