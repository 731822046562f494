// Return addresses on trusted origins are used; all others are ignored.

import { expect, type Page, test } from "@playwright/test";
import { submitSignIn, submitSignUp } from "../../support/forms.js";
import { newPerson } from "../../support/people.js";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";
import { startUpstream, type Upstream } from "./upstream.js";

let [trusted, untrusted]: Upstream[] = [];
let latchkey: Latchkey;
let [trustedPage, untrustedPage] = ["", ""];

test.beforeAll(async () => {
  [trusted, untrusted] = [await startUpstream(), await startUpstream()];
  [trustedPage = "", untrustedPage = ""] = [trusted, untrusted].map(({ port }) => `http://localhost:${port}/tasks?done=no&page=2`);
  latchkey = await startLatchkey({ LATCHKEY_TRUSTED_ORIGINS: new URL(trustedPage).origin });
});

test.afterAll(async () => {
  await latchkey.stop();
  await trusted?.stop();
  await untrusted?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    let page: Page;
    test.beforeEach(async ({ browser }) => {
      page = await browser.newPage({ baseURL: latchkey.url, javaScriptEnabled });
    });
    test.afterEach(() => page.close());

    const at = (form: string, next: string) => `${form}?next=${encodeURIComponent(next)}`;

    test("a trusted origin: sign-up, sign-in and an existing session return to it", async () => {
      const person = newPerson();
      await page.goto(at("/sign-in", trustedPage));
      await page.getByRole("main").getByRole("link", { name: "Create an account" }).click();
      await submitSignUp(page, person, { at: page.url() });
      await expect(page).toHaveURL(trustedPage);
      await page.goto(at("/sign-in", trustedPage));
      await expect(page).toHaveURL(trustedPage);
      await page.context().clearCookies();
      await submitSignIn(page, { ...person, password: "not this one" }, { at: at("/sign-in", trustedPage) });
      await expect(page.getByRole("alert")).toBeVisible();
      await submitSignIn(page, person, { at: page.url() });
      await expect(page).toHaveURL(trustedPage);
      await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
    });

    test("an untrusted origin: sign-up and sign-in show the account", async () => {
      const person = newPerson();
      await submitSignUp(page, person, { at: at("/sign-up", untrustedPage) });
      await expect(page).toHaveURL("/account");
      await page.goto(at("/sign-in", untrustedPage));
      await expect(page).toHaveURL("/account");
      await page.context().clearCookies();
      await submitSignIn(page, person, { at: at("/sign-in", untrustedPage) });
      await expect(page).toHaveURL("/account");
      expect(untrusted?.received).toEqual([]);
    });
  });
}
