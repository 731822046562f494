import { requireSession } from "../../lib/session.js";
import { addTask } from "./actions.js";
import { tasksOf } from "./backend.js";

export default async function TasksPage() {
  const tasks = await tasksOf(await requireSession("/tasks"));
  return (
    <main>
      <h1>Your tasks</h1>
      <ul>
        {tasks.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
      <form action={addTask}>
        <label htmlFor="title">New task</label>
        <input id="title" name="title" required maxLength={200} />
        <button>Add task</button>
      </form>
    </main>
  );
}
