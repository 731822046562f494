//! The rows of the service's database, read and written directly.

use latchkey::domain::UserId;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement};

use super::TestApp;

/// A row of the security log.
#[derive(Clone, Debug)]
pub struct Record {
    pub kind: String,
    pub user_id: Option<String>,
    pub session_id: Option<String>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub detail: Option<String>,
    pub request_id: Option<String>,
    pub count: Option<i64>,
}

/// The whole security log, oldest first.
pub async fn security_log(app: &TestApp) -> Vec<Record> {
    let rows = rows(app, "SELECT * FROM events ORDER BY id").await;
    rows.iter().map(record).collect()
}

/// The details of the events of one kind, oldest first.
pub async fn details(app: &TestApp, kind: &str) -> Vec<Option<String>> {
    let log = security_log(app).await;
    log.into_iter().filter(|record| record.kind == kind).map(|record| record.detail).collect()
}

/// The number of rows in a table.
pub async fn count(app: &TestApp, table: &str) -> i64 {
    let rows = rows(app, &format!("SELECT count(*) AS n FROM {table}")).await;
    rows[0].try_get("", "n").expect("a number")
}

/// Every text in the database except the security log.
pub async fn everything(app: &TestApp) -> String {
    let mut texts = String::new();
    for (table, columns) in [
        ("users", &["id", "email", "email_key", "name", "image"][..]),
        ("credentials", &["user_id", "secret"]),
        ("sessions", &["user_id", "address", "user_agent", "end_reason"]),
        ("attempts", &["key"]),
    ] {
        for row in rows(app, &format!("SELECT {} FROM {table}", columns.join(", "))).await {
            for column in columns {
                let text: Option<String> = row.try_get("", column).expect("a text");
                texts.extend([table, ".", column, "=", &text.unwrap_or_default(), "\n"]);
            }
        }
    }
    texts
}

/// The rows of a table, as texts in a fixed order.
pub async fn texts(app: &TestApp, table: &str, columns: &[&str]) -> Vec<String> {
    let columns: Vec<_> = columns.iter().map(|column| format!("CAST({column} AS text)")).collect();
    let rows = rows(app, &format!("SELECT {} AS row FROM {table} ORDER BY 1", columns.join(" || ' ' || "))).await;
    rows.iter().map(|row| row.try_get("", "row").expect("a text")).collect()
}

pub async fn password_hash(app: &TestApp, user_id: &str) -> String {
    let user_id: UserId = user_id.parse().expect("a user id");
    let store = app.store().await.expect("the database is reachable");
    store.password(user_id).await.expect("the database is reachable").expect("a password").hash
}

/// Runs a statement that changes the database.
pub async fn operate(app: &TestApp, sql: &str) {
    let db = connect(app).await;
    db.execute_unprepared(sql).await.expect("the statement succeeds");
    db.close().await.expect("the connection closes");
}

async fn rows(app: &TestApp, sql: &str) -> Vec<QueryResult> {
    app.write_events().await;
    let db = connect(app).await;
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect("the statement succeeds");
    db.close().await.expect("the connection closes");
    rows
}

async fn connect(app: &TestApp) -> DatabaseConnection {
    Database::connect(app.database_url()).await.expect("the database is reachable")
}

fn record(row: &QueryResult) -> Record {
    let text = |name: &str| row.try_get::<Option<String>>("", name).expect("a text");
    let id = |name: &str| row.try_get::<Option<uuid::Uuid>>("", name).expect("an id").map(|id| id.to_string());
    Record {
        kind: text("kind").expect("a kind"),
        user_id: text("user_id"),
        session_id: id("session_id"),
        address: text("address"),
        user_agent: text("user_agent"),
        detail: text("detail"),
        request_id: text("request_id"),
        count: row.try_get("", "count").expect("a number"),
    }
}
