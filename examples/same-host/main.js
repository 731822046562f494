// A server-rendered app without any code for signing in. The proxy in front names the signed-in user in
// headers. No packages are needed: `node main.js`.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const tasks = new Map();

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  // /public/ is open to everyone: the proxy sends no X-Auth header there.
  if (pathname.startsWith("/public/")) return send(response, welcome);
  const user = signedInUser(request);
  if (pathname === "/tasks" && request.method === "POST") {
    const title = new URLSearchParams(await text(request)).get("title")?.slice(0, 200);
    if (title) tasksOf(user).push(title);
    return response.writeHead(303, { location: "/tasks" }).end();
  }
  if (pathname === "/tasks") return send(response, list(user));
  if (pathname === "/") return response.writeHead(303, { location: "/tasks" }).end();
  send(response, "<h1>Page not found</h1>", 404);
});

/** The user as the proxy describes them. Text that is not plain ASCII is percent-encoded. */
function signedInUser({ headers }) {
  const read = (name) => decodeURIComponent(headers[name] ?? "");
  return { id: read("x-auth-user-id"), label: read("x-auth-name") || read("x-auth-email") };
}

function tasksOf({ id }) {
  if (!tasks.has(id)) tasks.set(id, []);
  return tasks.get(id);
}

const welcome = `<h1>A list for every user</h1><p><a href="/tasks">Open your tasks</a></p>`;

const list = (user) => `
<header><a href="/account">${escaped(user.label)}</a> <button id="sign-out">Sign out</button></header>
<h1>Your tasks</h1>
<ul>${tasksOf(user)
  .map((title) => `<li>${escaped(title)}</li>`)
  .join("")}</ul>
<form method="post"><label>New task <input name="title" required maxlength="200"></label> <button>Add task</button></form>
<script>
document.getElementById("sign-out").onclick = async () => {
  const answer = await fetch("/api/auth/sign-out", { method: "POST" });
  if (answer.ok) location.assign("/public/");
};
</script>`;

function send(response, body, status = 200) {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  response.end(`<!doctype html><html lang="en"><title>Tasks</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"><style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: auto; padding: 1rem }
header { display: flex; gap: 1rem; justify-content: flex-end; align-items: center }
label, input { display: block }
input { box-sizing: border-box; width: 100%; max-width: 26rem; margin-block: .25rem .5rem }
input, button { min-height: 2.75rem; padding: .5rem 1rem; font: inherit; border: 1px solid; border-radius: .375rem }
</style><body>${body}`);
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => text.replace(/[&<>"]/g, (character) => entities[character]);

const port = Number(process.env.PORT ?? 8000);
server.listen(port, "127.0.0.1", () => console.log(`Listening on http://127.0.0.1:${port}`));
