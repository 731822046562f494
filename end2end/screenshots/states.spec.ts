// Screenshots of every page in every state, light and dark.

import { states } from "../support/states.js";
import { test } from "../support/test.js";

for (const { name, arrange } of states) {
  test(name, async ({ page, baseURL, javaScriptEnabled, person, otherDevice }, { project }) => {
    await arrange({ page, baseURL, javaScriptEnabled, person, otherDevice });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const path = `../target/screenshots/${project.name}/${name.replaceAll(/\W+/g, "-")}-${colorScheme}.png`;
      await page.screenshot({ path, fullPage: true });
    }
  });
}
