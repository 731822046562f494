// The README's screenshots.

import type { Page } from "@playwright/test";
import { field, listedDevices, signIn, signUp } from "../support/forms.js";
import { devices } from "../support/people.js";
import { expect, test } from "../support/test.js";

const ada = { email: "ada@example.org", password: "analytical kite 1843 harbour", name: "Ada Lovelace" };

const from = (address: string) => ({ extraHTTPHeaders: { "x-forwarded-for": address } });

test.use(from("192.0.2.10"));

test.skip(({ isMobile }) => isMobile, "the README shows a desktop");

async function take(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.screenshot({ path: `../docs/screenshots/${name}.png` });
}

test("sign in", async ({ page }) => {
  await page.goto("/sign-in");
  await field(page, "E-mail address").fill(ada.email);
  await take(page, "sign-in");
});

test("account", async ({ page, otherDevice }) => {
  await signUp(page, ada);
  await signIn(await otherDevice({ ...devices.safari, ...from("198.51.100.7") }), ada);
  await signIn(await otherDevice({ ...devices.firefox, ...from("203.0.113.24") }), ada);
  await page.goto("/account/sessions");
  await expect(listedDevices(page)).toHaveCount(3);
  await take(page, "account");
});
