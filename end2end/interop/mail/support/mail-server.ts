// Starts the SMTP server of `mail_server.py`.

import path from "node:path";
import { freePort, type Running, start } from "../../support/running.js";

export interface Options {
  tls?: "implicit" | "starttls";
  certificate?: "valid" | "other name" | "expired";
  /** Where to write the certificate of the certificate authority. */
  authority?: string;
  user?: string;
  password?: string;
  smtputf8?: boolean;
  /** By default a free port. */
  port?: number;
}

/** What the server does with a recipient: an answer, a closed connection in the middle of the message, or a late answer. */
export type Plan = { recipient: string } | { drop: true } | { hold: true };

/** An accepted message, parsed by Python's email package. */
export interface Mail {
  from: string;
  to: string[];
  encrypted: boolean;
  /** The authenticated user. */
  user: string | null;
  smtputf8: boolean;
  /** The media type. */
  type: string;
  headers: [name: string, value: string][];
  /** The contents by media type. */
  parts: Record<string, string>;
  /** What the parser found wrong. */
  defects: string[];
}

export interface MailServer extends Running {
  port: number;
  messages(): Promise<Mail[]>;
  attempts(): Promise<{ connections: number; credentials: [user: string, password: string][] }>;
  /** Sets what the server does with the next recipients. */
  plan(...plans: Plan[]): Promise<void>;
  /** Answers the messages that are held back. */
  release(): Promise<void>;
}

export async function startMailServer({ port, ...options }: Options = {}): Promise<MailServer> {
  const [smtp, control] = [port ?? (await freePort()), await freePort()];
  const url = `http://127.0.0.1:${control}`;
  const program = path.join(import.meta.dirname, "mail_server.py");
  const command = ["python", program, String(smtp), String(control), JSON.stringify(options)];
  const running = await start({ command, ready: `${url}/messages` });
  const read = async (name: string) => (await fetch(`${url}/${name}`)).json();
  const send = async (name: string, body: unknown) => {
    await fetch(`${url}/${name}`, { method: "POST", body: JSON.stringify(body) });
  };
  return {
    ...running,
    port: smtp,
    messages: () => read("messages"),
    attempts: () => read("attempts"),
    plan: (...plans) => send("plans", plans),
    release: () => send("release", {}),
  };
}
