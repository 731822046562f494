// Every page in every visually different state, for accessibility checks and screenshots.

import { type BrowserContextOptions, expect, type Page } from "@playwright/test";
import { givePassword, openSetUp, turnOn } from "./authenticator.js";
import { confirmation, requestConfirmationCode, waitUntilStale } from "./confirm.js";
import {
  button,
  field,
  guessUntilSlowedDown,
  heading,
  notice,
  postFromOtherOrigin,
  signIn,
  signOut,
  signUp,
  submitSignIn,
  submitSignUp,
  summary,
} from "./forms.js";
import {
  changeAddress,
  followLink,
  followLinkNamed,
  openChange,
  openMessage,
  openMessageTo,
  requestChange,
  requestDeletion,
  requestReset,
  subjects,
  verifyAddress,
} from "./mailbox.js";
import { cancelSignIn, withPasskeys } from "./passkey-states.js";
import { devices, newNetwork, newPerson, type Person } from "./people.js";
import { servers } from "./servers.js";
import {
  askForCode,
  followSignInLink,
  openSignInMessage,
  otherCode,
  readCode,
  signInByMail,
} from "./sign-in-by-mail.js";
import { userId } from "./tokens.js";

/** Fixtures for arranging a state. */
export interface Scene {
  page: Page;
  baseURL: string | undefined;
  javaScriptEnabled: boolean | undefined;
  person: Person;
  otherDevice: (options?: BrowserContextOptions) => Promise<Page>;
}

/** A page state and the steps that lead to it. */
export interface State {
  name: string;
  arrange: (scene: Scene) => Promise<void>;
  /** Whether the page is long, so that checking it takes longer. */
  long?: boolean;
}

const signedOut: State[] = [
  { name: "home", arrange: ({ page }) => open(page, "/") },
  { name: "sign up", arrange: ({ page }) => open(page, "/sign-up") },
  { name: "sign in", arrange: ({ page }) => open(page, "/sign-in") },
  { name: "the API", arrange: ({ page }) => open(page, "/docs"), long: true },
  { name: "page not found", arrange: ({ page }) => open(page, "/no-such-page") },
  {
    name: "sign up, every field refused",
    arrange: async ({ page }) => {
      await submitSignUp(page, { email: "nobody", password: "short", name: "x".repeat(1000) });
      await expect(summary(page)).toBeVisible();
    },
  },
  {
    name: "sign up, password revealed",
    arrange: async ({ page, javaScriptEnabled }) => {
      await open(page, "/sign-up");
      await field(page, "Password").fill("quiet harbour");
      if (javaScriptEnabled !== false) await button(page, "Show password").click();
    },
  },
  {
    name: "sign up, address taken",
    arrange: async ({ page, person, otherDevice }) => {
      await signUp(await otherDevice(), person);
      await submitSignUp(page, person);
      await expect(summary(page)).toBeVisible();
    },
  },
  {
    name: "sign up, address taken, at sign-in",
    arrange: async ({ page, person, otherDevice }) => {
      await signUp(await otherDevice(), person);
      await submitSignUp(page, person);
      await summary(page).getByRole("link", { name: "Sign in instead" }).click();
      await expect(heading(page, "Sign in")).toBeVisible();
    },
  },
  {
    name: "sign in refused",
    arrange: async ({ page, person }) => {
      await submitSignIn(page, person);
      await expect(summary(page)).toBeVisible();
    },
  },
  { name: "sign in, passkey cancelled", arrange: cancelSignIn },
  {
    name: "sign in, rate limited",
    arrange: ({ page, person }) => guessUntilSlowedDown(page, person.email),
  },
  {
    name: "error",
    arrange: async ({ page }) => {
      await page.goto("/actions/sign-in");
      await expect(heading(page, "We couldn’t read that")).toBeVisible();
    },
  },
  { name: "forgotten password", arrange: ({ page }) => open(page, "/forgot-password") },
  { name: "forgotten password, link requested", arrange: ({ page, person }) => requestReset(page, person.email) },
  { name: "forgotten password, link does not work", arrange: ({ page }) => open(page, "/reset-password?token=x") },
  {
    name: "forgotten password, message",
    arrange: async ({ page, person, otherDevice }) => {
      await signUp(await otherDevice(), person);
      await requestReset(page, person.email);
      await openMessage(page, person.email);
    },
  },
  {
    name: "forgotten password, new password",
    arrange: async ({ page, person, otherDevice }) => {
      await signUp(await otherDevice(), person);
      await requestReset(page, person.email);
      await openMessage(page, person.email);
      await followLink(page);
    },
  },
  {
    name: "change of address, sign in first",
    arrange: async ({ page, person, otherDevice }) => {
      const other = await otherDevice();
      const { email } = newPerson();
      await signUp(other, person);
      await requestChange(other, email);
      await openChange(page, email);
      await expect(heading(page, "Sign in to change your address")).toBeVisible();
    },
  },
  { name: "change of address, link does not work", arrange: ({ page }) => open(page, "/change-email?token=x") },
  { name: "change of address, undo does not work", arrange: ({ page }) => open(page, "/undo-email-change?token=x") },
  { name: "sign in, code offered", arrange: ({ page }) => open(page, `${servers.byMail.url}/sign-in`) },
  { name: "sign in by mail", arrange: ({ page }) => open(page, `${servers.byMail.url}/sign-in/email`) },
  { name: "sign in by mail, code", arrange: ({ page, person }) => askForCode(page, person.email) },
  {
    name: "sign in by mail, code refused",
    arrange: async ({ page, person }) => {
      await askForCode(page, person.email);
      await field(page, "Code").fill(otherCode(await readCode(page, person.email)));
      await button(page, "Sign in").click();
      await expect(summary(page)).toBeVisible();
    },
  },
  {
    name: "sign in by mail, message",
    arrange: async ({ page, person }) => {
      await askForCode(page, person.email);
      await openSignInMessage(page, person.email);
    },
  },
  {
    name: "sign in by mail, link",
    arrange: async ({ page, person }) => {
      await askForCode(page, person.email);
      await openSignInMessage(page, person.email);
      await followSignInLink(page);
    },
  },
  {
    name: "sign in by mail, link on another device",
    arrange: async ({ page, person, otherDevice }) => {
      await askForCode(await otherDevice(), person.email);
      await openSignInMessage(page, person.email);
      await followSignInLink(page);
    },
  },
  {
    name: "sign in by mail, link does not work",
    arrange: ({ page }) => open(page, `${servers.byMail.url}/sign-in/link?token=x`),
  },
  {
    name: "account, security, no password",
    arrange: async ({ page, person }) => {
      await signInByMail(page, person.email);
      await open(page, `${servers.byMail.url}/account/security`);
    },
  },
  {
    name: "confirm, password",
    arrange: async ({ page, person }) => {
      await submitSignUp(page, person, { at: `${servers.stale.url}/sign-up` });
      await waitUntilStale(page);
    },
  },
  {
    name: "confirm, password refused",
    arrange: async ({ page, person }) => {
      await submitSignUp(page, person, { at: `${servers.stale.url}/sign-up` });
      await waitUntilStale(page);
      await button(page, "Confirm").click();
      await expect(summary(page)).toBeVisible();
    },
  },
  {
    name: "confirm, before a deletion",
    arrange: async ({ page, person }) => {
      await signInByMail(page, person.email, servers.stale.url);
      await waitUntilStale(page);
      await open(page, `${servers.stale.url}/account/delete`);
      await button(page, "Delete account").click();
      await expect(heading(page, confirmation)).toBeVisible();
    },
  },
  {
    name: "confirm, code",
    arrange: async ({ page, person }) => {
      await signInByMail(page, person.email, servers.stale.url);
      await waitUntilStale(page);
      await requestConfirmationCode(page, person.email);
    },
  },
  {
    name: "confirm, code refused",
    arrange: async ({ page, person }) => {
      await signInByMail(page, person.email, servers.stale.url);
      await waitUntilStale(page);
      const code = await requestConfirmationCode(page, person.email);
      await field(page, "Code from the message").fill(otherCode(code));
      await button(page, "Confirm").click();
      await expect(summary(page)).toBeVisible();
    },
  },
  { name: "failed link", arrange: ({ page }) => open(page, "/api/auth/error?error=state_mismatch") },
  {
    name: "form from another origin",
    arrange: async ({ page, baseURL }) => {
      await postFromOtherOrigin(page, `${baseURL}/actions/sign-in`);
      await expect(heading(page, "That came from another site")).toBeVisible();
    },
  },
  {
    name: "signed out",
    arrange: async ({ page, person }) => {
      await signUp(page, person);
      await button(page, "Sign out").click();
      await expect(notice(page)).toBeVisible();
    },
  },
];

const signedIn: State[] = [
  { name: "the API, signed in", arrange: ({ page }) => open(page, "/docs"), long: true },
  { name: "account, just created", arrange: async () => {} },
  { name: "account, profile", arrange: ({ page }) => open(page, "/account") },
  { name: "account, security", arrange: ({ page }) => open(page, "/account/security") },
  { name: "account, devices", arrange: ({ page }) => open(page, "/account/sessions") },
  { name: "account, activity", arrange: ({ page }) => open(page, "/account/activity") },
  { name: "account, delete", arrange: ({ page }) => open(page, "/account/delete") },
  {
    name: "account, long name and address",
    arrange: async ({ page }) => {
      const profile = `/api/users/${await userId(page.context())}`;
      expect((await page.request.patch(profile, { data: { name: "عائشة".repeat(15) } })).status()).toBe(200);
      await open(page, "/account");
    },
  },
  {
    name: "account, several devices",
    arrange: async ({ page, person, otherDevice }) => {
      for (const { userAgent } of Object.values(devices)) await signIn(await otherDevice({ userAgent }), person);
      await page.goto("/account/sessions");
      await expect(button(page, "Sign out everywhere else")).toBeVisible();
    },
  },
  {
    name: "account, many devices",
    arrange: async ({ page, person, otherDevice }) => {
      for (let turn = 0; turn < 6; turn += 1) await signIn(await otherDevice(devices.firefox), person);
      await page.goto("/account/sessions");
      await expect(page.getByRole("link", { name: "Show all 7 devices" })).toBeVisible();
    },
  },
  {
    name: "account, long activity",
    arrange: async ({ page }) => {
      const profile = `/api/users/${await userId(page.context())}`;
      for (let turn = 0; turn < 25; turn += 1) {
        expect((await page.request.patch(profile, { data: { name: `Ada ${turn}` } })).status()).toBe(200);
      }
      await page.goto("/account/activity");
      await page.getByRole("link", { name: "Older activity" }).click();
      await expect(page.getByRole("link", { name: "Newest activity" })).toBeVisible();
    },
  },
  {
    name: "account, name saved",
    arrange: async ({ page }) => {
      await button(page, "Save name").click();
      await expect(notice(page)).toBeVisible();
    },
  },
  {
    name: "account, name refused",
    arrange: async ({ page }) => {
      await field(page, "Name (optional)").fill("x".repeat(1000));
      await button(page, "Save name").click();
      await expect(summary(page)).toBeVisible();
    },
  },
  {
    name: "account, password change refused",
    arrange: async ({ page }) => {
      await open(page, "/account/security");
      await field(page, "Current password").fill("not the one");
      await field(page, "New password").fill("short");
      await button(page, "Change password").click();
      await expect(summary(page)).toBeVisible();
    },
  },
  {
    name: "account, address change refused",
    arrange: async ({ page, person }) => {
      await open(page, "/account/security");
      await field(page, "New e-mail address").fill(person.email);
      await button(page, "Change address").click();
      await expect(summary(page)).toBeVisible();
    },
  },
  { name: "account, address change requested", arrange: ({ page }) => requestChange(page, newPerson().email) },
  {
    name: "change of address, message",
    arrange: async ({ page }) => {
      const { email } = newPerson();
      await requestChange(page, email);
      await openMessageTo(page, email, subjects.confirm);
    },
  },
  {
    name: "change of address, button",
    arrange: async ({ page }) => {
      const { email } = newPerson();
      await requestChange(page, email);
      await openChange(page, email);
      await expect(heading(page, "Change your address")).toBeVisible();
    },
  },
  {
    name: "change of address, address taken",
    arrange: async ({ page, otherDevice }) => {
      const taken = newPerson();
      await signUp(await otherDevice(), taken);
      await requestChange(page, taken.email);
      await openMessageTo(page, taken.email, subjects.taken);
    },
  },
  {
    name: "change of address, message to the former address",
    arrange: async ({ page, person }) => {
      await verifyAddress(page, person.email);
      await changeAddress(page, newPerson().email);
      await openMessageTo(page, person.email, subjects.changed);
    },
  },
  {
    name: "change of address, undo",
    arrange: async ({ page, person }) => {
      await verifyAddress(page, person.email);
      await changeAddress(page, newPerson().email);
      await openMessageTo(page, person.email, subjects.changed);
      await followLinkNamed(page, "undo the change");
      await expect(heading(page, "Restore your address")).toBeVisible();
    },
  },
  {
    name: "account, deletion refused",
    arrange: async ({ page }) => {
      await open(page, "/account/delete");
      await field(page, "Your password, to confirm").fill("not the one");
      await button(page, "Delete account").click();
      await expect(summary(page)).toBeVisible();
    },
  },
];

const withMessages: State[] = [
  {
    name: "new sign-in, message",
    arrange: async ({ page, person, otherDevice }) => {
      await verifyAddress(page, person.email);
      await signIn(await otherDevice({ extraHTTPHeaders: { "x-forwarded-for": newNetwork() } }), person);
      await openMessage(page, person.email, "New sign-in to your Latchkey account");
    },
  },
  {
    name: "delete account, message",
    arrange: ({ page, person }) => requestDeletion(page, person.email),
  },
  {
    name: "delete account, link",
    arrange: async ({ page, person }) => {
      await requestDeletion(page, person.email);
      await followLink(page, "Delete the account", "Delete your account");
    },
  },
  { name: "delete account, link does not work", arrange: ({ page }) => open(page, "/delete-account?token=x") },
  {
    name: "account, password changed, message",
    arrange: async ({ page, person }) => {
      await verifyAddress(page, person.email);
      await open(page, "/account/security");
      await field(page, "Current password").fill(person.password);
      await field(page, "New password").fill(newPerson().password);
      await button(page, "Change password").click();
      await expect(notice(page)).toBeVisible();
      await openMessage(page, person.email, "Your Latchkey password was changed");
    },
  },
];

const withSecondFactor: State[] = [
  {
    name: "two-step sign-in, set-up",
    arrange: async ({ page }) => {
      await openSetUp(page);
    },
  },
  {
    name: "two-step sign-in, code refused at the set-up",
    arrange: async ({ page }) => {
      await openSetUp(page);
      await button(page, "Turn on two-step sign-in").click();
      await expect(summary(page)).toBeVisible();
    },
  },
  {
    name: "two-step sign-in, recovery codes",
    arrange: async ({ page }) => {
      await turnOn(page);
    },
  },
  { name: "two-step sign-in, no codes to show", arrange: ({ page }) => open(page, "/account/recovery-codes") },
  {
    name: "two-step sign-in, on",
    arrange: async ({ page }) => {
      await turnOn(page);
      await open(page, "/account/security");
    },
  },
  {
    name: "sign in, second step",
    arrange: async ({ page, person }) => {
      await turnOn(page);
      await signOut(page);
      await givePassword(page, person);
    },
  },
  {
    name: "sign in, code refused",
    arrange: async ({ page, person }) => {
      await turnOn(page);
      await signOut(page);
      await givePassword(page, person);
      await button(page, "Sign in").click();
      await expect(summary(page)).toBeVisible();
    },
  },
  {
    name: "sign in, recovery code",
    arrange: async ({ page, person }) => {
      await turnOn(page);
      await signOut(page);
      await givePassword(page, person);
      await open(page, "/sign-in/recovery-code");
    },
  },
];

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

export const states: State[] = [
  ...signedOut,
  ...[...signedIn, ...withMessages, ...withSecondFactor, ...withPasskeys].map(({ name, arrange }) => ({
    name,
    arrange: async (scene: Scene) => {
      await signUp(scene.page, scene.person);
      await expect(heading(scene.page, "Your account")).toBeVisible();
      await arrange(scene);
    },
  })),
];
