// Automated WCAG checks with axe.

import type { Page } from "@playwright/test";
import axe, { type RunOnly } from "axe-core";

/** axe's violations on the page, one line each. */
export async function findings(page: Page): Promise<string[]> {
  const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  await page.evaluate(axe.source);
  return violations(page, { type: "tag", values });
}

/** The violations that another colour scheme can add, after `findings` of the same page. */
export async function colorFindings(page: Page): Promise<string[]> {
  return violations(page, { type: "rule", values: ["color-contrast", "link-in-text-block"] });
}

async function violations(page: Page, runOnly: RunOnly): Promise<string[]> {
  const { violations } = await page.evaluate((only) => axe.run(document, { runOnly: only }), runOnly);
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}

/**
 * A copy of the page, without its scripts, in a context with JavaScript enabled: axe needs timers,
 * which a browser without JavaScript does not run.
 */
export async function withScripts(page: Page): Promise<Page> {
  const html = (await page.content()).replace(/<script\b.*?<\/script>/gs, "");
  const browser = page.context().browser();
  if (!browser) throw new Error("the page's browser is closed");
  const context = await browser.newContext({ javaScriptEnabled: true });
  const copy = await context.newPage();
  await copy.route(page.url(), (route) => route.fulfill({ body: html, contentType: "text/html; charset=utf-8" }));
  await copy.goto(page.url());
  return copy;
}
