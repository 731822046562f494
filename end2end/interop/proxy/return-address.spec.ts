// People come back to another site that the operator trusts, and to no other.

import { expect, type Page, test } from "@playwright/test";
import { submitSignIn, submitSignUp } from "../../support/forms.js";
import { newPerson } from "../../support/people.js";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";
import { startUpstream, type Upstream } from "./upstream.js";

let [trusted, foreign]: Upstream[] = [];
let latchkey: Latchkey;
let [there, elsewhere] = ["", ""];

test.beforeAll(async () => {
  [trusted, foreign] = [await startUpstream(), await startUpstream()];
  [there = "", elsewhere = ""] = [trusted, foreign].map(({ port }) => `http://localhost:${port}/tasks?done=no&page=2`);
  latchkey = await startLatchkey({ LATCHKEY_TRUSTED_ORIGINS: new URL(there).origin });
});

test.afterAll(async () => {
  await latchkey.stop();
  await trusted?.stop();
  await foreign?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    let page: Page;
    test.beforeEach(async ({ browser }) => {
      page = await browser.newPage({ baseURL: latchkey.url, javaScriptEnabled });
    });
    test.afterEach(() => page.close());

    const at = (form: string, next: string) => `${form}?next=${encodeURIComponent(next)}`;

    test("a trusted site gets its people back, from each form and without one", async () => {
      const person = newPerson();
      await page.goto(at("/sign-in", there));
      await page.getByRole("main").getByRole("link", { name: "Create an account" }).click();
      await submitSignUp(page, person, { at: page.url() });
      await expect(page).toHaveURL(there);
      await page.goto(at("/sign-in", there));
      await expect(page).toHaveURL(there);
      await page.context().clearCookies();
      await submitSignIn(page, { ...person, password: "not this one" }, { at: at("/sign-in", there) });
      await expect(page.getByRole("alert")).toBeVisible();
      await submitSignIn(page, person, { at: page.url() });
      await expect(page).toHaveURL(there);
      await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
    });

    test("another site gets nobody", async () => {
      const person = newPerson();
      await submitSignUp(page, person, { at: at("/sign-up", elsewhere) });
      await expect(page).toHaveURL("/account");
      await page.goto(at("/sign-in", elsewhere));
      await expect(page).toHaveURL("/account");
      await page.context().clearCookies();
      await submitSignIn(page, person, { at: at("/sign-in", elsewhere) });
      await expect(page).toHaveURL("/account");
      expect(foreign?.received).toEqual([]);
    });
  });
}
