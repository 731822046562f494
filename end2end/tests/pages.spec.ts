// Rules for all pages: status, titles, headers and form fields.

import { button, field, heading, openSection, signUp } from "../support/forms.js";
import { expect, test } from "../support/test.js";

const accountPages = ["/account", "/account/security", "/account/sessions", "/account/activity", "/account/delete"];

test("unknown path: answers 404 and links to the home page", async ({ page }) => {
  const answer = await page.goto("/no-such-page");
  expect(answer?.status()).toBe(404);
  await expect(heading(page, "Page not found")).toBeVisible();
  await page.getByRole("link", { name: "Go to the start page" }).click();
  await expect(page).toHaveURL("/");
});

test("pages: each has a unique title", { tag: "@server" }, async ({ page, person }) => {
  const titles = new Set<string>();
  for (const path of ["/", "/sign-up", "/sign-in", "/docs", "/no-such-page"]) {
    await page.goto(path);
    titles.add(await page.title());
  }
  await signUp(page, person);
  for (const path of accountPages) {
    await page.goto(path);
    titles.add(await page.title());
  }
  expect(titles.size).toBe(5 + accountPages.length);
});

test("pages: each has a description", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  for (const path of [...accountPages, "/docs", "/no-such-page", "/actions/sign-in", "/api/auth/error"]) {
    await page.goto(path);
    await expect(page.locator("meta[name=description]"), path).toHaveAttribute("content", /^.{20,160}$/);
  }
});

test("header: each link is on one line at 320 px", { tag: "@server" }, async ({ page, person }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const links = page.getByRole("banner").locator("a, button");
  const assertOneLine = async () => {
    await expect(links.first()).toBeVisible();
    const lines = await links.evaluateAll((elements) =>
      elements.map((element) => {
        // Only the words: an icon has another top.
        const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const tops = new Set<number>();
        while (words.nextNode()) {
          const range = document.createRange();
          range.selectNodeContents(words.currentNode);
          for (const { width, top } of range.getClientRects()) if (width > 0) tops.add(Math.round(top));
        }
        return tops.size;
      }),
    );
    expect(lines).toEqual(lines.map(() => 1));
  };
  for (const path of ["/", "/sign-in", "/sign-up", "/docs"]) {
    await page.goto(path);
    await assertOneLine();
  }
  await signUp(page, person);
  await assertOneLine();
});

test("icon: browsers that ask for /favicon.ico get one", { tag: "@server" }, async ({ page }) => {
  const icon = await page.request.get("/favicon.ico");
  expect(icon.status()).toBe(200);
  expect(icon.headers()["content-type"]).toMatch(/^image\//);
  expect([...(await icon.body()).subarray(0, 4)]).toEqual([0, 0, 1, 0]);
});

test("pages: signed-in pages are not cached", { tag: "@server" }, async ({ page, person }) => {
  await signUp(page, person);
  for (const path of accountPages) {
    const answer = await page.goto(path);
    expect(answer?.headers()["cache-control"], path).toContain("no-store");
  }
});

test("Content-Security-Policy: each response has a new nonce", { tag: "@server" }, async ({ page }) => {
  const nonces = new Set<string>();
  for (const [path, hasScripts] of [["/", false], ["/sign-up", true], ["/sign-in", true], ["/sign-in", true], ["/no-such-page", false]] as const) {
    const answer = await page.goto(path);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toMatch(/default-src 'none'|default-src 'self'/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toMatch(/form-action 'self'/);
    expect(policy).not.toContain("unsafe-inline");
    const nonce = /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1];
    if (hasScripts) nonces.add(nonce ?? "");
    else expect(policy, path).not.toContain("script-src");
    expect(await page.locator("[style], [onclick], [onload]").count()).toBe(0);
  }
  expect(nonces.size).toBe(3);
  expect(nonces).not.toContain("");
});

test("responses: all have the security headers", { tag: "@server" }, async ({ page }) => {
  for (const path of ["/", "/sign-in", "/no-such-page", "/api/no-such-route"]) {
    const headers = (await page.request.get(path)).headers();
    expect(headers, path).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": expect.stringMatching(/^(same-origin|strict-origin-when-cross-origin)$/),
      "permissions-policy": expect.stringMatching(/./),
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
  }
});

test("assets: names contain a hash and caching is immutable", { tag: "@server" }, async ({ page }) => {
  await page.goto("/sign-in");
  const loader = page.locator("script[data-wasm]");
  const assets = [
    await page.locator("link[rel=stylesheet]").getAttribute("href"),
    await loader.getAttribute("data-script"),
    await loader.getAttribute("data-wasm"),
  ];
  for (const asset of assets.map((name) => name ?? "")) {
    expect(asset).toMatch(/\.[\w-]{16,}\.(css|js|wasm)$/);
    const headers = (await page.request.get(asset, { headers: { "accept-encoding": "gzip, br" } })).headers();
    expect(headers["content-encoding"]).toBe("br");
    expect(headers["cache-control"]).toMatch(/max-age=31536000.*immutable/);
  }
});

test("forms: fields have autocomplete tokens for password managers", { tag: "@server" }, async ({ page, person }) => {
  const expected = async (label: string, token: string) =>
    expect(field(page, label), label).toHaveAttribute("autocomplete", token);
  await page.goto("/sign-in");
  await expected("E-mail address", "username webauthn");
  await expected("Password", "current-password");
  await page.goto("/sign-up");
  await expected("E-mail address", "username");
  await expected("Password", "new-password");
  await expected("Name (optional)", "name");
  await signUp(page, person);
  await openSection(page, "Security");
  await expected("Current password", "current-password");
  await expected("New password", "new-password");
  await expect(page.locator("#username[autocomplete=username]")).toHaveValue(person.email);
  await openSection(page, "Delete account");
  await expected("Your password, to confirm", "current-password");
  await expect(page.locator("#delete-username[autocomplete=username]")).toHaveValue(person.email);
});

test("sign-in: the password can be revealed with JavaScript", async ({ page, person, javaScriptEnabled }) => {
  await page.goto("/sign-in");
  const reveal = button(page, "Show password");
  await field(page, "Password").fill(person.password);
  if (javaScriptEnabled === false) {
    await expect(reveal).toBeHidden();
    return;
  }
  await reveal.click();
  await expect(field(page, "Password")).toHaveAttribute("type", "text");
  await expect(reveal).toHaveAttribute("aria-pressed", "true");
  await expect(field(page, "Password")).toHaveValue(person.password);
  await reveal.click();
  await expect(field(page, "Password")).toHaveAttribute("type", "password");
});

test("sign-up: password characters are counted with JavaScript", async ({ page, javaScriptEnabled }) => {
  await page.goto("/sign-up");
  const count = page.locator(".count");
  await expect(count).toBeEmpty();
  if (javaScriptEnabled === false) {
    await field(page, "Password").fill("seven77");
    await expect(count).toBeEmpty();
    return;
  }
  // Same count as on the server: one per emoji, one per accented letter in either normal form.
  const counted: [string, string][] = [
    ["seven77", "7 of 8 characters"],
    ["eight888", "8 characters"],
    ["\u{1f600}".repeat(7), "7 of 8 characters"],
    ["e\u{301}".repeat(8), "8 characters"],
    ["", ""],
  ];
  for (const [password, words] of counted) {
    await field(page, "Password").fill(password);
    await expect(count).toHaveText(words);
  }
  // The count is no verdict: this password is refused.
  const mark = () => count.evaluate((element) => [getComputedStyle(element).color, getComputedStyle(element, "::after").content]);
  await field(page, "Password").fill("short");
  const neutral = await mark();
  await field(page, "Password").fill("password1");
  await expect(count).toHaveText("9 characters");
  expect(await mark()).toEqual(neutral);
});

test("sign-up: a revealed password is submitted", { tag: "@script" }, async ({ page, person }) => {
  await page.goto("/sign-up");
  await field(page, "E-mail address").fill(person.email);
  await field(page, "Password").fill(person.password);
  await button(page, "Show password").click();
  await button(page, "Create account").click();
  await expect(heading(page, "Your account")).toBeVisible();
});
