// Automated WCAG checks with axe.

import type { Page } from "@playwright/test";
import axe from "axe-core";

/** axe's violations on the page, one line each. */
export async function findings(page: Page): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), tags);
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
