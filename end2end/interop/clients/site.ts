// A web site of its own, on another origin than Latchkey, whose pages use the stock client.

import { once } from "node:events";
import { createServer } from "node:http";
import { build } from "esbuild";

/** A page's address, and what it is made of. */
export type Files = Record<string, { contentType: string; body: string }>;

/** `/` and `/react`, each with its script. */
export async function pages(): Promise<Files> {
  const entryPoints = ["page.ts", "react-page.ts"].map((name) => new URL(name, import.meta.url).pathname);
  const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", write: false, outdir: "/", define: { "process.env.NODE_ENV": '"production"' } });
  const page = (script: string) => ({ contentType: "text/html", body: `<!doctype html><title>App</title><body><script type="module" src="${script}"></script>` });
  const scripts = outputFiles.map(({ path, text }) => [path, { contentType: "text/javascript", body: text }]);
  return { "/": page("/page.js"), "/react": page("/react-page.js"), ...Object.fromEntries(scripts) };
}

/** A web site that is being served. */
export interface WebSite {
  url: string;
  stop(): Promise<void>;
}

/** Serves files on a port. */
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

