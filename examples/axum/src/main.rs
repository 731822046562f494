//! Per-user tasks. Run it with `cargo run -p axum-example`.

mod keys;
mod owner;
mod step_up;
mod verifier;

use std::{
    collections::{BTreeMap, HashMap},
    error::Error,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::{FromRef, Path, State},
    http::StatusCode,
    routing::get,
};
use serde::{Deserialize, Serialize};

use crate::{
    owner::{Owner, OwnerClaims, Refusal},
    step_up::StepUp,
    verifier::Verifier,
};

#[derive(Clone, Serialize)]
struct Task {
    id: u64,
    title: String,
    completed: bool,
}

#[derive(Deserialize)]
struct NewTask {
    title: String,
}

#[derive(Deserialize)]
struct TaskChange {
    title: Option<String>,
    completed: Option<bool>,
}

/// By user id, then by task id, so that every lookup includes the owner.
#[derive(Default)]
struct Tasks {
    last_id: u64,
    by_user: HashMap<String, BTreeMap<u64, Task>>,
}

#[derive(Clone, FromRef)]
struct App {
    verifier: Arc<Verifier>,
    tasks: Arc<Mutex<Tasks>>,
}

type TaskResult<T> = Result<T, (StatusCode, &'static str)>;

const NO_SUCH_TASK: (StatusCode, &str) = (StatusCode::NOT_FOUND, "There is no such task");
const WRONG_TITLE: (StatusCode, &str) = (StatusCode::UNPROCESSABLE_ENTITY, "A title has 1 to 200 characters");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = App { verifier: Arc::new(Verifier::from_environment()?), tasks: Arc::default() };
    let port = std::env::var("PORT").unwrap_or_else(|_| "8000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, router(app)).await?;
    Ok(())
}

fn router(app: App) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/api/{user_id}/tasks", get(list).post(create).delete(remove_all))
        .route("/api/{user_id}/export", get(export))
        .route("/api/{user_id}/tasks/{task_id}", get(read).patch(change).delete(remove))
        .with_state(app)
}

async fn list(Owner(user): Owner, State(app): State<App>) -> Json<Vec<Task>> {
    Json(app.tasks().by_user.get(&user).map(|own| own.values().cloned().collect()).unwrap_or_default())
}

/// Requires a sign-in within the last 15 minutes.
async fn remove_all(OwnerClaims(claims): OwnerClaims, State(app): State<App>) -> Result<StatusCode, Refusal> {
    StepUp { max_age: Some(900), ..StepUp::default() }.check(&claims)?;
    app.tasks().by_user.remove(&claims.sub);
    Ok(StatusCode::NO_CONTENT)
}

/// Requires a sign-in with two factors.
async fn export(OwnerClaims(claims): OwnerClaims, State(app): State<App>) -> Result<Json<Vec<Task>>, Refusal> {
    StepUp { acr: Some("aal2"), ..StepUp::default() }.check(&claims)?;
    Ok(list(Owner(claims.sub), State(app)).await)
}

async fn create(
    Owner(user): Owner,
    State(app): State<App>,
    Json(new): Json<NewTask>,
) -> TaskResult<(StatusCode, Json<Task>)> {
    let title = valid(new.title)?;
    let mut tasks = app.tasks();
    tasks.last_id += 1;
    let task = Task { id: tasks.last_id, title, completed: false };
    tasks.by_user.entry(user).or_default().insert(task.id, task.clone());
    Ok((StatusCode::CREATED, Json(task)))
}

async fn read(
    Owner(user): Owner,
    Path((_, id)): Path<(String, u64)>,
    State(app): State<App>,
) -> TaskResult<Json<Task>> {
    let task = app.tasks().by_user.get(&user).and_then(|own| own.get(&id)).cloned();
    task.map(Json).ok_or(NO_SUCH_TASK)
}

async fn change(
    Owner(user): Owner,
    Path((_, id)): Path<(String, u64)>,
    State(app): State<App>,
    Json(change): Json<TaskChange>,
) -> TaskResult<Json<Task>> {
    let title = change.title.map(valid).transpose()?;
    let mut tasks = app.tasks();
    let task = tasks.by_user.get_mut(&user).and_then(|own| own.get_mut(&id)).ok_or(NO_SUCH_TASK)?;
    task.title = title.unwrap_or_else(|| task.title.clone());
    task.completed = change.completed.unwrap_or(task.completed);
    Ok(Json(task.clone()))
}

async fn remove(
    Owner(user): Owner,
    Path((_, id)): Path<(String, u64)>,
    State(app): State<App>,
) -> TaskResult<StatusCode> {
    let task = app.tasks().by_user.get_mut(&user).and_then(|own| own.remove(&id));
    task.map(|_| StatusCode::NO_CONTENT).ok_or(NO_SUCH_TASK)
}

fn valid(title: String) -> TaskResult<String> {
    if (1..=200).contains(&title.chars().count()) { Ok(title) } else { Err(WRONG_TITLE) }
}

impl App {
    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
