//! A database for one test: an SQLite file, or a schema on the PostgreSQL server at
//! `LATCHKEY_TEST_POSTGRES_URL`.

use std::{path::PathBuf, sync::Arc};

use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

#[derive(Clone)]
pub struct TestDatabase {
    url: String,
    folder: Arc<TempDir>,
}

impl TestDatabase {
    pub async fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let url = match std::env::var("LATCHKEY_TEST_POSTGRES_URL") {
            Ok(server) if !server.is_empty() => new_schema(&server).await,
            _ => format!("sqlite:{}", folder.path().join("test.db").display()),
        };
        Self { url, folder }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// A temporary folder, empty when the database is on PostgreSQL.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

async fn new_schema(server: &str) -> String {
    let mut name = [0; 12];
    getrandom::fill(&mut name).expect("random bytes");
    let schema = format!("test_{}", name.map(|byte| format!("{byte:02x}")).concat());
    let connection = Database::connect(server).await.expect("PostgreSQL is reachable");
    connection.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.expect("the schema is created");
    connection.close().await.expect("the connection closes");
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options=-csearch_path%3D{schema}")
}
