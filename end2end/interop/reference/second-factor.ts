// Steps of a user with an authenticator app and backup codes.

import { Authenticator } from "../support/authenticator.js";
import { otherBrowser, PASSWORD, post, prepare, type Scene, signedUp, type Step } from "./scene.js";

export const enable = (changed: Record<string, unknown> = {}) =>
  post("/two-factor/enable", { password: PASSWORD, ...changed });

export const verifyTotp = (code: unknown, changed: Record<string, unknown> = {}) =>
  post("/two-factor/verify-totp", { code, ...changed });

export const verifyBackupCode = (code: unknown, changed: Record<string, unknown> = {}) =>
  post("/two-factor/verify-backup-code", { code, ...changed });

export const signIn = (changed: Record<string, unknown> = {}) =>
  post("/sign-in/email", { email: "{email}", password: PASSWORD, ...changed });

export const signOut = prepare(post("/sign-out", {}));

/** Scans the QR code and stores the backup codes of the response. */
export function kept(step: Step): Step {
  return async (scene) => {
    const answer = await step(scene);
    const { totpURI, backupCodes } = JSON.parse(answer?.body ?? "{}");
    if (totpURI) scene.authenticator = new Authenticator(totpURI);
    if (backupCodes) scene.backupCodes = backupCodes;
    return answer;
  };
}

function app({ authenticator }: Scene): Authenticator {
  if (!authenticator) throw new Error("the user has no authenticator app");
  return authenticator;
}

/** Reads the next code from the app. */
export const code: Step = async (scene) => void scene.secrets.push(await app(scene).next());

/** Reads the code of a time step relative to the current one. */
export const codeAt =
  (offset: number): Step =>
  async (scene) =>
    void scene.secrets.push(app(scene).at(offset));

/** Presents a code that is not accepted. */
export const wrongTotp: Step = async (scene) => verifyTotp(app(scene).wrong())(scene);

/** A user who has scanned the QR code and has not entered a code. */
export const scanned: Step[] = [signedUp, prepare(kept(enable()))];

/** A user with a second factor. */
export const enrolled: Step[] = [...scanned, code, prepare(verifyTotp("{secret}"))];

/** Such a user in another browser, after the password. */
export const challenged: Step[] = [...enrolled, otherBrowser, prepare(signIn())];

/** Copies the browser's cookies. */
export const saveCookies: Step = async (scene) => {
  scene.saved = new Map(scene.jar);
};

/** Replaces the browser's cookies with the copy. */
export const restoreCookies: Step = async (scene) => {
  scene.jar = new Map(scene.saved);
};

/** Changes a character of a cookie, by its purpose. */
export function forged(purpose: string): Step {
  return async ({ site, jar }) => {
    for (const [name, value] of jar) {
      if (site.cookies[name] === purpose) jar.set(name, value.slice(0, 5) + (value[5] === "A" ? "B" : "A") + value.slice(6));
    }
  };
}

/** Loses the cookies with other purposes. */
export function onlyCookie(purpose: string): Step {
  return async (scene) => {
    scene.jar = new Map([...scene.jar].filter(([name]) => scene.site.cookies[name] === purpose));
  };
}

export const times = (number: number, step: Step) => Array.from({ length: number }, () => step);
