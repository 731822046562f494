// Story 11: sign in with a passkey.

import type { Page } from "@playwright/test";
import { givePassword, turnOn } from "../support/authenticator.js";
import {
  activity,
  button,
  expectFieldRefused,
  expectNotice,
  expectRefused,
  expectSignedIn,
  field,
  heading,
  signIn,
  signOut,
  signUp,
} from "../support/forms.js";
import {
  addAuthenticator,
  addPasskey,
  cancelling,
  listedPasskeys,
  openControls,
  passkeyError,
  removePasskey,
  stored,
  withoutPasskeys,
  withoutSuggestions,
} from "../support/passkeys.js";
import { expect, test } from "../support/test.js";

const script = { tag: "@script" };

/** Presses a button that asks the browser for a passkey, and waits for the page that follows. */
async function usePasskey(page: Page, name: string): Promise<void> {
  const followed = page.waitForEvent("framenavigated");
  await button(page, name).click();
  await followed;
  await page.waitForLoadState();
}

/** Presses the button of the sign-in page. */
async function signInWithPasskey(page: Page, at = "/sign-in"): Promise<void> {
  await page.goto(at);
  await usePasskey(page, "Sign in with a passkey");
}

test("passkey: add one and see it in the list", script, async ({ page, person }) => {
  await signUp(page, person);
  const keys = await addAuthenticator(page);
  await addPasskey(page, "Phone");
  expect(await stored(keys)).toHaveLength(1);
  await expect(listedPasskeys(page)).toHaveCount(1);
  await expect(listedPasskeys(page)).toContainText("Never used");
  await expect(listedPasskeys(page)).toContainText("This device only");
  await page.goto("/account/activity");
  await expect(activity(page).filter({ hasText: /passkey/i }).first()).toBeVisible();
});

test("passkey: sign in with the button, and continue at the next page", script, async ({ page, person }) => {
  await withoutSuggestions(page);
  await signUp(page, person);
  await addAuthenticator(page);
  await addPasskey(page, "Phone");
  await signOut(page);
  await page.goto("/account/sessions");
  await field(page, "Keep me signed in on this device").uncheck();
  await button(page, "Sign in with a passkey").click();
  await expect(page).toHaveURL(/\/account\/sessions$/);
  const cookies = await page.context().cookies();
  expect(cookies.find(({ name }) => name === "latchkey_session")?.expires).toBe(-1);
  await expectSignedIn(page, person);
  await page.goto("/account/security");
  await expect(listedPasskeys(page)).toContainText("Last used");
});

test("passkey: the browser suggests it in the field of the address", script, async ({ page, person }) => {
  await signUp(page, person);
  const available = await page.evaluate(() => PublicKeyCredential.isConditionalMediationAvailable?.());
  test.skip(!available, "this browser has no conditional mediation");
  await addAuthenticator(page);
  await addPasskey(page, "Phone");
  // The page after "Sign out" would sign in at once.
  await page.context().clearCookies();
  await page.goto("/sign-in?next=%2Faccount%2Factivity");
  await expect(page).toHaveURL(/\/account\/activity$/);
  await expectSignedIn(page, person);
});

test("passkey: the address field asks for suggestions", script, async ({ page }) => {
  await page.goto("/sign-in");
  await expect(field(page, "E-mail address")).toHaveAttribute("autocomplete", "username webauthn");
  await expect(button(page, "Sign in with a passkey")).toBeVisible();
});

test("passkey: two authenticators", script, async ({ page, person, otherDevice }) => {
  const other = await otherDevice();
  for (const each of [page, other]) await withoutSuggestions(each);
  await signUp(page, person);
  await signIn(other, person);
  await addAuthenticator(page);
  await addAuthenticator(other, "usb");
  await addPasskey(page, "Phone");
  await addPasskey(other, "Security key");
  await expect(listedPasskeys(other)).toHaveCount(2);

  await button(other, "Add a passkey").click();
  await expect(passkeyError(other)).toHaveText("This device has a passkey for your account already.");
  await expect(button(other, "Add a passkey")).toBeFocused();

  for (const each of [page, other]) {
    await signOut(each);
    await signInWithPasskey(each);
    await expectSignedIn(each, person);
  }
});

test("passkey: rename it", script, async ({ page, person }) => {
  await signUp(page, person);
  await addAuthenticator(page);
  await addPasskey(page, "Phone");
  await openControls(page, "Phone");
  await field(page, "Name of Phone").fill("Work phone");
  await button(page, "Rename Phone").click();
  await expectNotice(page, "Your passkey is renamed.");
  await expect(listedPasskeys(page)).toContainText("Work phone");
});

test("passkey: a removed one is refused", script, async ({ page, person, otherDevice }) => {
  await withoutSuggestions(page);
  await signUp(page, person);
  const keys = await addAuthenticator(page);
  await addPasskey(page, "Phone");
  await signOut(page);
  const other = await otherDevice();
  await signIn(other, person);
  await removePasskey(other, "Phone");
  await expectNotice(other, "The passkey is removed");
  await expect(listedPasskeys(other)).toHaveCount(0);

  await signInWithPasskey(page, "/sign-in?next=%2Faccount%2Factivity");
  await expectRefused(page, "No account has this passkey");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Faccount%2Factivity$/);
  // The page tells the password manager.
  const reports = await page.evaluate(() => "signalUnknownCredential" in PublicKeyCredential);
  if (reports) await expect.poll(() => stored(keys)).toEqual([]);
});

test("passkey: the password manager learns of the removal", script, async ({ page, person }) => {
  await signUp(page, person);
  const keys = await addAuthenticator(page);
  await addPasskey(page, "Phone");
  const reports = await page.evaluate(() => "signalAllAcceptedCredentials" in PublicKeyCredential);
  test.skip(!reports, "this browser has no Signal API");
  await removePasskey(page, "Phone");
  await expectNotice(page, "The passkey is removed");
  await expect.poll(() => stored(keys)).toEqual([]);
});

test("passkey: as the second step", script, async ({ page, person }) => {
  await withoutSuggestions(page);
  await signUp(page, person);
  await addAuthenticator(page);
  await addPasskey(page, "Phone");
  await turnOn(page);
  await signOut(page);
  await givePassword(page, person);
  await expect(field(page, "Code")).toBeFocused();
  await usePasskey(page, "Use a passkey");
  await expectSignedIn(page, person);
});

test("passkey: sign up without a password", script, async ({ page, person }) => {
  await withoutSuggestions(page);
  const keys = await addAuthenticator(page);
  await page.goto("/sign-up?next=%2Faccount%2Fsecurity");
  await field(page, "E-mail address").fill("ada");
  await field(page, "Name (optional)").fill(person.name);
  await button(page, "Create account with a passkey").click();
  await expectFieldRefused(page, "E-mail address", "Enter an e-mail address like");
  await expect(field(page, "Name (optional)")).toHaveValue(person.name);
  expect(await stored(keys)).toEqual([]);

  await field(page, "E-mail address").fill(person.email);
  await button(page, "Create account with a passkey").click();
  await expectNotice(page, "Your account is created");
  await expect(page).toHaveURL(/\/account\/security$/);
  await expect(page.getByRole("main")).toContainText("You have no password");
  await expect(listedPasskeys(page)).toHaveCount(1);

  await openControls(page, "Rename or remove");
  await page.getByRole("button", { name: /^Remove/ }).click();
  await expectRefused(page, "This passkey is your only way to sign in.");
  await signOut(page);
  await signInWithPasskey(page);
  await expectSignedIn(page, person);
});

test("passkey: a cancelled dialog is explained", script, async ({ page, person }) => {
  await cancelling(page);
  await page.goto("/sign-in");
  const use = button(page, "Sign in with a passkey");
  for (let turn = 0; turn < 2; turn += 1) {
    await use.click();
    await expect(passkeyError(page)).toHaveText("No passkey was used. Try again, or sign in another way.");
    await expect(use).toBeFocused();
    await expect(use).not.toHaveAttribute("data-sending", "");
  }
  await signUp(page, person);
  await page.goto("/account/security");
  await button(page, "Add a passkey").click();
  await expect(passkeyError(page)).toHaveText("No passkey was created. Try again, or use another device.");
  await expect(button(page, "Add a passkey")).toBeFocused();
});

test("passkey: without the service, the page says so", script, async ({ page, browserErrors }) => {
  await withoutSuggestions(page);
  await page.goto("/sign-in");
  await page.route("**/options", (route) => route.abort());
  await button(page, "Sign in with a passkey").click();
  await expect(passkeyError(page)).toHaveText("That didn’t work. Check your connection and try again.");
  // The browser reports the request that failed.
  browserErrors.length = 0;
});

test("passkey: a browser without passkeys shows what works", script, async ({ page, person }) => {
  await withoutPasskeys(page);
  await page.goto("/sign-in");
  await expect(button(page, "Sign in with a passkey")).toBeHidden();
  await page.goto("/sign-up");
  await expect(button(page, "Create account with a passkey")).toBeHidden();
  await signUp(page, person);
  await page.goto("/account/security");
  await expect(page.getByText("This browser has no passkeys.")).toBeVisible();
  await expect(button(page, "Add a passkey")).toBeHidden();
  await expect(field(page, "Name of the new passkey (optional)")).toBeHidden();
});

test("passkey: without JavaScript, the pages say what it needs", async ({ page, person, javaScriptEnabled }) => {
  const hasScript = javaScriptEnabled !== false;
  await page.goto("/sign-in");
  await expect(button(page, "Sign in with a passkey")).toBeVisible({ visible: hasScript });
  await page.goto("/sign-up");
  await expect(button(page, "Create account with a passkey")).toBeVisible({ visible: hasScript });
  await signUp(page, person);
  await page.goto("/account/security");
  await expect(heading(page, "Your account")).toBeVisible();
  await expect(page.getByText("Passkeys need JavaScript.")).toBeVisible({ visible: !hasScript });
  await expect(button(page, "Add a passkey")).toBeVisible({ visible: hasScript });
});

test("recovery codes: copy and print", script, async ({ page, person, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signUp(page, person);
  const { codes } = await turnOn(page);
  await button(page, "Copy").click();
  await expect(button(page, "Copied")).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.trim().split("\n")).toEqual(codes);
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute("data-printed", "");
  });
  await button(page, "Print").click();
  await expect(page.locator("body")).toHaveAttribute("data-printed", "");
});
