const { script, wasm, load } = document.querySelector("script[data-wasm]").dataset;

const start = async () => {
  const code = fetch(wasm);
  const bundle = await import(script);
  await bundle.default({ module_or_path: code });
  for (const island of document.querySelectorAll("leptos-island")) bundle[island.dataset.component](island);
};

const whenUsed = () => {
  const used = new AbortController();
  const options = { capture: true, passive: true, signal: used.signal };
  for (const kind of ["pointermove", "pointerdown", "keydown", "input", "focusin"]) {
    addEventListener(kind, (event) => {
      // This focus is the browser's, not the user's.
      if (kind === "focusin" && event.target.autofocus) return;
      used.abort();
      start();
    }, options);
  }
};

// Safari has no idle callbacks.
const whenIdle = () => addEventListener("load", () => (self.requestIdleCallback ?? setTimeout)(start));

load === "used" ? whenUsed() : whenIdle();
