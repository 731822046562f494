//! The whole service in this process: its router, a database of its own and a clock that tests move.

pub mod browser;
pub mod database;
pub mod keys;
pub mod log;
pub mod person;
pub mod records;

use std::{net::SocketAddr, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use axum_test::TestServer;
use latchkey::{
    app::{self, StartError},
    auth::password::hasher::{HashLimits, HashParameters, PasswordHasher},
    clock::ManualClock,
    config::Config,
    domain::Timestamp,
    http::{self, AppState},
    store::Store,
};

use sea_orm::{ConnectionTrait, Database, QueryResult, Statement};

use self::{database::TestDatabase, person::Person};

/// Where the service believes to be reached.
pub const BASE_URL: &str = "http://localhost:3000";

/// A secret nobody uses.
pub const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

/// A master secret nobody uses.
pub const MASTER_SECRET: &str = "Zt4mW9bN2xQ7vK5cR8dF1gH6jL3pS0aY/uE+oI=";

/// A password that may be chosen.
pub const PASSWORD: &str = "violet otter lantern 42";

/// A running service. Dropping it drops its database.
pub struct TestApp {
    /// Moves the service's time.
    pub clock: ManualClock,
    /// What the router shares.
    pub state: AppState,
    /// What the service hashes passwords with.
    pub hasher: PasswordHasher,
    store: Store,
    database: TestDatabase,
    vars: Vec<(String, String)>,
}

impl TestApp {
    /// A service with the default settings.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A service with some settings changed.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::with_hasher(settings, cheap_hasher()).await
    }

    /// A service that hashes passwords in another way than the cheapest.
    pub async fn with_hasher(settings: &[(&str, &str)], hasher: PasswordHasher) -> Self {
        Self::start(TestDatabase::new().await, new_clock(), owned(settings), hasher).await
    }

    /// The same service after a restart: same database and settings, empty memory.
    pub async fn restarted(&self) -> Self {
        self.replica().await
    }

    /// The same service after a restart with another way to hash passwords.
    pub async fn restarted_with_hasher(&self, hasher: PasswordHasher) -> Self {
        Self::start(self.database.clone(), self.clock.clone(), self.vars.clone(), hasher).await
    }

    /// A second process on the same database, under the same clock.
    pub async fn replica(&self) -> Self {
        self.restarted_with_hasher(cheap_hasher()).await
    }

    /// The same service after a restart with some settings changed, if it starts.
    pub async fn restarted_with(&self, settings: &[(&str, &str)]) -> Result<Self, StartError> {
        let kept = self.vars.iter().filter(|(name, _)| settings.iter().all(|(changed, _)| changed != name));
        let vars = kept.cloned().chain(owned(settings)).collect();
        Self::try_start(self.database.clone(), self.clock.clone(), vars, cheap_hasher()).await
    }

    async fn start(
        database: TestDatabase,
        clock: ManualClock,
        vars: Vec<(String, String)>,
        hasher: PasswordHasher,
    ) -> Self {
        Self::try_start(database, clock, vars, hasher).await.expect("the service starts")
    }

    async fn try_start(
        database: TestDatabase,
        clock: ManualClock,
        vars: Vec<(String, String)>,
        hasher: PasswordHasher,
    ) -> Result<Self, StartError> {
        let (state, store) = start(&database, &clock, &vars, hasher.clone()).await?;
        Ok(Self { clock, state, hasher, store, database, vars })
    }

    /// The settings in effect.
    pub fn config(&self) -> Config {
        config(&self.database, &self.vars)
    }

    /// Several processes that start at the same moment on one database, still empty.
    pub async fn started_at_once(number: usize, settings: &[(&str, &str)]) -> Vec<Self> {
        let clock = new_clock();
        let vars = owned(settings);
        let database = TestDatabase::new().await;
        let starting: Vec<_> = (0..number)
            .map(|_| tokio::spawn(Self::start(database.clone(), clock.clone(), vars.clone(), cheap_hasher())))
            .collect();
        let mut apps = Vec::new();
        for app in starting {
            apps.push(app.await.expect("it starts"));
        }
        apps
    }

    /// Cuts the service off from its database.
    pub async fn lose_database(&self) {
        self.store.clone().close().await.expect("the connections close");
    }

    /// Where the database is.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// The database, as the service sees it.
    pub async fn store(&self) -> Store {
        Store::connect(self.database.url()).await.expect("the database is there")
    }

    /// The details of every recorded event of a kind, oldest first, also of those about nobody known.
    pub async fn recorded(&self, kind: &str) -> Vec<Option<String>> {
        let database = Database::connect(self.database.url()).await.expect("the database is there");
        let query = format!("SELECT detail FROM events WHERE kind = '{kind}' ORDER BY id");
        let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), query)).await;
        let detail = |row: QueryResult| row.try_get("", "detail").expect("a detail");
        rows.expect("events").into_iter().map(detail).collect()
    }

    /// A client from `address` that keeps no cookies: a program.
    pub fn program_at(&self, address: &str) -> TestServer {
        TestServer::builder().mock_transport().build(self.router(address))
    }

    /// A program on an address of no importance.
    pub fn program(&self) -> TestServer {
        self.program_at("192.0.2.1")
    }

    /// Somebody with an account, signed in from a program and from a browser.
    pub async fn person(&self, email: &str) -> Person {
        Person::sign_up(self, email).await
    }

    /// Moves the clock.
    pub fn wait(&self, span: Duration) {
        self.clock.advance(span);
    }

    fn router(&self, address: &str) -> Router {
        let peer = SocketAddr::new(address.parse().expect("an address"), 40_000);
        http::router(self.state.clone()).layer(Extension(ConnectInfo(peer)))
    }
}

/// A service whose database has gone.
pub async fn outage() -> AppState {
    let started = start(&TestDatabase::new().await, &new_clock(), &[], cheap_hasher()).await;
    let (state, store) = started.expect("the service starts");
    store.close().await.expect("the database closes");
    state
}

fn new_clock() -> ManualClock {
    ManualClock::starting_at(Timestamp::from_millis(1_800_000_000_000))
}

fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The cheapest hashing there is, with room for a thousand sign-ins at once.
fn cheap_hasher() -> PasswordHasher {
    let limits = HashLimits { permits: 4, queue: 1024 };
    PasswordHasher::new(HashParameters::cheap_for_tests(), limits).expect("a hasher")
}

async fn start(
    database: &TestDatabase,
    clock: &ManualClock,
    vars: &[(String, String)],
    hasher: PasswordHasher,
) -> Result<(AppState, Store), StartError> {
    let config = config(database, vars);
    let store = app::connect(&config).await?;
    store.migrate().await?;
    let state = app::assemble(&config, store.clone(), clock.clock(), hasher).await?;
    Ok((state, store))
}

fn config(database: &TestDatabase, vars: &[(String, String)]) -> Config {
    let lookup = |name: &str| {
        let changed = vars.iter().find(|(variable, _)| variable == name).map(|(_, value)| value.clone());
        changed.or_else(|| match name {
            "LATCHKEY_JWT_SECRET" => Some(SECRET.to_owned()),
            "LATCHKEY_DATABASE_URL" => Some(database.url().to_owned()),
            "LATCHKEY_DATA" => Some(database.folder()),
            _ => None,
        })
    };
    Config::from_vars(lookup).expect("the settings are good")
}
