"""Per-user tasks. Run it with `uvicorn main:app --port 8000`."""

from typing import Annotated

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

import users
from latchkey import signed_in_with
from users import ActiveUser, transaction

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


class User(BaseModel):
    """From the service's own copy of the users."""

    id: str
    email: str | None
    name: str | None


app = FastAPI(title="Tasks", lifespan=users.syncing)
app.include_router(users.router)


def find(db, user: str, task_id: int) -> Task:
    # Every lookup includes the owner.
    row = db.execute("SELECT * FROM tasks WHERE user_id = ? AND id = ?", (user, task_id)).fetchone()
    if row is None:
        raise HTTPException(404, "There is no such task")
    return Task(**row)


@app.get("/healthz")
def health() -> str:
    return "ok"


@app.get("/api/{user_id}/me")
def me(user: ActiveUser) -> User:
    with transaction() as db:
        return User(**db.execute("SELECT id, email, name FROM users WHERE id = ?", (user,)).fetchone())


@app.get("/api/{user_id}/tasks")
def list_tasks(user: ActiveUser) -> list[Task]:
    with transaction() as db:
        return [Task(**row) for row in db.execute("SELECT * FROM tasks WHERE user_id = ? ORDER BY id", (user,))]


@app.post("/api/{user_id}/tasks", status_code=201)
def create_task(user: ActiveUser, new: NewTask) -> Task:
    with transaction() as db:
        created = db.execute("INSERT INTO tasks (user_id, title) VALUES (?, ?)", (user, new.title))
        return find(db, user, created.lastrowid)


@app.delete("/api/{user_id}/tasks", status_code=204, dependencies=[signed_in_with(max_age=900)])
def delete_tasks(user: ActiveUser) -> None:
    """Requires a sign-in within the last 15 minutes."""
    with transaction() as db:
        db.execute("DELETE FROM tasks WHERE user_id = ?", (user,))


@app.get("/api/{user_id}/export", dependencies=[signed_in_with(acr="aal2")])
def export(user: ActiveUser) -> list[Task]:
    """Requires a sign-in with two factors."""
    return list_tasks(user)


@app.get("/api/{user_id}/tasks/{task_id}")
def get_task(user: ActiveUser, task_id: int) -> Task:
    with transaction() as db:
        return find(db, user, task_id)


@app.patch("/api/{user_id}/tasks/{task_id}")
def change_task(user: ActiveUser, task_id: int, change: TaskChange) -> Task:
    with transaction() as db:
        task = find(db, user, task_id).model_copy(update=change.model_dump(exclude_none=True))
        values = (task.title, task.completed, user, task_id)
        db.execute("UPDATE tasks SET title = ?, completed = ? WHERE user_id = ? AND id = ?", values)
        return task


@app.delete("/api/{user_id}/tasks/{task_id}", status_code=204)
def delete_task(user: ActiveUser, task_id: int) -> None:
    with transaction() as db:
        find(db, user, task_id)
        db.execute("DELETE FROM tasks WHERE user_id = ? AND id = ?", (user, task_id))
