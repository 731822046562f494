// POST /two-factor/verify-backup-code and POST /two-factor/generate-backup-codes

import type { Cases } from "../../cases.js";
import { byBearer, get, otherBrowser, PASSWORD, post, prepare, scene, signedUp, type Step } from "../../scene.js";
import {
  challenged,
  enrolled,
  kept,
  scanned,
  signIn,
  times,
  verifyBackupCode,
  wrongTotp,
} from "../../second-factor.js";

const WRONG = "aaaaa-aaaaa";

const generate = (changed: Record<string, unknown> = {}) =>
  post("/two-factor/generate-backup-codes", { password: PASSWORD, ...changed });

/** Reads the next backup code. */
const nextCode: Step = async ({ backupCodes }) => void backupCodes.shift();

export const useBackupCode: Cases = {
  "without a cookie": scene(verifyBackupCode(WRONG)),
  "without a cookie, empty body": scene(post("/two-factor/verify-backup-code", {})),
  "a backup code": scene(...challenged, verifyBackupCode("{backup}")),
  "a backup code, and the session": scene(...challenged, prepare(verifyBackupCode("{backup}")), get("/get-session")),
  "a backup code twice": scene(
    ...challenged,
    prepare(verifyBackupCode("{backup}")),
    otherBrowser,
    prepare(signIn()),
    verifyBackupCode("{backup}"),
  ),
  "two backup codes": scene(
    ...challenged,
    prepare(verifyBackupCode("{backup}")),
    otherBrowser,
    prepare(signIn()),
    nextCode,
    verifyBackupCode("{backup}"),
  ),
  "a wrong code": scene(...challenged, verifyBackupCode(WRONG)),
  "a wrong code, then a backup code": scene(...challenged, verifyBackupCode(WRONG), verifyBackupCode("{backup}")),
  "an empty code": scene(...challenged, verifyBackupCode("")),
  "a code that is a number": scene(...challenged, verifyBackupCode(1)),
  "a code that is null": scene(...challenged, verifyBackupCode(null)),
  "no code": scene(...challenged, post("/two-factor/verify-backup-code", {})),
  "the start of a backup code": scene(
    ...challenged,
    async ({ secrets, backupCodes: [code = ""] }) => void secrets.push(code.slice(0, 5)),
    verifyBackupCode("{secret}"),
  ),
  "six wrong codes": scene(...challenged, ...times(7, verifyBackupCode(WRONG))),
  "wrong codes of both kinds": scene(
    ...challenged,
    ...times(3, verifyBackupCode(WRONG)),
    ...times(3, wrongTotp),
    verifyBackupCode("{backup}"),
  ),
  "without a new session": scene(...challenged, verifyBackupCode("{backup}", { disableSession: true })),
  "without a new session, and the session": scene(
    ...challenged,
    verifyBackupCode("{backup}", { disableSession: true }),
    get("/get-session"),
  ),
  "disableSession as text": scene(...challenged, verifyBackupCode(WRONG, { disableSession: "yes" })),
  "in the session": scene(...enrolled, verifyBackupCode("{backup}")),
  "a wrong code in the session": scene(...enrolled, verifyBackupCode(WRONG)),
  "in the session, before the first code": scene(...scanned, verifyBackupCode("{backup}")),
  "in the session, without a second factor": scene(signedUp, verifyBackupCode(WRONG)),
  "from another origin": scene(
    ...challenged,
    post("/two-factor/verify-backup-code", { code: WRONG }, { origin: "https://evil.example" }),
  ),
};

export const renewBackupCodes: Cases = {
  "without a session": scene(generate()),
  "without a session, empty body": scene(post("/two-factor/generate-backup-codes", {})),
  "an empty body": scene(...enrolled, post("/two-factor/generate-backup-codes", {})),
  "a wrong password": scene(...enrolled, generate({ password: "wrong" })),
  "an empty password": scene(...enrolled, generate({ password: "" })),
  "the right password": scene(...enrolled, generate()),
  "without a second factor": scene(signedUp, generate()),
  "without a second factor, and a wrong password": scene(signedUp, generate({ password: "wrong" })),
  "before the first code": scene(...scanned, generate()),
  "an old code afterwards": scene(...enrolled, prepare(generate()), otherBrowser, prepare(signIn()), verifyBackupCode("{backup}")),
  "a new code afterwards": scene(
    ...enrolled,
    prepare(kept(generate())),
    otherBrowser,
    prepare(signIn()),
    verifyBackupCode("{backup}"),
  ),
  "by bearer": scene(signedUp, byBearer("POST", "/two-factor/generate-backup-codes", { password: PASSWORD })),
};
