// Story 10: sign in with a second step.

import jsQR from "jsqr";
import { PNG } from "pngjs";
import { codeOf, givePassword, nextCode, openSetUp, section, turnOn } from "../support/authenticator.js";
import {
  button,
  expectFieldRefused,
  expectNotice,
  expectSignedIn,
  expectSignedOut,
  field,
  heading,
  signOut,
  signUp,
} from "../support/forms.js";
import { expect, test } from "../support/test.js";

test.beforeEach(async ({ page, person }) => {
  await signUp(page, person);
  await expect(heading(page, "Your account")).toBeVisible();
});

test("second factor: turn on, sign in with a code", async ({ page, person }) => {
  const app = await turnOn(page);
  await page.getByRole("link", { name: "I’ve saved them" }).click();
  await expect(page.getByRole("main")).toContainText("10 recovery codes remain.");
  await signOut(page);
  await givePassword(page, person);
  await expect(field(page, "Code")).toBeFocused();
  await expectSignedOut(await page.context().newPage());
  await page.bringToFront();
  await field(page, "Code").fill(codeOf(app.key, 1));
  await button(page, "Sign in").click();
  await expectFieldRefused(page, "Code", "This code isn’t right, or it was used.");
  await field(page, "Code").fill(nextCode(app));
  await button(page, "Sign in").click();
  await expectSignedIn(page, person);
});

test("second factor: the set-up shows a QR code and refuses a wrong code", async ({ page }) => {
  const key = await openSetUp(page);
  expect(key).toMatch(/^[A-Z2-7]{32}$/);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const image = PNG.sync.read(await page.getByRole("img", { name: "QR code for your authenticator app" }).screenshot());
    const pixels = new Uint8ClampedArray(image.data);
    const code = jsQR.default(pixels, image.width, image.height, { inversionAttempts: "dontInvert" });
    expect(code?.data, colorScheme).toContain(`secret=${key}`);
  }
  await expect(page.getByRole("link", { name: "Open the app on this device" })).toHaveAttribute("href", /^otpauth:/);
  await field(page, "Code").fill(codeOf(key, 1));
  await button(page, "Turn on two-step sign-in").click();
  await expectFieldRefused(page, "Code", "This code isn’t right");
});

test("second factor: recovery codes are saved once and work once", async ({ page, person }) => {
  const { codes } = await turnOn(page);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("recovery-codes.txt");
  await page.reload();
  await expect(page.getByRole("main")).toContainText("shown once");
  await signOut(page);
  await givePassword(page, person);
  await page.getByRole("link", { name: "Use a recovery code" }).click();
  await field(page, "Recovery code").fill((codes[0] ?? "").toUpperCase());
  await button(page, "Sign in").click();
  await expectNotice(page, "You’re signed in. If you’ve lost the device");
  await expect(page.getByRole("main")).toContainText("9 recovery codes remain.");
  await signOut(page);
  await givePassword(page, person);
  await page.getByRole("link", { name: "Use a recovery code" }).click();
  await field(page, "Recovery code").fill(codes[0] ?? "");
  await button(page, "Sign in").click();
  await expectFieldRefused(page, "Recovery code", "This recovery code isn’t right, or it was used.");
});

test("second factor: a trusted device needs no code", async ({ page, person, otherDevice }) => {
  const app = await turnOn(page);
  await signOut(page);
  await givePassword(page, person);
  await page.getByLabel("Trust this device for 30 days").check();
  await field(page, "Code").fill(nextCode(app));
  await button(page, "Sign in").click();
  await expectSignedIn(page, person);
  await page.goto("/account/security");
  await expect(section(page, "Trusted devices")).toBeVisible();
  await signOut(page);
  await page.goto("/sign-in");
  await field(page, "E-mail address").fill(person.email);
  await field(page, "Password").fill(person.password);
  await button(page, "Sign in").click();
  await expectSignedIn(page, person);
  await givePassword(await otherDevice(), person);
  await page.goto("/account/security");
  await page.getByRole("button", { name: /^Stop trusting/ }).click();
  await expectNotice(page, "The device needs a code the next time.");
  await signOut(page);
  await givePassword(page, person);
});

test("second factor: keeps the next page", async ({ page, person }) => {
  const app = await turnOn(page);
  await signOut(page);
  await page.goto("/account/sessions");
  await field(page, "E-mail address").fill(person.email);
  await field(page, "Password").fill(person.password);
  await button(page, "Sign in").click();
  await field(page, "Code").fill(nextCode(app));
  await button(page, "Sign in").click();
  await expect(page).toHaveURL(/\/account\/sessions$/);
});

test("second factor: turn off", async ({ page, person }) => {
  await turnOn(page);
  await page.goto("/account/security");
  await button(page, "Turn off two-step sign-in").click();
  await expectNotice(page, "Two-step sign-in is off.");
  await signOut(page);
  await page.goto("/sign-in");
  await field(page, "E-mail address").fill(person.email);
  await field(page, "Password").fill(person.password);
  await button(page, "Sign in").click();
  await expectSignedIn(page, person);
});
