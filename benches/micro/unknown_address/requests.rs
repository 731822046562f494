//! Requests that send a message to an address with an account.
//!
//! They go through the router in this process, while the background jobs of the service send the messages to files.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Instant};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use latchkey::{
    app,
    auth::password::hasher::{HashLimits, HashParameters, PasswordHasher},
    clock::Clock,
    config::Config,
    crypto::random::random_bytes,
    domain::{Email, Name, UserId},
    http,
    store::{
        Store,
        users::{FirstCredential, NewAccount},
    },
};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::samples::Samples;

/// The first requests, which are not measured.
const WARM_UP: u32 = 20;

/// A password that the policy accepts.
const PASSWORD: &str = "violet otter lantern 42";

/// A hash, of which no password is known.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$ma8QNhuRsKZM7J5D4ViTtZZ8r4Wc7wDYdIhvmkLVZJs";

/// A kind of request.
pub struct MailRequest {
    /// In the report.
    pub name: &'static str,
    /// A variable and its value.
    setting: (&'static str, &'static str),
    path: &'static str,
    body: fn(&str) -> Value,
}

/// Every kind of request that must not reveal accounts.
pub const REQUESTS: [MailRequest; 4] = [
    MailRequest {
        name: "reset requests",
        setting: ("LATCHKEY_SIGN_UP", "open"),
        path: "/api/auth/request-password-reset",
        body: |email| json!({ "email": email }),
    },
    MailRequest {
        name: "verification requests",
        setting: ("LATCHKEY_SIGN_UP", "open"),
        path: "/api/auth/send-verification-email",
        body: |email| json!({ "email": email }),
    },
    MailRequest {
        name: "sign-ups with verification",
        setting: ("LATCHKEY_SIGN_UP", "verify"),
        path: "/api/auth/sign-up/email",
        body: |email| json!({ "name": "Ada", "email": email, "password": PASSWORD }),
    },
    MailRequest {
        name: "requests for sign-in codes",
        setting: ("LATCHKEY_EMAIL_SIGN_IN", "on"),
        path: "/api/auth/email-otp/send-verification-otp",
        body: |email| json!({ "email": email, "type": "sign-in" }),
    },
];

/// Measures as many requests with known and with unknown addresses.
pub async fn measure(request: &MailRequest, samples: u32) -> Samples {
    let folder = tempfile::tempdir().expect("a folder");
    let (router, store, jobs) = start(folder.path(), request.setting).await;
    let clock = Clock::system();
    for number in 0..samples + WARM_UP {
        let random = || random_bytes().expect("random bytes");
        let account = NewAccount {
            id: UserId::new(clock.now(), random()),
            email: Email::parse(&known(number)).expect("an address"),
            name: Name::parse("Ada").expect("a name"),
            image: None,
            credential: FirstCredential::Password(HASH.to_owned()),
        };
        store.create_account(account, None, None, clock.now()).await.expect("an account");
    }
    let mut measured = Samples::default();
    for number in 0..samples + WARM_UP {
        let mut addresses = [(true, known(number)), (false, format!("other{number}@example.com"))];
        // The second request of a pair finds the caches warmer.
        addresses.rotate_left(number as usize % 2);
        for (is_known, address) in addresses {
            let time = time(&router, request.path, (request.body)(&address)).await;
            if number >= WARM_UP {
                let sample = if is_known { &mut measured.known } else { &mut measured.unknown };
                sample.push(time);
            }
        }
    }
    jobs.abort();
    measured
}

fn known(number: u32) -> String {
    format!("known{number}@example.com")
}

/// Starts the service and its background jobs.
async fn start(folder: &Path, setting: (&str, &str)) -> (Router, Store, tokio::task::JoinHandle<()>) {
    let config = Config::from_vars(|name| match name {
        "LATCHKEY_DATA" => Some(folder.display().to_string()),
        "LATCHKEY_MAIL" => Some(format!("file:{}", folder.join("mail").display())),
        "LATCHKEY_RATE_LIMIT" => Some("off".to_owned()),
        name => (name == setting.0).then(|| setting.1.to_owned()),
    });
    let config = config.expect("valid settings");
    let store = app::connect(&config).await.expect("a database");
    store.migrate().await.expect("tables");
    let hasher = PasswordHasher::new(HashParameters::STANDARD, HashLimits::for_this_machine()).expect("a hasher");
    let state = app::assemble(&config, store.clone(), Clock::system(), hasher).await.expect("the service");
    let auth = Arc::clone(&state.auth);
    let jobs = tokio::spawn(async move { Box::pin(auth.jobs.run()).await });
    (http::router(state), store, jobs)
}

/// The time of a request, in milliseconds.
async fn time(router: &Router, path: &str, body: Value) -> f64 {
    let request = Request::post(path).header("host", "localhost:3000").header("content-type", "application/json");
    let mut request = request.body(Body::from(body.to_string())).expect("a valid request");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))));
    let start = Instant::now();
    let response = router.clone().oneshot(request).await.expect("a response");
    let status = response.status();
    to_bytes(response.into_body(), usize::MAX).await.expect("a whole body");
    let elapsed = start.elapsed();
    assert_eq!(status, StatusCode::OK, "{path}");
    elapsed.as_secs_f64() * 1000.0
}
