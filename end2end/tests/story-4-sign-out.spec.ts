// Story 4: sign out.

import { button, expectSignedIn, expectSignedOut, heading, notice, postFromElsewhere, signOut, signUp } from "../support/forms.js";
import { expect, test } from "../support/test.js";
import { accessToken, cookie } from "../support/tokens.js";

test("signing out takes both cookies and says so", async ({ page, context, person }) => {
  await signUp(page, person);
  await button(page, "Sign out").click();
  await expect(notice(page)).toContainText("You’re signed out.");
  const names = (await context.cookies()).map(({ name }) => name);
  expect(names).not.toContain("latchkey_access");
  expect(names).not.toContain("latchkey_session");
  await expectSignedOut(page);
});

test("the access token stops working at once, not when it expires", { tag: "@server" }, async ({ page, context, request, person }) => {
  await signUp(page, person);
  const { encoded, claims } = await accessToken(context);
  const asks: Record<string, string>[] = [{ cookie: `latchkey_access=${encoded}` }, { authorization: `Bearer ${encoded}` }];
  for (const headers of asks) expect((await request.get(`/api/users/${claims.sub}`, { headers })).status()).toBe(200);
  await signOut(page);
  expect(claims.exp).toBeGreaterThan(Date.now() / 1000);
  for (const headers of asks) expect((await request.get(`/api/users/${claims.sub}`, { headers })).status()).toBe(401);
});

test("the session ends on the server: its cookie opens nothing any more", { tag: "@server" }, async ({ page, context, person, otherDevice }) => {
  await signUp(page, person);
  const stolen = { cookies: [await cookie(context, "session")], origins: [] };
  await signOut(page);
  await expectSignedOut(await otherDevice({ storageState: stolen }));
});

test("only a POST signs out", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  const answer = await page.request.get("/actions/sign-out", { maxRedirects: 0 });
  expect([404, 405]).toContain(answer.status());
  await expectSignedIn(page, person);
});

test("a form on another site cannot sign anyone out", { tag: "@server" }, async ({ page, context, baseURL, person }) => {
  await signUp(page, person);
  const elsewhere = await context.newPage();
  const refused = elsewhere.waitForResponse((response) => response.request().method() === "POST");
  await postFromElsewhere(elsewhere, `${baseURL}/actions/sign-out`);
  expect((await refused).status()).toBe(403);
  await expect(heading(elsewhere, "That came from another site")).toBeVisible();
  await expectSignedIn(page, person);
});

test("the back button shows nothing of the account", async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await page.goBack();
  await expect(heading(page, "Sign in")).toBeVisible();
  await expect(page.getByText(person.email)).toHaveCount(0);
  await expect(heading(page, "Your account")).toHaveCount(0);
});

test("a page of the account redirects to sign-in and remembers where the person was", async ({ page }) => {
  await page.goto("/account");
  await expect(page).toHaveURL("/sign-in?next=%2Faccount");
});
