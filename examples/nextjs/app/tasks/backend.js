// Calls the backend as the signed-in user. The backend verifies the access token itself.

import { tasksUrl } from "../../lib/settings.js";

async function request({ token, user }, init) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${tasksUrl}/api/${user.id}/tasks`, { ...init, headers, cache: "no-store" });
  if (!response.ok) throw new Error(`The backend answered ${response.status}`);
  return response.json();
}

export const tasksOf = (session) => request(session);

export const createTask = (session, title) => request(session, { method: "POST", body: JSON.stringify({ title }) });
