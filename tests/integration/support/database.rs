//! A database for one test: a SQLite file, or a schema of the PostgreSQL that
//! `LATCHKEY_TEST_POSTGRES_URL` names.

use std::sync::Arc;

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

    pub fn folder(&self) -> String {
        self.folder.path().display().to_string()
    }
}

async fn new_schema(server: &str) -> String {
    let mut name = [0; 12];
    getrandom::fill(&mut name).expect("random bytes");
    let schema = format!("test_{}", name.map(|byte| format!("{byte:02x}")).concat());
    let connection = Database::connect(server).await.expect("PostgreSQL answers");
    connection.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.expect("a schema can be made");
    connection.close().await.expect("the connection closes");
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options=-csearch_path%3D{schema}")
}
