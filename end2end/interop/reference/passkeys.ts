// Steps of a user with passkeys.

import { setTimeout as pause } from "node:timers/promises";
import type { Answer, Changes, Options } from "../support/passkey-authenticator.js";
import type { Credential } from "../support/credential.js";
import { byBearer, get, otherBrowser, post, prepare, type Scene, signedUp, type Step } from "./scene.js";

export const REGISTER = "/passkey/verify-registration";
export const SIGN_IN = "/passkey/verify-authentication";
export const REGISTER_OPTIONS = "/passkey/generate-register-options";
export const SIGN_IN_OPTIONS = "/passkey/generate-authenticate-options";

export const registerOptions = (query = "") => optionsOf(get(REGISTER_OPTIONS + query));
export const signInOptions = (query = "") => optionsOf(get(SIGN_IN_OPTIONS + query));
export const optionsByBearer = optionsOf(byBearer("GET", REGISTER_OPTIONS));
export const signInOptionsByBearer = optionsOf(byBearer("GET", SIGN_IN_OPTIONS));

/** What a request has instead of the usual. */
export interface Sent {
  /** Members of the body besides `response`. */
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** The origin of the page, in the header and in the client data. */
  origin?: string;
  /** Replaces the authenticator's answer. */
  edit?: (answer: Answer) => unknown;
}

/** Registers a passkey. */
export function register(changes: Changes = {}, sent: Sent = {}): Step {
  return async (scene) => {
    const { passkeys, site } = scene;
    const answer = await send(REGISTER, passkeys.create(options(scene), sent.origin ?? site.origin, changes), sent)(scene);
    const { id } = answer?.status === 200 ? JSON.parse(answer.body) : {};
    if (id) scene.passkeyIds.push(id);
    return answer;
  };
}

/** Signs in with the newest passkey. */
export function signIn(changes: Changes = {}, sent: Sent = {}): Step {
  return signInWith(({ passkeys }) => passkeys.credentials.at(-1), changes, sent);
}

/** Signs in with one of the passkeys. */
export function signInWith(choose: (scene: Scene) => Credential | undefined, changes: Changes = {}, sent: Sent = {}): Step {
  return (scene) => {
    const origin = sent.origin ?? scene.site.origin;
    return send(SIGN_IN, scene.passkeys.get(options(scene), origin, changes, choose(scene)), sent)(scene);
  };
}

/** Registers the newest passkey again. */
export function registerAgain(changes: Changes = {}): Step {
  return (scene) => register({ ...changes, again: newest(scene) })(scene);
}

function send(path: string, answer: Answer, { body, headers, origin, edit = (unchanged) => unchanged }: Sent): Step {
  return post(path, { response: edit(answer), ...body }, { ...(origin && { origin }), ...headers });
}

/** Replaces members of the answer's `response`. */
export const response =
  (changed: Record<string, unknown>) =>
  (answer: Answer): Answer => ({ ...answer, response: { ...answer.response, ...changed } });

/** Changes a byte of a member of the answer's `response`; counted from the end if negative. */
export const flipped =
  (member: string, index: number) =>
  (answer: Answer): Answer => {
    const bytes = Buffer.from(String(answer.response[member]), "base64url");
    bytes[index < 0 ? bytes.length + index : index]! ^= 1;
    return response({ [member]: bytes.toString("base64url") })(answer);
  };

/** Loses the last bytes of a member of the answer's `response`. */
export const truncated =
  (member: string, lost: number) =>
  (answer: Answer): Answer => {
    const bytes = Buffer.from(String(answer.response[member]), "base64url");
    return response({ [member]: bytes.subarray(0, bytes.length - lost).toString("base64url") })(answer);
  };

/** Appends bytes to a member of the answer's `response`. */
export const lengthened =
  (member: string) =>
  (answer: Answer): Answer => {
    const bytes = Buffer.from(String(answer.response[member]), "base64url");
    return response({ [member]: Buffer.concat([bytes, Buffer.alloc(4)]).toString("base64url") })(answer);
  };

export const list = get("/passkey/list-user-passkeys");

export const rename = (body: unknown, headers?: Record<string, string>) => post("/passkey/update-passkey", body, headers);

export const remove = (body: unknown, headers?: Record<string, string>) => post("/passkey/delete-passkey", body, headers);

/** A user who has asked for the options of a new passkey. */
export const asked: Step[] = [signedUp, prepare(registerOptions())];

/** Adds a passkey with a name. */
export const added = (name = "Laptop"): Step[] => [prepare(registerOptions()), prepare(register({}, { body: { name } }))];

/** A user with a passkey. */
export const enrolled: Step[] = [signedUp, ...added()];

/** Such a user in another browser, which has asked for the options of a sign-in. */
export const challenged: Step[] = [...enrolled, otherBrowser, prepare(signInOptions())];

/** Adds the copied cookie of a ceremony to the cookies of the browser. */
export const savedChallenge: Step = async ({ site, jar, saved }) => {
  for (const [name, value] of saved) if (site.cookies[name] === "passkey") jar.set(name, value);
};

/** Presents the cookie of one kind of ceremony as that of the other kind too. */
export const otherKind: Step = async ({ site, jar }) => {
  const names = Object.keys(site.cookies).filter((name) => site.cookies[name] === "passkey");
  const value = names.map((name) => jar.get(name)).find((value) => value !== undefined);
  for (const name of names) if (value !== undefined) jar.set(name, value);
};

/** Waits until the sign-in is too old to add passkeys. */
export const aged = (seconds: number): Step => async () => pause((seconds + 1) * 1000);

function optionsOf(step: Step): Step {
  return async (scene) => {
    const answer = await step(scene);
    if (answer?.status === 200) scene.options = JSON.parse(answer.body);
    return answer;
  };
}

/** The last options, or invented ones. */
function options({ options }: Scene): Options {
  return options ?? { challenge: "A".repeat(43), rp: { id: "localhost" }, rpId: "localhost", user: { id: "AAAA" } };
}

function newest({ passkeys }: Scene): Credential {
  const credential = passkeys.credentials.at(-1);
  if (!credential) throw new Error("the authenticator has no passkey");
  return credential;
}
