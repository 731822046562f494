// The account's page: profile, password, devices, recent activity. Its end is story 6.

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

test("the five sections are there", async ({ page, person }) => {
  await signUp(page, person);
  const titles = page.getByRole("main").getByRole("heading", { level: 2 });
  await expect(titles).toHaveText(["Profile", "Password", "Where you’re signed in", "Recent activity", "Delete account"]);
});

test("the name can be changed", async ({ page, person }) => {
  await signUp(page, person);
  await field(page, "Name (optional)").fill("Augusta King");
  await button(page, "Save name").click();
  await expect(notice(page)).toContainText("Your name is saved.");
  await expect(field(page, "Name (optional)")).toHaveValue("Augusta King");
  await expect(page.getByRole("banner").getByText("Augusta King")).toBeVisible();
  // What was said once is not said again.
  await page.goto("/account");
  await expect(notice(page)).toHaveCount(0);
});

test("a name that cannot be used is refused at its field", async ({ page, person }) => {
  await signUp(page, person);
  await field(page, "Name (optional)").fill("x".repeat(1000));
  await button(page, "Save name").click();
  await expectFieldRefused(page, "Name (optional)", "Use at most 100 characters for the name.");
  await expect(page.getByRole("banner").getByText(person.name)).toBeVisible();
});

test("changing the password ends every other session and keeps this one", async ({ page, person, otherDevice }) => {
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

test("the password cannot be changed without the current one", { tag: "@server" }, async ({ page, person }) => {
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

test("a new password is held to the same rules", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  await field(page, "Current password").fill(person.password);
  await field(page, "New password").fill("password1");
  await button(page, "Change password").click();
  await expectFieldRefused(page, "New password", "This is a commonly used password.");
});

test("every device is listed by name, this one marked", async ({ page, person, otherDevice }) => {
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

test("a device that is signed out from here is out on its next page", async ({ page, person, otherDevice }) => {
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

test("all other devices can be signed out at once", async ({ page, person, otherDevice }) => {
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

test("recent activity tells what happened, newest first", async ({ page, person }) => {
  await signUp(page, person);
  const activity = page.getByRole("region", { name: "Recent activity" }).getByRole("listitem");
  await expect(activity.filter({ hasText: "Account created" })).toHaveCount(1);
  await signOut(page);
  await submitSignIn(page, { ...person, password: "a wrong guess at it" });
  await expect(summary(page)).toBeVisible();
  await signIn(page, person);
  await expect(activity.filter({ hasText: "A wrong password was given" })).toHaveCount(1);
  // What only accompanies a sign-in is not worth an entry.
  await expect(activity.filter({ hasText: /Session (opened|renewed)/ })).toHaveCount(0);
  const words = await activity.allInnerTexts();
  const at = (text: string) => words.findIndex((entry) => entry.includes(text));
  expect(at("Signed in")).toBeLessThan(at("A wrong password"));
  expect(at("A wrong password")).toBeLessThan(at("Account created"));
});

test("times are shown in the reader's zone, or in UTC where it cannot be known", async ({
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
