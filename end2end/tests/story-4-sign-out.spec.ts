// Story 4: sign out.

import {
  button,
  expectNotice,
  expectSignedIn,
  expectSignedOut,
  heading,
  postFromOtherOrigin,
  signOut,
  signUp,
} from "../support/forms.js";
import { expect, test } from "../support/test.js";
import { accessToken, cookie } from "../support/tokens.js";

test("sign-out: removes both cookies and shows a message", async ({ page, context, person }) => {
  await signUp(page, person);
  await button(page, "Sign out").click();
  await expectNotice(page, "You’re signed out.");
  await expect(page).toHaveURL("/sign-in");
  const names = (await context.cookies()).map(({ name }) => name);
  expect(names).not.toContain("latchkey_access");
  expect(names).not.toContain("latchkey_session");
  await expectSignedOut(page);
});

test("sign-out: revokes the access token before it expires", { tag: "@server" }, async ({ page, context, request, person }) => {
  await signUp(page, person);
  const { encoded, claims } = await accessToken(context);
  const credentials: Record<string, string>[] = [{ cookie: `latchkey_access=${encoded}` }, { authorization: `Bearer ${encoded}` }];
  for (const headers of credentials) expect((await request.get(`/api/users/${claims.sub}`, { headers })).status()).toBe(200);
  await signOut(page);
  expect(claims.exp).toBeGreaterThan(Date.now() / 1000);
  for (const headers of credentials) expect((await request.get(`/api/users/${claims.sub}`, { headers })).status()).toBe(401);
});

test("sign-out: a copied session cookie is rejected", { tag: "@server" }, async ({ page, context, person, otherDevice }) => {
  await signUp(page, person);
  const stolen = { cookies: [await cookie(context, "session")], origins: [] };
  await signOut(page);
  await expectSignedOut(await otherDevice({ storageState: stolen }));
});

test("sign-out: a GET request has no effect", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  const answer = await page.request.get("/actions/sign-out", { maxRedirects: 0 });
  expect([404, 405]).toContain(answer.status());
  await expectSignedIn(page, person);
});

test("sign-out: a form on another origin is refused", { tag: "@server" }, async ({ page, context, baseURL, person }) => {
  await signUp(page, person);
  const otherOrigin = await context.newPage();
  const refused = otherOrigin.waitForResponse((response) => response.request().method() === "POST");
  await postFromOtherOrigin(otherOrigin, `${baseURL}/actions/sign-out`);
  expect((await refused).status()).toBe(403);
  await expect(heading(otherOrigin, "That came from another site")).toBeVisible();
  await expectSignedIn(page, person);
});

test("sign-out: the back button does not show the account", async ({ page, person }) => {
  await signUp(page, person);
  await signOut(page);
  await page.goBack();
  await expect(heading(page, "Sign in")).toBeVisible();
  await expect(page.getByText(person.email)).toHaveCount(0);
  await expect(heading(page, "Your account")).toHaveCount(0);
});

test("account: redirects to sign-in with a return address", async ({ page }) => {
  await page.goto("/account");
  await expect(page).toHaveURL("/sign-in?next=%2Faccount");
  await page.goto("/account/sessions?all");
  await expect(page).toHaveURL("/sign-in?next=%2Faccount%2Fsessions%3Fall");
});
