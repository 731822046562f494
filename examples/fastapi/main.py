"""Per-user tasks. Run it with `uvicorn main:app --port 8000`."""

from itertools import count
from typing import Annotated

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from latchkey import Owner

Title = Annotated[str, Field(min_length=1, max_length=200)]


class NewTask(BaseModel):
    title: Title


class TaskChange(BaseModel):
    title: Title | None = None
    completed: bool | None = None


class Task(BaseModel):
    id: int
    title: Title
    completed: bool = False


app = FastAPI(title="Tasks")
ids = count(1)
# By user id, then by task id, so that every lookup includes the owner.
tasks: dict[str, dict[int, Task]] = {}


def find(user: str, task_id: int) -> Task:
    task = tasks.get(user, {}).get(task_id)
    if task is None:
        raise HTTPException(404, "There is no such task")
    return task


@app.get("/healthz")
def health() -> str:
    return "ok"


@app.get("/api/{user_id}/tasks")
def list_tasks(user: Owner) -> list[Task]:
    return list(tasks.get(user, {}).values())


@app.post("/api/{user_id}/tasks", status_code=201)
def create_task(user: Owner, new: NewTask) -> Task:
    task = Task(id=next(ids), title=new.title)
    tasks.setdefault(user, {})[task.id] = task
    return task


@app.get("/api/{user_id}/tasks/{task_id}")
def get_task(user: Owner, task_id: int) -> Task:
    return find(user, task_id)


@app.patch("/api/{user_id}/tasks/{task_id}")
def change_task(user: Owner, task_id: int, change: TaskChange) -> Task:
    task = find(user, task_id).model_copy(update=change.model_dump(exclude_none=True))
    tasks[user][task_id] = task
    return task


@app.delete("/api/{user_id}/tasks/{task_id}", status_code=204)
def delete_task(user: Owner, task_id: int) -> None:
    find(user, task_id)
    del tasks[user][task_id]
