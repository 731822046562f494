// Per-user tasks. Run it with `npm start`.

import express from "express";
import { owner, signedInWith } from "./latchkey.js";

// By user id, then by task id, so that every lookup includes the owner.
const tasks = new Map();
let lastId = 0;

const app = express();
app.get("/healthz", (_, response) => response.json("ok"));
// Authorize before parsing the body.
app.use("/api/:userId", owner, express.json());

app.get("/api/:userId/tasks", ({ params }, response) => {
  response.json([...tasksOf(params.userId).values()]);
});

app.post("/api/:userId/tasks", ({ params, body }, response) => {
  if (!isTitle(body?.title)) return invalid(response);
  const task = { id: ++lastId, title: body.title, completed: false };
  tasks.set(params.userId, tasksOf(params.userId).set(task.id, task));
  response.status(201).json(task);
});

// Requires a sign-in within the last 15 minutes.
app.delete("/api/:userId/tasks", signedInWith({ maxAge: 900 }), ({ params }, response) => {
  tasks.delete(params.userId);
  response.status(204).end();
});

// Requires a sign-in with two factors.
app.get("/api/:userId/export", signedInWith({ acr: "aal2" }), ({ params }, response) => {
  response.json([...tasksOf(params.userId).values()]);
});

const one = app.route("/api/:userId/tasks/:taskId");
one.all((request, response, next) => {
  const { userId, taskId } = request.params;
  response.locals.task = tasksOf(userId).get(Number(taskId));
  if (response.locals.task) next();
  else response.status(404).json({ detail: "There is no such task" });
});
one.get((_, response) => response.json(response.locals.task));
one.patch(({ body }, response) => {
  const { title, completed } = body ?? {};
  if (title !== undefined && !isTitle(title)) return invalid(response);
  if (completed !== undefined && typeof completed !== "boolean") return invalid(response);
  const { task } = response.locals;
  task.title = title ?? task.title;
  task.completed = completed ?? task.completed;
  response.json(task);
});
one.delete(({ params }, response) => {
  tasksOf(params.userId).delete(response.locals.task.id);
  response.status(204).end();
});

// Invalid requests and internal errors. Express's default handler would show a stack trace.
app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ detail: error.expose ? error.message : "Something went wrong" });
});

function tasksOf(user) {
  return tasks.get(user) ?? new Map();
}

function isTitle(title) {
  return typeof title === "string" && title.length >= 1 && title.length <= 200;
}

function invalid(response) {
  return response.status(422).json({ detail: "The task cannot be used" });
}

const port = Number(process.env.PORT ?? 8000);
app.listen(port, "127.0.0.1", () => console.log(`Listening on http://127.0.0.1:${port}`));
