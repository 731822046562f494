//! The service in its own process, with a mail server in this one.

use std::{collections::HashMap, time::Duration};

use futures::future::join_all;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;

use super::smtp_server::SmtpServer;
use crate::support::{
    PASSWORD,
    binary::{Running, Starting, latchkey},
    database::{TestDatabase, execute},
};

/// How often a test looks whether the outbox is empty, and how many times.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: usize = 600;

/// A service that can be killed and started again, its database and its mail server.
pub struct Service {
    running: Option<Running>,
    folder: TempDir,
    database: TestDatabase,
    client: reqwest::Client,
    pub mail: SmtpServer,
}

/// A message in the outbox.
pub struct Queued {
    /// As in its `Message-ID`.
    pub id: String,
    /// 0: pending, 1: delivered.
    pub state: i32,
}

impl Service {
    /// Starts a service. Its mail server needs `delay` for each message.
    pub async fn start(delay: Duration) -> Self {
        let mut service = Self {
            running: None,
            folder: tempfile::tempdir().expect("a temporary folder"),
            database: TestDatabase::new().await,
            client: reqwest::Client::new(),
            mail: SmtpServer::start_slow(delay).await,
        };
        service.start_again().await;
        service
    }

    /// Starts the service on its database.
    pub async fn start_again(&mut self) {
        let mut command = latchkey(self.folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
        command
            .env("LATCHKEY_DATABASE_URL", self.database.url())
            .env("LATCHKEY_RATE_LIMIT", "off")
            .env("LATCHKEY_MAIL", format!("smtp://127.0.0.1:{}", self.mail.port))
            .env("LATCHKEY_MAIL_FROM", "Acme <auth@acme.example>");
        let starting = tokio::task::spawn_blocking(move || Starting::new(command).ready());
        self.running = Some(starting.await.expect("the service starts"));
    }

    /// Kills the service with SIGKILL.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Sends a request to `/api/auth` in the background. Returns the status of the response, or `None` if the service was
    /// killed before.
    pub fn post(&self, path: &str, body: &Value) -> tokio::task::JoinHandle<Option<u16>> {
        let address = &self.running.as_ref().expect("a running service").address;
        let request = self.client.post(format!("http://{address}/api/auth{path}"));
        let request = request.header("host", "localhost").header("content-type", "application/json");
        let sent = request.body(body.to_string()).send();
        tokio::spawn(async move { sent.await.ok().map(|response| response.status().as_u16()) })
    }

    /// Signs a user up, which queues a message.
    pub fn sign_up(&self, email: &str) -> tokio::task::JoinHandle<Option<u16>> {
        self.post("/sign-up/email", &json!({ "name": "Ada", "email": email, "password": PASSWORD }))
    }

    /// Asks for a link, which queues a message.
    pub fn request_reset(&self, email: &str) -> tokio::task::JoinHandle<Option<u16>> {
        self.post("/request-password-reset", &json!({ "email": email }))
    }

    /// All messages in the outbox.
    pub async fn outbox(&self) -> Vec<Queued> {
        let db = Database::connect(self.database.url()).await.expect("the database is reachable");
        let statement = Statement::from_string(db.get_database_backend(), "SELECT id, state FROM outbox");
        let rows = db.query_all_raw(statement).await.expect("the statement succeeds");
        db.close().await.expect("the connection closes");
        let id = |row: &sea_orm::QueryResult| row.try_get::<uuid::Uuid>("", "id").expect("an id").to_string();
        rows.iter().map(|row| Queued { id: id(row), state: row.try_get("", "state").expect("a number") }).collect()
    }

    /// Ends the leases of a service that was killed, as four minutes of waiting do.
    pub async fn end_leases(&self) {
        execute(self.database.url(), "UPDATE outbox SET next_attempt_at = 0 WHERE state = 0").await;
    }

    /// Waits until no message is pending.
    pub async fn delivered(&self) {
        for _ in 0..LOOKS {
            if self.outbox().await.iter().all(|message| message.state != 0) {
                return;
            }
            sleep(LOOK).await;
        }
        panic!("messages are still pending");
    }

    /// How many times each message has arrived, by its id.
    pub fn arrivals(&self) -> HashMap<String, usize> {
        let mut arrivals = HashMap::new();
        for message in self.mail.messages() {
            let (_, rest) = message.split_once("Message-ID: <").expect("a Message-ID");
            let (id, _) = rest.split_once('@').expect("an id and a domain");
            *arrivals.entry(id.to_owned()).or_default() += 1;
        }
        arrivals
    }
}

/// The statuses of requests in the background.
pub async fn statuses(requests: Vec<tokio::task::JoinHandle<Option<u16>>>) -> Vec<Option<u16>> {
    join_all(requests).await.into_iter().map(|status| status.expect("no panic")).collect()
}
