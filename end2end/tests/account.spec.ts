// The sections of the account: profile, password, devices and recent activity. Deletion is in story 6.

import { request } from "@playwright/test";
import {
  activity,
  button,
  expectFieldRefused,
  expectNotice,
  expectSignedIn,
  expectSignedOut,
  field,
  listedDevices,
  notice,
  openSection,
  sections,
  signIn,
  signOut,
  signUp,
  submitSignIn,
  summary,
} from "../support/forms.js";
import { devices, newNetwork } from "../support/people.js";
import { expect, test } from "../support/test.js";
import { userId } from "../support/tokens.js";

test("account: each section has its own page", async ({ page, person }) => {
  await signUp(page, person);
  for (const [name, path, titles] of [
    ["Security", "/account/security", ["Password", "Passkeys", "Two-step sign-in", "E-mail address"]],
    ["Devices", "/account/sessions", ["Where you’re signed in"]],
    ["Activity", "/account/activity", ["Recent activity"]],
    ["Delete account", "/account/delete", ["Delete account"]],
    ["Profile", "/account", ["Verify your address", "Profile"]],
  ] as const) {
    await openSection(page, name);
    await expect(page).toHaveURL(path);
    await expect(page.getByRole("main").getByRole("heading", { level: 2 })).toHaveText([...titles]);
    await expect(page.locator("[aria-current]")).toHaveText([name]);
  }
});

test("account: the sections are reachable by keyboard", async ({ page, person }) => {
  await signUp(page, person);
  await sections(page).first().focus();
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("Tab");
  await expect(sections(page).filter({ hasText: "Activity" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/account/activity");
  await expect(page.getByRole("heading", { level: 2, name: "Recent activity" })).toBeVisible();
});

test("account: every section is visible at 320 px, also with 200 % text", async ({ page, person }) => {
  await signUp(page, person);
  await page.setViewportSize({ width: 320, height: 640 });
  for (const size of ["100%", "200%"]) {
    await page.evaluate((value) => document.documentElement.style.setProperty("font-size", value), size);
    for (const link of await sections(page).all()) {
      const box = await link.boundingBox();
      expect(box?.height).toBeGreaterThanOrEqual(44);
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
    }
  }
});

test("profile: a new name is saved and shown", async ({ page, person }) => {
  await signUp(page, person);
  await field(page, "Name (optional)").fill("Augusta King");
  await button(page, "Save name").click();
  await expectNotice(page, "Your name is saved.");
  await expect(page).toHaveURL("/account");
  await expect(field(page, "Name (optional)")).toHaveValue("Augusta King");
  await expect(page.getByRole("banner").getByText("Augusta King")).toBeVisible();
  // The message is shown once.
  await page.goto("/account");
  await expect(notice(page)).toHaveCount(0);
});

test("profile: an invalid name shows an error at its field", async ({ page, person }) => {
  await signUp(page, person);
  await field(page, "Name (optional)").fill("x".repeat(1000));
  await button(page, "Save name").click();
  await expectFieldRefused(page, "Name (optional)", "Use at most 100 characters for the name.");
  await expect(page.getByRole("banner").getByText(person.name)).toBeVisible();
});

test("password change: ends all other sessions and keeps the current one", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const other = await otherDevice();
  await signIn(other, person);
  const password = `${person.password} changed`;
  await openSection(page, "Security");
  await field(page, "Current password").fill(person.password);
  await field(page, "New password").fill(password);
  await button(page, "Change password").click();
  await expectNotice(page, "Your password is changed");
  await expect(page).toHaveURL("/account/security");
  await expectSignedIn(page, person);
  await expectSignedOut(other);
  await submitSignIn(other, person);
  await expect(summary(other)).toBeVisible();
  await signIn(other, { ...person, password });
});

test("password change: a wrong current password shows an error", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  await openSection(page, "Security");
  await field(page, "Current password").fill("not the one");
  await field(page, "New password").fill(`${person.password} changed`);
  await button(page, "Change password").click();
  await expectFieldRefused(page, "Current password", "This isn’t your current password.");
  await expect(field(page, "Current password")).toHaveValue("");
  await expect(field(page, "New password")).toHaveValue("");
  await signOut(page);
  await signIn(page, person);
});

test("password change: the new password must satisfy the policy", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  await openSection(page, "Security");
  await field(page, "Current password").fill(person.password);
  await field(page, "New password").fill("password1");
  await button(page, "Change password").click();
  await expectFieldRefused(page, "New password", "This is a commonly used password.");
});

test("devices: each is listed by name and the current one is marked", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  await signIn(await otherDevice(devices.firefox), person);
  await page.goto("/account/sessions");
  const listed = listedDevices(page);
  await expect(listed).toHaveCount(2);
  await expect(listed.first()).toContainText(/Chrome on (Windows|Linux|Android|macOS)/);
  await expect(listed.first()).toContainText("This device");
  await expect(listed.last()).toContainText("Firefox on Linux");
  await expect(listed.last().getByRole("button", { name: /^Sign out of Firefox on Linux/ })).toBeVisible();
});

test("devices: signing out one device ends its session", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const linux = await otherDevice(devices.firefox);
  const iphone = await otherDevice(devices.safari);
  await signIn(linux, person);
  await signIn(iphone, person);
  await page.goto("/account/sessions");
  await page.getByRole("button", { name: /^Sign out of Firefox on Linux/ }).click();
  await expectNotice(page, "The device is signed out.");
  await expect(page).toHaveURL("/account/sessions");
  await expectSignedOut(linux);
  await expectSignedIn(iphone, person);
  await expectSignedIn(page, person);
});

test("devices: all other devices can be signed out at once", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const others = [await otherDevice(devices.firefox), await otherDevice(devices.safari)];
  for (const other of others) await signIn(other, person);
  await page.goto("/account/sessions");
  await button(page, "Sign out everywhere else").click();
  await expectNotice(page, "Every other device is signed out.");
  await expect(page).toHaveURL("/account/sessions");
  await expect(button(page, "Sign out everywhere else")).toHaveCount(0);
  for (const other of others) await expectSignedOut(other);
  await expectSignedIn(page, person);
});

test("devices: five are listed, then all on request", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  for (let devices = 0; devices < 6; devices += 1) await signIn(await otherDevice(), person);
  await openSection(page, "Devices");
  await expect(listedDevices(page)).toHaveCount(5);
  await expect(listedDevices(page).first()).toContainText("This device");
  await page.getByRole("link", { name: "Show all 7 devices" }).click();
  await expect(page).toHaveURL("/account/sessions?all");
  await expect(listedDevices(page)).toHaveCount(7);
  // The list stays complete while devices are signed out.
  await listedDevices(page).last().getByRole("button").click();
  await expectNotice(page, "The device is signed out.");
  await expect(page).toHaveURL("/account/sessions?all");
  await expect(listedDevices(page)).toHaveCount(6);
  await page.getByRole("link", { name: "Show only 5" }).click();
  await expect(listedDevices(page)).toHaveCount(5);
});

test("devices: the page of 27 devices is short on a phone", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  const data = { email: person.email, password: person.password };
  // 26 more devices: programs whose cookies are not kept.
  const program = await request.newContext({ baseURL: new URL(page.url()).origin });
  for (let device = 0; device < 26; device += 1) {
    const headers = { "x-forwarded-for": newNetwork(), origin: new URL(page.url()).origin };
    expect((await program.post("/api/auth/sign-in/email", { data, headers })).status()).toBe(200);
  }
  await program.dispose();
  await page.setViewportSize({ width: 390, height: 844 });
  await openSection(page, "Devices");
  await expect(page.getByRole("link", { name: "Show all 27 devices" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(2_000);
});

test("activity: a long word of a stranger does not widen the page", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  const program = await request.newContext({ baseURL: new URL(page.url()).origin, userAgent: "W".repeat(40) });
  const headers = { "x-forwarded-for": newNetwork() };
  const data = { email: person.email, password: "wrong password 1" };
  expect((await program.post("/api/auth/sign-in/email", { data, headers })).status()).toBe(401);
  await program.dispose();
  await page.setViewportSize({ width: 390, height: 844 });
  await openSection(page, "Activity");
  await expect(activity(page).first()).toContainText("Unknown device");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("devices: the sign-in time tells devices with the same name apart", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const others = [await otherDevice(devices.firefox), await otherDevice(devices.firefox)];
  for (const other of others) await signIn(other, person);
  const signIns = await page.request.get(`/api/users/${await userId(page.context())}/sessions`);
  const { sessions: listed } = (await signIns.json()) as { sessions: { createdAt: string }[] };
  await openSection(page, "Devices");
  const times = listedDevices(page).locator("p time");
  expect(await times.evaluateAll((list) => list.map((time) => time.getAttribute("datetime")).sort())).toEqual(
    listed.map(({ createdAt }) => createdAt).sort(),
  );
  // With seconds, on the page and in the button’s name.
  await expect(times.first()).toHaveText(/\d:\d\d:\d\d/);
  const button = page.getByRole("button", { name: /^Sign out of Firefox on Linux, signed in .*\d:\d\d:\d\d/ });
  await expect(button).toHaveCount(2);
});

test("recent activity: lists events, newest first", async ({ page, person }) => {
  await signUp(page, person);
  await openSection(page, "Activity");
  await expect(activity(page).filter({ hasText: "Account created" })).toHaveCount(1);
  await signOut(page);
  await submitSignIn(page, { ...person, password: "a wrong guess at it" });
  await expect(summary(page)).toBeVisible();
  await signIn(page, person);
  await openSection(page, "Activity");
  await expect(activity(page).filter({ hasText: "A wrong password or code was given" })).toHaveCount(1);
  // Session events that belong to a sign-in have no entry of their own.
  await expect(activity(page).filter({ hasText: /Session (opened|renewed)/ })).toHaveCount(0);
  const words = await activity(page).allInnerTexts();
  const at = (text: string) => words.findIndex((entry) => entry.includes(text));
  expect(at("Signed in")).toBeLessThan(at("A wrong password"));
  expect(at("A wrong password")).toBeLessThan(at("Account created"));
});

test("recent activity: times use the browser's time zone, or UTC without JavaScript", async ({
  page,
  person,
  javaScriptEnabled,
  locale,
  timezoneId,
}) => {
  await signUp(page, person);
  await openSection(page, "Activity");
  const time = activity(page).locator("time").first();
  const moment = new Date((await time.getAttribute("datetime")) ?? "");
  expect(Math.abs(Date.now() - moment.getTime())).toBeLessThan(5 * 60 * 1000);
  const clock = (zone?: string) =>
    new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(moment);
  await expect(time).toContainText(clock(javaScriptEnabled === false ? "UTC" : timezoneId));
  if (javaScriptEnabled === false) await expect(time).toContainText("UTC");
});
