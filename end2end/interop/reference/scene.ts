// Builders for cases with messages: steps of a user, whose responses are compared.
//
// Paths and bodies can contain `{email}`, `{EMAIL}` (in capitals), `{other}` (the address of the user before
// `anotherUser`), `{fresh}` (an address without an account), `{secret}` and `{older}` (the last secret of a message or code of
// the authenticator app, and the one before), `{wrong}` (another code than the last one), `{backup}` (a backup code), and
// `{passkey}` and `{earlier}` (the ids of the last passkey and the one before, of any user).

import { type Case, newUser, type Person, request, signedIn } from "./cases.js";
import type { Received } from "./http.js";
import type { Authenticator } from "../support/authenticator.js";
import { type Options, PasskeyAuthenticator } from "../support/passkey-authenticator.js";
import type { SecretKind } from "../support/mailbox.js";
import type { Site } from "./sites.js";

export interface Scene {
  site: Site;
  email: string;
  other: string;
  fresh: string;
  secrets: string[];
  /** The cookies of the user's browser. */
  jar: Map<string, string>;
  /** A copy of them. */
  saved: Map<string, string>;
  person?: Person;
  /** The user's authenticator app. */
  authenticator?: Authenticator;
  backupCodes: string[];
  /** The users' authenticator for passkeys. */
  passkeys: PasskeyAuthenticator;
  /** The ids of their passkeys. */
  passkeyIds: string[];
  /** The last options for a passkey. */
  options?: Options;
}

/** A response to compare, or nothing. */
export type Step = (scene: Scene) => Promise<Received | void>;

/** The responses of the steps, in order. */
export function scene(...steps: Step[]): Case {
  return async (site) => {
    const scene: Scene = {
      site,
      email: "",
      other: "",
      fresh: freshAddress(site),
      secrets: [],
      jar: new Map(),
      saved: new Map(),
      backupCodes: [],
      passkeys: new PasskeyAuthenticator(),
      passkeyIds: [],
    };
    const answers: Received[] = [];
    for (const step of steps) {
      const answer = await step(scene);
      if (answer) answers.push(answer);
    }
    return answers;
  };
}

export const get = (path: string, headers?: Record<string, string>): Step => call("GET", path, undefined, headers);

export const post = (path: string, body?: unknown, headers?: Record<string, string>): Step =>
  call("POST", path, body, headers);

/** A request with the cookies of the browser. */
export function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Step {
  return async (scene) => {
    const { site, jar } = scene;
    const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
    const sent = { ...(cookie && { cookie, origin: site.origin }), ...headers };
    const answer = await request(site, method, fill(scene, path), filled(scene, body), { headers: sent });
    for (const header of answer.cookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (value === "" || /; Max-Age=0(;|$)/.test(header)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
}

/** A request with the session token instead of cookies. */
export function byBearer(method: string, path: string, body?: unknown): Step {
  return (scene) => {
    const options = { by: "bearer", ...(scene.person && { as: scene.person }) } as const;
    return request(scene.site, method, fill(scene, path), filled(scene, body), options);
  };
}

/** A step that must succeed, and is not compared. */
export function prepare(step: Step): Step {
  return async (scene) => {
    const answer = await step(scene);
    if (answer && answer.status >= 400) throw new Error(`${scene.site.kind}: ${answer.status} ${answer.body}`);
  };
}

/** Signs a new user up. */
export const signedUp: Step = async (scene) => {
  const person = await newUser(scene.site);
  scene.other = scene.email;
  scene.email = person.email;
  scene.person = person;
  scene.jar = cookies(person);
};

/** Another browser, which signs up another user. */
export const anotherUser = signedUp;

/** Signs up where a new user gets no session. */
export const signedUpUnverified: Step = async (scene) => {
  scene.email = freshAddress(scene.site);
  await prepare(post("/sign-up/email", { name: "Ada", email: "{email}", password: PASSWORD }))(scene);
};

/** Signs the user in in another browser. */
export const signedInAgain: Step = async (scene) => {
  const { site, email } = scene;
  scene.person = signedIn(email, await request(site, "POST", "/sign-in/email", { email, password: PASSWORD }));
  scene.jar = cookies(scene.person);
};

/** Another browser, without a session. */
export const otherBrowser: Step = async (scene) => {
  scene.jar = new Map();
};

/** A step in another browser, without a session. Afterwards, the scene continues in the user's browser. */
export function inOtherBrowser(step: Step): Step {
  return async (scene) => {
    const { jar } = scene;
    scene.jar = new Map();
    const answer = await step(scene);
    scene.jar = jar;
    return answer;
  };
}

/** Reads the secret in the next message to the user, or to another address. */
export function mailed(kind: SecretKind, to = "{email}"): Step {
  return async (scene) => {
    const { mailbox } = scene.site;
    if (!mailbox) throw new Error("the server sends no messages");
    scene.secrets.push(await mailbox.next(fill(scene, to), kind));
  };
}

/** Loses the last characters of the secret, as a mail program that breaks lines does. */
export const truncated: Step = async ({ secrets }) => {
  secrets.push((secrets.at(-1) ?? "").slice(0, -4));
};

/** A user who has verified the address in the session. */
export const verified: Step = async (scene) => {
  await signedUp(scene);
  await mailed("verification link")(scene);
  await prepare(get("/verify-email?token={secret}"))(scene);
};

export const PASSWORD = "violet otter lantern 42";

function cookies({ cookie }: Person): Map<string, string> {
  return new Map(cookie.split("; ").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/** An address without an account. Comparisons hide its number. */
function freshAddress(site: Site): string {
  site.users += 1;
  return `newcomer.${site.users}@example.com`;
}

function fill(scene: Scene, text: string): string {
  const values: Record<string, string | undefined> = {
    email: scene.email,
    EMAIL: scene.email.toUpperCase(),
    other: scene.other,
    fresh: scene.fresh,
    secret: scene.secrets.at(-1),
    older: scene.secrets.at(-2),
    backup: scene.backupCodes[0],
    passkey: scene.passkeyIds.at(-1),
    earlier: scene.passkeyIds.at(-2),
    wrong: scene.secrets.at(-1)?.replaceAll(/\d/g, (digit) => String((Number(digit) + 1) % 10)),
  };
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Bodies are filled in as text, so that members and malformed bodies are filled too. */
function filled(scene: Scene, body: unknown): unknown {
  return body === undefined ? undefined : fill(scene, typeof body === "string" ? body : JSON.stringify(body));
}
