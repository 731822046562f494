// HTTPS in front of programs on one machine, with a certificate of its own.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request as forward } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** Passes requests on by their host name. Returns how to stop. */
export async function startTls(port: number, ports: Record<string, number>): Promise<() => Promise<void>> {
  const server = createServer(await certificate(), (request, response) => {
    const { method, url: path, headers } = request;
    const host = headers.host?.split(":")[0] ?? "";
    const passed = { ...headers, "x-forwarded-proto": "https" };
    const sent = forward({ host: "127.0.0.1", port: ports[host], method, path, headers: passed }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on("error", () => response.destroy());
    request.pipe(sent);
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  return async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  };
}

/** A new key and a self-signed certificate. */
async function certificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(path.join(tmpdir(), "latchkey-tls-"));
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => path.join(folder, name)) as [string, string];
  const kind = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost".split(" ");
  await promisify(execFile)("openssl", [...kind, "-keyout", key, "-out", cert]);
  const pair = { key: await readFile(key), cert: await readFile(cert) };
  await rm(folder, { recursive: true });
  return pair;
}
