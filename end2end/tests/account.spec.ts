// The account page: profile, password, devices and recent activity. Deletion is in story 6.

import {
  button,
  expectFieldRefused,
  expectSignedIn,
  expectSignedOut,
  field,
  notice,
  signIn,
  signOut,
  signUp,
  submitSignIn,
  summary,
} from "../support/forms.js";
import { devices } from "../support/people.js";
import { expect, test } from "../support/test.js";

test("account: the page has five sections", async ({ page, person }) => {
  await signUp(page, person);
  const titles = page.getByRole("main").getByRole("heading", { level: 2 });
  await expect(titles).toHaveText(["Profile", "Password", "Where you’re signed in", "Recent activity", "Delete account"]);
});

test("profile: a new name is saved and shown", async ({ page, person }) => {
  await signUp(page, person);
  await field(page, "Name (optional)").fill("Augusta King");
  await button(page, "Save name").click();
  await expect(notice(page)).toContainText("Your name is saved.");
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
  await field(page, "Current password").fill(person.password);
  await field(page, "New password").fill(password);
  await button(page, "Change password").click();
  await expect(notice(page)).toContainText("Your password is changed");
  await expectSignedIn(page, person);
  await expectSignedOut(other);
  await submitSignIn(other, person);
  await expect(summary(other)).toBeVisible();
  await signIn(other, { ...person, password });
});

test("password change: a wrong current password shows an error", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
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
  await field(page, "Current password").fill(person.password);
  await field(page, "New password").fill("password1");
  await button(page, "Change password").click();
  await expectFieldRefused(page, "New password", "This is a commonly used password.");
});

test("devices: each is listed by name and the current one is marked", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  await signIn(await otherDevice(devices.firefox), person);
  await page.goto("/account");
  const listed = page.getByRole("region", { name: "Where you’re signed in" }).getByRole("listitem");
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
  await page.goto("/account");
  await page.getByRole("button", { name: /^Sign out of Firefox on Linux/ }).click();
  await expect(notice(page)).toContainText("The device is signed out.");
  await expectSignedOut(linux);
  await expectSignedIn(iphone, person);
  await expectSignedIn(page, person);
});

test("devices: all other devices can be signed out at once", async ({ page, person, otherDevice }) => {
  await signUp(page, person);
  const others = [await otherDevice(devices.firefox), await otherDevice(devices.safari)];
  for (const other of others) await signIn(other, person);
  await page.goto("/account");
  await button(page, "Sign out everywhere else").click();
  await expect(notice(page)).toContainText("Every other device is signed out.");
  await expect(button(page, "Sign out everywhere else")).toHaveCount(0);
  for (const other of others) await expectSignedOut(other);
  await expectSignedIn(page, person);
});

test("recent activity: lists events, newest first", async ({ page, person }) => {
  await signUp(page, person);
  const activity = page.getByRole("region", { name: "Recent activity" }).getByRole("listitem");
  await expect(activity.filter({ hasText: "Account created" })).toHaveCount(1);
  await signOut(page);
  await submitSignIn(page, { ...person, password: "a wrong guess at it" });
  await expect(summary(page)).toBeVisible();
  await signIn(page, person);
  await expect(activity.filter({ hasText: "A wrong password was given" })).toHaveCount(1);
  // Session events that belong to a sign-in have no entry of their own.
  await expect(activity.filter({ hasText: /Session (opened|renewed)/ })).toHaveCount(0);
  const words = await activity.allInnerTexts();
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
  const time = page.getByRole("region", { name: "Recent activity" }).locator("time").first();
  const moment = new Date((await time.getAttribute("datetime")) ?? "");
  expect(Math.abs(Date.now() - moment.getTime())).toBeLessThan(5 * 60 * 1000);
  const clock = (zone?: string) =>
    new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(moment);
  await expect(time).toContainText(clock(javaScriptEnabled === false ? "UTC" : timezoneId));
  if (javaScriptEnabled === false) await expect(time).toContainText("UTC");
});
