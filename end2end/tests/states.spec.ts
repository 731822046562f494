// Every page in every state: no axe violation of WCAG 2.2 AA in light and dark, and no horizontal
// scrolling from 320 px to 4K and with 200 % text, and no button on a text.

import type { Page } from "@playwright/test";
import { colorFindings, findings, withScripts } from "../support/accessibility.js";
import { states } from "../support/states.js";
import { expect, test } from "../support/test.js";

/** The buttons that cover part of a paragraph. */
function overlaps(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const all = (selector: string) => [...document.querySelectorAll(`main ${selector}`)];
    const texts = all("p").filter(({ textContent }) => textContent !== "");
    const boxes = texts.map((text) => ({ text, box: text.getBoundingClientRect() }));
    // The buttons of closed details have a place too.
    return all("button").filter((button) => button.checkVisibility()).flatMap((button) => {
      const { top, bottom, left, right } = button.getBoundingClientRect();
      const covered = boxes.filter(({ text, box }) => {
        const overlaps = box.top < bottom - 1 && box.bottom > top + 1 && box.left < right && box.right > left;
        return overlaps && box.height > 0 && !text.contains(button);
      });
      return covered.map(({ text }) => `${button.textContent} covers ${text.textContent}`);
    });
  });
}

for (const { name, arrange, long } of states) {
  const title = `${name}: no axe violation, no horizontal overflow`;
  test(title, async ({ page, baseURL, javaScriptEnabled, person, otherDevice }) => {
    test.slow(long === true);
    await arrange({ page, baseURL, javaScriptEnabled, person, otherDevice });
    const subject = javaScriptEnabled === false ? await withScripts(page) : page;
    await subject.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    expect(await findings(subject), "light").toEqual([]);
    await subject.emulateMedia({ colorScheme: "dark" });
    expect(await colorFindings(subject), "dark").toEqual([]);
    if (subject !== page) await subject.context().close();

    for (const [width, text] of [[320, "100%"], [3840, "100%"], [390, "200%"]] as const) {
      await page.setViewportSize({ width, height: 640 });
      await page.evaluate((size) => document.documentElement.style.setProperty("font-size", size), text);
      const { scroll, client } = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return { scroll: scrollWidth, client: clientWidth };
      });
      expect(await overlaps(page)).toEqual([]);
      expect(client).toBe(width);
      expect(scroll).toBeLessThanOrEqual(client);
    }
  });
}
