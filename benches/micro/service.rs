//! The service in this process: its own SQLite database on disk, and a clock that the benchmark moves.

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use latchkey::{
    app,
    auth::{
        Auth, Requester,
        accounts::sign_up::{SignUp, SignedUp},
        password::hasher::{HashLimits, HashParameters, PasswordHasher},
        sessions::open::SignedIn,
    },
    clock::ManualClock,
    config::Config,
    domain::Timestamp,
    http,
};
use tempfile::TempDir;
use tower::ServiceExt;

const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

/// The service in this process.
pub struct Service {
    pub auth: Arc<Auth>,
    pub clock: ManualClock,
    router: Router,
    /// Removed with the service.
    pub folder: TempDir,
}

impl Service {
    /// Starts the service with this signing algorithm.
    pub async fn new(algorithm: &str) -> Self {
        let folder = folder();
        let data = folder.path().display().to_string();
        let config = Config::from_vars(|name| {
            let value = match name {
                "LATCHKEY_DATA" => &data,
                "LATCHKEY_JWT_ALGORITHM" => algorithm,
                "LATCHKEY_JWT_SECRET" if algorithm == "HS256" => SECRET,
                "LATCHKEY_RATE_LIMIT" => "off",
                _ => return None,
            };
            Some(value.to_owned())
        });
        let config = config.expect("valid settings");
        let store = app::connect(&config).await.expect("a database");
        store.migrate().await.expect("tables");
        let hasher = PasswordHasher::new(HashParameters::cheap_for_tests(), HashLimits::for_this_machine());
        let clock = ManualClock::starting_at(Timestamp::from_millis(1_800_000_000_000));
        let state = app::assemble(&config, store, clock.clock(), hasher.expect("a hasher")).await;
        let state = state.expect("the service");
        Self { auth: Arc::clone(&state.auth), clock, router: http::router(state), folder }
    }

    /// Signs up an account.
    pub async fn sign_up(&self, number: u32) -> SignedIn {
        let email = format!("user{number}@example.com");
        let form = SignUp {
            email: &email,
            name: "Ada Lovelace",
            password: "violet otter lantern 42",
            image: None,
            remember: true,
            return_to: None,
        };
        match self.auth.accounts.sign_up(form, &Requester::default()).await.expect("an account") {
            SignedUp::SignedIn(signed_in) => *signed_in,
            SignedUp::CheckMail(_) => panic!("sign-up is open"),
        }
    }

    /// Sends a request through the router, and returns the length of the answer. Fails unless the answer is 200.
    pub async fn get(&self, path: &str, header: Option<(&str, &str)>) -> usize {
        let mut request = Request::get(path).header("host", "localhost:3000");
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::empty()).expect("a valid request");
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::from(([127, 0, 0, 1], 40_000))));
        let response = self.router.clone().oneshot(request).await.expect("a response");
        assert_eq!(response.status(), StatusCode::OK, "GET {path}");
        to_bytes(response.into_body(), usize::MAX).await.expect("a whole body").len()
    }
}

/// A folder on the disk of the build output: the folder for temporary files may be in memory.
pub fn folder() -> TempDir {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "../../target".into());
    let parent = Path::new(env!("CARGO_MANIFEST_DIR")).join(target).join("bench");
    std::fs::create_dir_all(&parent).expect("a folder");
    tempfile::tempdir_in(parent).expect("a folder")
}
