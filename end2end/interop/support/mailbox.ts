// Reads messages as their recipients do: from a folder of Latchkey, or from the Better Auth server.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import PostalMime from "postal-mime";

interface Message {
  id: string;
  to: string;
  /** The plain text. */
  text: string;
}

/** The secrets in messages. Links lead to a page, or to the API. */
const secrets = {
  "verification link": /\/verify-email\?token=([\w.-]+)/,
  "reset link": /\/reset-password(?:\/|\?token=)([\w-]+)/,
  "change link": /\/(?:verify-email|change-email)\?token=([\w.-]+)/,
  "sign-in link": /\/(?:magic-link\/verify|sign-in\/link)\?token=([\w-]+)/,
  code: /^(\d{6})$/m,
};

export type SecretKind = keyof typeof secrets;

export interface Mailbox {
  /** Waits for the next message to an address with such a secret. Returns the secret. */
  next(to: string, kind: SecretKind): Promise<string>;
}

const LONGEST_WAIT = 8_000;

/** The messages of a Better Auth server. */
export function mailServer(url: string): Mailbox {
  const messages: Message[] = [];
  return mailbox(async () => {
    const added: Omit<Message, "id">[] = await (await fetch(`${url}?after=${messages.length}`)).json();
    for (const message of added) messages.push({ ...message, id: String(messages.length) });
    return messages;
  });
}

/** The messages of a Latchkey with `LATCHKEY_MAIL=file:FOLDER`. */
export function mailFolder(folder: string): Mailbox {
  const parsed = new Map<string, Message>();
  return mailbox(async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".eml")).sort();
    for (const name of names) {
      if (parsed.has(name)) continue;
      const { to, text } = await PostalMime.parse(await readFile(path.join(folder, name)));
      parsed.set(name, { id: name, to: to?.[0]?.address ?? "", text: (text ?? "").replaceAll("\r\n", "\n") });
    }
    return names.flatMap((name) => parsed.get(name) ?? []);
  });
}

function mailbox(readAll: () => Promise<Message[]>): Mailbox {
  const seen = new Set<string>();
  let reading: Promise<Message[]> | undefined;
  /** One read for all that wait. */
  const read = () => (reading ??= readAll().finally(() => (reading = undefined)));
  /** The first unread message with such a secret. */
  const take = async (to: string, kind: SecretKind) => {
    for (const message of await read()) {
      const secret = secrets[kind].exec(message.text)?.[1];
      if (secret === undefined || seen.has(message.id) || message.to.toLowerCase() !== to.toLowerCase()) continue;
      seen.add(message.id);
      return secret;
    }
    return undefined;
  };
  return {
    async next(to, kind) {
      const deadline = Date.now() + LONGEST_WAIT;
      while (Date.now() < deadline) {
        const secret = await take(to, kind);
        if (secret !== undefined) return secret;
        await pause(100);
      }
      throw new Error(`no message to ${to} has a ${kind}`);
    },
  };
}
