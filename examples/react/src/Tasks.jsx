import { useEffect, useState } from "react";
import { authorizedFetch, SignedOut } from "./latchkey.js";

export function Tasks({ userId, onSignedOut }) {
  const [api] = useState(authorizedFetch);
  const [tasks, setTasks] = useState([]);
  const [failure, setFailure] = useState("");

  async function request(init) {
    try {
      const response = await api(`/api/${userId}/tasks`, init);
      if (!response.ok) throw new Error(`The backend answered ${response.status}`);
      setFailure("");
      return await response.json();
    } catch (error) {
      if (error instanceof SignedOut) await onSignedOut();
      else setFailure(`${error.message}. Try again.`);
    }
  }

  useEffect(() => {
    request().then((tasks) => tasks && setTasks(tasks));
  }, []);

  async function add(data) {
    const body = JSON.stringify({ title: data.get("title") });
    const task = await request({ method: "POST", headers: { "content-type": "application/json" }, body });
    if (task) setTasks((tasks) => [...tasks, task]);
  }

  return (
    <>
      <h1>Your tasks</h1>
      {failure && <p role="alert">{failure}</p>}
      <ul>
        {tasks.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
      <form action={add}>
        <label htmlFor="title">New task</label>
        <input id="title" name="title" required maxLength={200} />
        <button>Add task</button>
      </form>
    </>
  );
}
