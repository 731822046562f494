// Story 5: stay signed in. Access tokens expire after three seconds here.

import { activity, expectSignedIn, heading, openSection, signUp } from "../support/forms.js";
import { servers } from "../support/servers.js";
import { expect, test } from "../support/test.js";
import { type AccessToken, accessToken, cookie } from "../support/tokens.js";

test.use({ baseURL: servers.strict.url });

/** Waits until the token has expired. */
async function expired({ claims }: AccessToken): Promise<void> {
  await expect.poll(() => Date.now() / 1000, { intervals: [100] }).toBeGreaterThan(claims.exp + 1);
}

/** Waits until the session token may be replaced: at most every 10 s. */
async function rotationIsDue({ claims }: AccessToken): Promise<void> {
  await expect.poll(() => Date.now() / 1000, { intervals: [100], timeout: 30_000 }).toBeGreaterThan(claims.iat + 11);
}

test("renewal: the next page renews an expired access token", async ({ page, context, person }) => {
  await signUp(page, person);
  const first = await accessToken(context);
  const session = await cookie(context, "session");
  await expired(first);
  await rotationIsDue(first);
  await expectSignedIn(page, person);
  const second = await accessToken(context);
  expect(second.claims.jti).not.toBe(first.claims.jti);
  expect(second.claims.sid).toBe(first.claims.sid);
  expect((await cookie(context, "session")).value).not.toBe(session.value);
  await openSection(page, "Activity");
  await expect(activity(page)).toHaveCount(1);
  await expect(activity(page)).toContainText("Account created");
});

test("renewal: an access token is renewed in the last third of its lifetime", { tag: "@server" }, async ({ page, context, person }) => {
  await signUp(page, person);
  const first = await accessToken(context);
  await expect
    .poll(
      async () => {
        await page.goto("/account");
        return (await accessToken(context)).claims.jti;
      },
      { intervals: [100] },
    )
    .not.toBe(first.claims.jti);
  const second = await accessToken(context);
  expect(second.claims.iat).toBeGreaterThan(first.claims.iat);
  await expectSignedIn(page, person);
});

test("renewal: a fetch from a page renews an expired access token", { tag: "@script" }, async ({ page, context, person }) => {
  await signUp(page, person);
  const first = await accessToken(context);
  await expired(first);
  const status = await page.evaluate(async (path) => (await fetch(path)).status, `/api/users/${first.claims.sub}`);
  expect(status).toBe(200);
  expect((await accessToken(context)).claims.jti).not.toBe(first.claims.jti);
});

test("renewal: concurrent renewals in several tabs all succeed", { tag: "@server" }, async ({ page, context, person }) => {
  await signUp(page, person);
  const tabs = [page, await context.newPage(), await context.newPage()];
  for (let round = 0; round < 2; round += 1) {
    await expired(await accessToken(context));
    await Promise.all(tabs.map((tab) => tab.goto("/account")));
    for (const tab of tabs) await expect(heading(tab, "Your account")).toBeVisible();
  }
});

test("renewal: a lost response keeps the old cookies usable", { tag: "@server" }, async ({ page, context, person, otherDevice }) => {
  await signUp(page, person);
  const before = { cookies: await context.cookies(), origins: [] };
  await expired(await accessToken(context));
  // Another browser context receives the renewed cookies; this one keeps the old ones.
  await expectSignedIn(page, person);
  const outdated = await otherDevice({ storageState: before });
  await expectSignedIn(outdated, person);
});
