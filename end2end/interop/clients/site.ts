// A web site on another origin than Latchkey. Its pages use the stock client.

import { once } from "node:events";
import { createServer } from "node:http";
import { build } from "esbuild";

/** Files by path. */
export type Files = Record<string, { contentType: string; body: string }>;

/** The pages `/` and `/react` with their bundled scripts. */
export async function pages(): Promise<Files> {
  const entryPoints = ["page.ts", "react-page.ts"].map((name) => new URL(name, import.meta.url).pathname);
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: "esm",
    write: false,
    outdir: "/",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const page = (script: string) => ({
    contentType: "text/html",
    body: `<!doctype html><title>App</title><body><script type="module" src="${script}"></script>`,
  });
  const scripts = outputFiles.map(({ path, text }) => [path, { contentType: "text/javascript", body: text }]);
  return { "/": page("/page.js"), "/react": page("/react-page.js"), ...Object.fromEntries(scripts) };
}

export interface WebSite {
  url: string;
  stop(): Promise<void>;
}

export async function serve(files: Files, port: number): Promise<WebSite> {
  const server = createServer((request, response) => {
    const { contentType, body } = files[request.url ?? ""] ?? { contentType: "text/plain", body: "" };
    response.setHeader("content-type", contentType).end(body);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  };
  return { url: `http://localhost:${port}`, stop };
}
