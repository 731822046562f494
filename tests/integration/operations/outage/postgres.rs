//! PostgreSQL: restart, a server that does not answer, failover, locks, out of connections.

use std::time::Duration;

use futures::future::{Either, join_all, select};
use latchkey::auth::jobs::FEED_INTERVAL;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::json;

use super::{EVENTS, Operations, assert_all_unavailable, assert_writes_unavailable, until_ready};
use crate::support::{
    PASSWORD, TestApp,
    database::{TestDatabase, execute, one_connection, postgres_server},
    forwarder::Forwarder,
};

/// The server, as its administrator.
struct Server {
    url: String,
    connection: DatabaseConnection,
}

impl Server {
    /// `None` unless the tests run on PostgreSQL.
    async fn new() -> Option<Self> {
        let url = postgres_server()?;
        let connection = Database::connect(&url).await.expect("PostgreSQL is reachable");
        Some(Self { url, connection })
    }

    async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await;
    }

    /// Ends every connection to the database, and waits until they are gone.
    async fn disconnect(&self, name: &str) {
        let others = format!("pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()");
        loop {
            let sql = format!("SELECT count(pg_terminate_backend(pid)) AS n FROM {others}");
            let row =
                self.connection.query_one_raw(Statement::from_string(self.connection.get_database_backend(), sql));
            let ended: i64 =
                row.await.expect("the statement succeeds").expect("a row").try_get("", "n").expect("a number");
            if ended == 0 {
                return;
            }
        }
    }
}

/// A service on a database of its own, and the database's name.
async fn service(settings: &[(&str, &str)]) -> (TestApp, String) {
    let database = TestDatabase::separate().await;
    let name = url::Url::parse(database.url()).expect("a URL").path().trim_start_matches('/').to_owned();
    let settings = [&[EVENTS], settings].concat();
    (TestApp::on(database, &settings).await.expect("the service starts"), name)
}

/// A service whose connections to a database of its own pass through a forwarder. `None` on SQLite.
async fn behind_forwarder() -> Option<(Forwarder, TestApp)> {
    Server::new().await?;
    let database = TestDatabase::separate().await;
    let forwarder = Forwarder::start(database.url()).await;
    let at = TestDatabase::at(&forwarder.url(database.url()));
    Some((forwarder, TestApp::on(at, &[EVENTS]).await.expect("the service starts")))
}

/// The statuses of this number of sign-ins at the same time.
async fn sign_in_together(app: &TestApp, number: usize) -> Vec<u16> {
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let sign_in = |_| async { app.client().post("/api/auth/sign-in/email").json(&body).await.status.as_u16() };
    join_all((0..number).map(sign_in)).await
}

#[tokio::test]
async fn restarted_server_is_not_noticed() {
    let Some(server) = Server::new().await else { return };
    let (app, name) = service(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let operations = Operations::new(&app).await;
    for _ in 0..2 {
        assert_eq!(sign_in_together(&app, 8).await, [200; 8], "fills the pool");
        server.disconnect(&name).await;
        assert_eq!(sign_in_together(&app, 8).await, [200; 8]);
    }
    operations.assert_recovered().await;
}

#[tokio::test]
async fn stopped_server_is_unavailable() {
    let Some((mut forwarder, app)) = behind_forwarder().await else { return };
    let operations = Operations::new(&app).await;
    forwarder.stop().await;
    assert_all_unavailable(&operations.run().await);
    forwarder.resume().await;
    until_ready(&app).await;
    operations.assert_recovered().await;
}

/// As a server that is stopped by a signal, or behind a network that drops everything.
#[tokio::test]
async fn silent_server_is_unavailable() {
    let Some((mut forwarder, app)) = behind_forwarder().await else { return };
    let operations = Operations::new(&app).await;
    let ada = app.person("ada2@example.com").await;
    forwarder.fall_silent();
    app.wait(FEED_INTERVAL);
    let profile = Box::pin(app.client().get(&ada.path("")).bearer(&ada.access_token).into_future());
    let verified = Box::pin(app.client().get("/api/auth/verify").bearer(&ada.access_token).into_future());
    let Either::Left((verified, profile)) = select(verified, profile).await else {
        panic!("forward authentication waits as long as a request that needs the database");
    };
    assert_eq!((verified.status.as_u16(), verified.header("x-auth-user-id")), (200, ada.user_id.as_str()));
    assert_eq!(verified.header("x-auth-email"), "", "unknown");
    let profile = profile.await;
    assert_eq!((profile.problem().as_str(), profile.header("retry-after")), ("503 unavailable", "1"));
    assert_all_unavailable(&operations.run().await);
    app.wait(Duration::from_mins(1));
    let paused = "the database does not answer, and is asked again within a second";
    let reasons = [paused, "the database does not answer in time", "the database has no free connection"];
    let reason = app.client().get("/readyz").await.body;
    assert!(reasons.contains(&reason.as_str()), "{reason}");
    forwarder.resume().await;
    until_ready(&app).await;
    operations.assert_recovered().await;
}

#[tokio::test]
async fn read_only_server_is_unavailable_for_writes() {
    let Some(server) = Server::new().await else { return };
    let (app, name) = service(&[]).await;
    let operations = Operations::new(&app).await;
    server.execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    server.disconnect(&name).await;
    assert_writes_unavailable(&operations.run().await);
    assert_eq!(app.client().get("/readyz").await.body, "the database is read-only");
    server.execute(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await;
    server.disconnect(&name).await;
    until_ready(&app).await;
    operations.assert_recovered().await;
}

#[tokio::test]
async fn locked_tables_are_unavailable() {
    let Some(server) = Server::new().await else { return };
    let (app, name) = service(&[("LATCHKEY_DATABASE_CONNECTIONS", "64")]).await;
    let operations = Operations::new(&app).await;
    let mut url = url::Url::parse(&server.url).expect("a URL");
    url.set_path(&name);
    let other = one_connection(url.as_str()).await;
    let lock = "BEGIN; LOCK TABLE users, sessions, credentials, attempts, events, user_events, one_time_secrets, passkeys \
                IN ACCESS EXCLUSIVE MODE";
    other.execute_unprepared(lock).await.expect("the lock");
    assert_all_unavailable(&operations.run().await);
    other.execute_unprepared("ROLLBACK").await.expect("the lock is free");
    until_ready(&app).await;
    operations.assert_recovered().await;
}

#[tokio::test]
async fn server_without_connections_is_unavailable() {
    let Some(server) = Server::new().await else { return };
    let (app, name) = service(&[]).await;
    let operations = Operations::new(&app).await;
    server.execute(&format!("ALTER ROLE {name} CONNECTION LIMIT 0")).await;
    server.disconnect(&name).await;
    assert_all_unavailable(&operations.run().await);
    server.execute(&format!("ALTER ROLE {name} CONNECTION LIMIT -1")).await;
    until_ready(&app).await;
    operations.assert_recovered().await;
}

#[tokio::test]
async fn limited_role_is_never_a_500() {
    let Some(server) = Server::new().await else { return };
    let database = TestDatabase::separate().await;
    let name = url::Url::parse(database.url()).expect("a URL").path().trim_start_matches('/').to_owned();
    server.execute(&format!("ALTER ROLE {name} CONNECTION LIMIT 6")).await;
    let settings = [("LATCHKEY_RATE_LIMIT", "off"), ("LATCHKEY_DATABASE_CONNECTIONS", "3")];
    let app = TestApp::on(database.clone(), &settings[..1]).await.expect("the service starts");
    app.person("ada@example.com").await;
    assert_eq!(sign_in_together(&app, 40).await, [200; 40], "a single service keeps the limit by itself");
    let greedy = TestApp::on(database.clone(), &settings).await;
    if let Ok(greedy) = &greedy {
        let statuses = [sign_in_together(&app, 40).await, sign_in_together(greedy, 40).await].concat();
        assert!(statuses.iter().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
        greedy.close_database().await;
    }
    app.close_database().await;
    let first = TestApp::on(database.clone(), &settings).await.expect("the service starts");
    let second = TestApp::on(database, &settings).await.expect("the service starts");
    let (one, two) = futures::join!(sign_in_together(&first, 20), sign_in_together(&second, 20));
    assert_eq!([one, two].concat(), [200; 40], "two services share the limit");
}
