//! A database for one test: an SQLite file, or a schema on the PostgreSQL server at
//! `LATCHKEY_TEST_POSTGRES_URL`.

use std::{path::PathBuf, sync::Arc};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;
use url::Url;

#[derive(Clone)]
pub struct TestDatabase {
    url: String,
    folder: Arc<TempDir>,
}

impl TestDatabase {
    pub async fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let url = match postgres_server() {
            Some(server) => new_schema(&server).await,
            None => format!("sqlite:{}", folder.path().join("test.db").display()),
        };
        Self { url, folder }
    }

    /// A database of its own, for tests that change more than its tables. On PostgreSQL it belongs to a role of its
    /// own, whose name is the database's.
    pub async fn separate() -> Self {
        let Some(server) = postgres_server() else { return Self::new().await };
        let name = new_database(&server).await;
        let mut url = Url::parse(&server).expect("a URL");
        url.set_path(&name);
        url.set_username(&name).expect("a host");
        Self::at(url.as_str())
    }

    /// An existing database.
    pub fn at(url: &str) -> Self {
        Self { url: url.to_owned(), folder: Arc::new(tempfile::tempdir().expect("a temporary folder")) }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// A temporary folder, empty when the database is on PostgreSQL.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

/// The URL of the PostgreSQL server, if the tests run on one.
pub fn postgres_server() -> Option<String> {
    std::env::var("LATCHKEY_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

/// Creates a database and a role with the same name. Returns the name.
pub async fn new_database(server: &str) -> String {
    let name = new_name();
    let url = Url::parse(server).expect("a URL");
    let password = url.password().unwrap_or("none");
    execute(server, &format!("CREATE ROLE {name} LOGIN PASSWORD '{password}'")).await;
    execute(server, &format!("CREATE DATABASE {name} OWNER {name}")).await;
    name
}

/// One connection that stays open, for a transaction of several statements.
pub async fn one_connection(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the database is reachable")
}

/// Runs a statement that returns nothing.
pub async fn execute(url: &str, sql: &str) {
    let connection = Database::connect(url).await.expect("the database is reachable");
    connection.execute_unprepared(sql).await.expect("the statement succeeds");
    connection.close().await.expect("the connection closes");
}

fn new_name() -> String {
    let mut name = [0; 12];
    getrandom::fill(&mut name).expect("random bytes");
    format!("test_{}", name.map(|byte| format!("{byte:02x}")).concat())
}

async fn new_schema(server: &str) -> String {
    let schema = new_name();
    execute(server, &format!("CREATE SCHEMA {schema}")).await;
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options=-csearch_path%3D{schema}")
}
