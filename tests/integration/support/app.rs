//! The whole service in this process: its router, its own database and a clock that the test moves.
//!
//! Settings, `Config` and direct calls to `Auth` stay in this file and in `keys.rs`.

use std::{net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use latchkey::{
    app::{self, StartError},
    auth::{
        Requester, SessionRef,
        audit::{EventDetail, Subject},
        password::hasher::{HashLimits, HashParameters, HasherError, PasswordHash, PasswordHasher, Verdict},
        throttle::Network,
        token::{AccessClaims, TokenRefusal},
    },
    clock::ManualClock,
    config::Config,
    domain::{Password, SessionId, Timestamp, UserId, event::EventKind},
    http::{self, state::AppState},
    mail::{Mailer, message::Message, transport::Mailbox},
    store::{Store, connection::ConnectError},
};
use serde_json::Value;
use tokio::task::JoinHandle;

use super::{
    SECRET,
    client::{TestClient, TestResponse},
    database::TestDatabase,
    person::Person,
};

/// A running service. Dropping it drops its database.
pub struct TestApp {
    /// Moves the service's time.
    pub clock: ManualClock,
    /// Hashes the service's passwords.
    pub hasher: PasswordHasher,
    state: AppState,
    router: Router,
    store: Store,
    database: TestDatabase,
    vars: Vec<(String, String)>,
}

/// Start, restart, replicas.
impl TestApp {
    /// Starts a service with the default settings.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// Starts a service with some settings changed.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::with_hasher(settings, cheap_hasher()).await
    }

    pub async fn with_hasher(settings: &[(&str, &str)], hasher: PasswordHasher) -> Self {
        Self::start(TestDatabase::new().await, new_clock(), owned(settings), hasher).await.expect("the service starts")
    }

    /// Starts a service on this database.
    pub async fn on(database: TestDatabase, settings: &[(&str, &str)]) -> Result<Self, StartError> {
        Self::start(database, new_clock(), owned(settings), cheap_hasher()).await
    }

    /// Starts a service and closes its database.
    pub async fn without_database() -> Self {
        let app = Self::new().await;
        app.close_database().await;
        app
    }

    /// Starts several processes at the same time on one empty database.
    pub async fn start_in_parallel(number: usize, settings: &[(&str, &str)]) -> Vec<Self> {
        let clock = new_clock();
        let vars = owned(settings);
        let database = TestDatabase::new().await;
        let starting: Vec<_> = (0..number)
            .map(|_| tokio::spawn(Self::start(database.clone(), clock.clone(), vars.clone(), cheap_hasher())))
            .collect();
        let mut apps = Vec::new();
        for app in starting {
            apps.push(app.await.expect("no panic").expect("the service starts"));
        }
        apps
    }

    /// Restarts the service: same database and settings, empty memory.
    pub async fn restarted(&self) -> Self {
        self.restarted_with_hasher(cheap_hasher()).await
    }

    pub async fn restarted_with_hasher(&self, hasher: PasswordHasher) -> Self {
        self.write_events().await;
        let started = Self::start(self.database.clone(), self.clock.clone(), self.vars.clone(), hasher).await;
        started.expect("the service starts")
    }

    /// Restarts the service with some settings changed.
    pub async fn restarted_with(&self, settings: &[(&str, &str)]) -> Result<Self, StartError> {
        let kept = self.vars.iter().filter(|(name, _)| settings.iter().all(|(changed, _)| changed != name));
        let vars = kept.cloned().chain(owned(settings)).collect();
        Self::start(self.database.clone(), self.clock.clone(), vars, cheap_hasher()).await
    }

    /// Starts a second process on the same database and clock.
    pub async fn replica(&self) -> Self {
        self.restarted().await
    }

    /// Starts a second process on the same database, with a clock of its own.
    pub async fn replica_with(&self, clock: ManualClock) -> Self {
        let started = Self::start(self.database.clone(), clock, self.vars.clone(), cheap_hasher()).await;
        started.expect("the service starts")
    }

    async fn start(
        database: TestDatabase,
        clock: ManualClock,
        vars: Vec<(String, String)>,
        hasher: PasswordHasher,
    ) -> Result<Self, StartError> {
        let config = config(&database, &vars);
        let store = app::connect(&config).await?;
        store.migrate().await?;
        let state = app::assemble(&config, store.clone(), clock.clock(), hasher.clone()).await?;
        let router = http::router(state.clone());
        Ok(Self { clock, hasher, state, router, store, database, vars })
    }
}

/// Requests.
impl TestApp {
    /// Sends a request, `GET /path`, as a program.
    pub async fn send(&self, line: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> TestResponse {
        self.client().send(line, headers, body).await
    }

    /// A program: a client that keeps no cookies.
    pub fn client(&self) -> TestClient {
        self.client_at("192.0.2.1")
    }

    /// A program at this network address.
    pub fn client_at(&self, address: &str) -> TestClient {
        TestClient::new(self.router.clone(), address)
    }

    /// Creates an account over the API.
    pub async fn person(&self, email: &str) -> Person {
        Person::sign_up(self, email).await
    }

    /// `GET /api/auth/get-session` with a session token: `null` when the session has ended.
    pub async fn session(&self, session_token: &str) -> Value {
        self.client().get("/api/auth/get-session").bearer(session_token).await.json()
    }

    pub async fn has_session(&self, session_token: &str) -> bool {
        !self.session(session_token).await.is_null()
    }
}

/// Time, jobs and the database.
impl TestApp {
    /// Moves the clock forward. Rows that were read before are read again, as after every second.
    pub fn wait(&self, span: Duration) {
        self.clock.advance(span);
        self.store.expire_cached_rows();
    }

    pub fn now(&self) -> Timestamp {
        self.clock.clock().now()
    }

    pub fn verify(&self, access_token: &str) -> Result<AccessClaims, TokenRefusal> {
        self.state.auth.tokens.verify(access_token)
    }

    /// Reads the revocations of other processes, as the service does every second.
    pub async fn poll_revocations(&self) {
        self.store.expire_cached_rows();
        self.state.auth.sessions.refresh_revocations().await.expect("the database is reachable");
    }

    /// Writes the ends of sessions that wait for the database, as the service does every second.
    pub async fn write_queued_ends(&self) {
        self.state.auth.sessions.write_queued_ends().await.expect("the database is reachable");
    }

    /// Reads the signing keys again, as the service does every second.
    pub async fn poll_keys(&self) {
        self.try_poll_keys().await.expect("the database is reachable");
    }

    pub async fn try_poll_keys(&self) -> Result<(), String> {
        self.state.auth.keys.refresh().await.map_err(|error| error.to_string())
    }

    /// Disables an account, as an operator does.
    pub async fn disable(&self, user_id: &str) {
        self.try_disable(user_id).await.expect("the account exists");
    }

    pub async fn try_disable(&self, user_id: &str) -> Result<(), String> {
        let user = user_id.parse().expect("a user id");
        let disabled = self.state.auth.accounts.disable(user, &Requester::default()).await;
        disabled.map_err(|error| error.to_string())
    }

    /// Enables an account.
    pub async fn enable(&self, user_id: &str) {
        let user = user_id.parse().expect("a user id");
        self.state.auth.accounts.enable(user, &Requester::default()).await.expect("the account exists");
    }

    /// Removes the second factors of an account, as an operator does.
    pub async fn reset_factors(&self, user_id: &str) -> Result<(), String> {
        let user = user_id.parse().expect("a user id");
        let reset = self.state.auth.factors.reset(user, &Requester::default()).await;
        reset.map_err(|error| error.to_string())
    }

    /// Sends the webhooks that are due, and returns their number.
    pub async fn deliver_webhooks(&self) -> usize {
        self.state.auth.jobs.deliver_webhooks().await.expect("the database is reachable")
    }

    /// Sends the messages that are due, and returns their number.
    pub async fn deliver_mail(&self) -> usize {
        self.state.auth.jobs.deliver_mail().await.expect("the database is reachable")
    }

    /// The messages in the development mailbox, newest first.
    pub fn mailbox(&self) -> Vec<Message> {
        self.state.auth.mail.as_ref().and_then(Mailer::mailbox).map(Mailbox::all).unwrap_or_default()
    }

    /// Runs the background jobs, as the service does.
    pub fn run_jobs(&self) -> JoinHandle<()> {
        let auth = Arc::clone(&self.state.auth);
        tokio::spawn(async move { Box::pin(auth.jobs.run()).await })
    }

    /// Deletes what has passed its retention period.
    pub async fn purge(&self) {
        self.state.auth.jobs.purge_expired().await.expect("the database is reachable");
    }

    /// Writes the events and counts of the security log that are still in memory, as the service does at a stop.
    pub async fn finish_events(&self) {
        self.state.auth.audit.finish().await;
    }

    /// Writes the events of the security log that are still in memory.
    pub async fn write_events(&self) {
        self.state.auth.audit.flush().await;
    }

    /// Records an event as the use cases do.
    pub fn record(&self, kind: EventKind, user: Option<(UserId, SessionId)>, address: IpAddr) {
        let subject =
            user.map_or_else(Subject::unknown, |(user_id, session_id)| SessionRef { user_id, session_id }.into());
        let requester = Requester { address: Some(address), ..Requester::default() };
        self.state.auth.audit.record(kind, subject, &requester, None::<EventDetail>);
    }

    /// Closes the service's database connections.
    pub async fn close_database(&self) {
        self.write_events().await;
        self.store.expire_cached_rows();
        self.store.clone().close().await.expect("the connections close");
    }

    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    pub fn data_folder(&self) -> PathBuf {
        self.database.folder()
    }

    /// Opens a second connection to the service's database.
    pub async fn store(&self) -> Result<Store, ConnectError> {
        Store::connect(self.database.url(), 4).await
    }

    /// The settings in effect.
    pub fn config(&self) -> Config {
        config(&self.database, &self.vars)
    }
}

/// The cheapest hashing parameters, and room for a thousand sign-ins at the same time.
fn cheap_hasher() -> PasswordHasher {
    let limits = HashLimits { permits: 4, queue: 1024 };
    PasswordHasher::new(HashParameters::cheap_for_tests(), limits).expect("a hasher")
}

/// Keeps one of the hasher's threads busy for about a second of processor time: an imported hash with cost 14.
pub async fn occupy_thread(hasher: &PasswordHasher) -> Result<Verdict, HasherError> {
    let slow = PasswordHash::import("$2b$14$abcdefghijklmnopqrstuuugH8XjOPXLdX/a9t3zWaL96n4O4U8.G").expect("a hash");
    let password = Password::parse("any password").expect("a password");
    hasher.verify(password, &slow, Network::of([198, 51, 100, 1].into())).await
}

fn new_clock() -> ManualClock {
    ManualClock::starting_at(Timestamp::from_millis(1_800_000_000_000))
}

fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn config(database: &TestDatabase, vars: &[(String, String)]) -> Config {
    let lookup = |name: &str| {
        let changed = vars.iter().find(|(variable, _)| variable == name).map(|(_, value)| value.clone());
        changed.or_else(|| match name {
            "LATCHKEY_JWT_SECRET" => Some(SECRET.to_owned()),
            "LATCHKEY_DATABASE_URL" => Some(database.url().to_owned()),
            "LATCHKEY_DATA" => Some(database.folder().display().to_string()),
            _ => None,
        })
    };
    Config::from_vars(lookup).expect("the settings are valid")
}
