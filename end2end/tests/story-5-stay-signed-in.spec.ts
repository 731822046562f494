// Story 5: stay signed in. Here access tokens live for three seconds.

import { expectSignedIn, heading, signUp } from "../support/forms.js";
import { servers } from "../support/servers.js";
import { expect, test } from "../support/test.js";
import { type AccessToken, accessToken, cookie } from "../support/tokens.js";

test.use({ baseURL: servers.hasty.url });

/** Waits until the token has expired. */
async function expired({ claims }: AccessToken): Promise<void> {
  await expect.poll(() => Date.now() / 1000, { intervals: [100] }).toBeGreaterThan(claims.exp + 1);
}

test("an expired access token is renewed by the next page, unseen", async ({ page, context, person }) => {
  await signUp(page, person);
  const first = await accessToken(context);
  const session = await cookie(context, "session");
  await expired(first);
  await expectSignedIn(page, person);
  const second = await accessToken(context);
  expect(second.claims.jti).not.toBe(first.claims.jti);
  expect(second.claims.sid).toBe(first.claims.sid);
  expect((await cookie(context, "session")).value).not.toBe(session.value);
  const activity = page.getByRole("region", { name: "Recent activity" }).getByRole("listitem");
  await expect(activity).toHaveCount(1);
  await expect(activity).toContainText("Account created");
});

test("an access token in its last third is renewed before it expires", { tag: "@server" }, async ({ page, context, person }) => {
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

test("a page's own request to the API renews it too", { tag: "@script" }, async ({ page, context, person }) => {
  await signUp(page, person);
  const first = await accessToken(context);
  await expired(first);
  const status = await page.evaluate(async (path) => (await fetch(path)).status, `/api/users/${first.claims.sub}`);
  expect(status).toBe(200);
  expect((await accessToken(context)).claims.jti).not.toBe(first.claims.jti);
});

test("two tabs that renew at the same moment both stay signed in", { tag: "@server" }, async ({ page, context, person }) => {
  await signUp(page, person);
  const tabs = [page, await context.newPage(), await context.newPage()];
  for (let round = 0; round < 2; round += 1) {
    await expired(await accessToken(context));
    await Promise.all(tabs.map((tab) => tab.goto("/account")));
    for (const tab of tabs) await expect(heading(tab, "Your account")).toBeVisible();
  }
});

test("an answer that never arrived signs nobody out", { tag: "@server" }, async ({ page, context, person, otherDevice }) => {
  await signUp(page, person);
  const before = { cookies: await context.cookies(), origins: [] };
  await expired(await accessToken(context));
  // The renewal's answer reaches somebody else, and this browser still has the old cookies.
  await expectSignedIn(page, person);
  const left = await otherDevice({ storageState: before });
  await expectSignedIn(left, person);
});
