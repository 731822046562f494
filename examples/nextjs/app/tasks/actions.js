"use server";

import { revalidatePath } from "next/cache";
import { requireSession } from "../../lib/session.js";
import { createTask } from "./backend.js";

export async function addTask(form) {
  await createTask(await requireSession("/tasks"), String(form.get("title")));
  revalidatePath("/tasks");
}
