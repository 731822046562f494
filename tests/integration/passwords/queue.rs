//! All heavy work on passwords has the same threads and the same queue.

use futures::{future::join_all, poll};
use latchkey::auth::password::hasher::{HashLimits, HashParameters, PasswordHasher};
use serde_json::json;
use tokio::sync::mpsc;

use super::sign_up;
use crate::support::{PASSWORD, TestApp, app::occupy_thread};

/// Refused by the strength estimate only.
const GUESSABLE: &str = "SecurePass123";

async fn app(limits: HashLimits, check: &str) -> TestApp {
    let hasher = PasswordHasher::new(HashParameters::cheap_for_tests(), limits).expect("a hasher");
    TestApp::with_hasher(&[("LATCHKEY_PASSWORD_CHECK", check), ("LATCHKEY_RATE_LIMIT", "off")], hasher).await
}

#[tokio::test]
async fn check_of_new_password_waits_for_a_thread() {
    for check in ["strong", "blocklist"] {
        let app = app(HashLimits { permits: 1, queue: 0 }, check).await;
        let ada = app.person("ada@example.com").await;
        let occupied = occupy_thread(&app.hasher);
        tokio::pin!(occupied);
        assert!(poll!(&mut occupied).is_pending());
        let refused = sign_up(&app, "eve@example.com", GUESSABLE).await;
        assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, "1"), "{check}");
        let too_short = sign_up(&app, "eve@example.com", "short").await;
        assert_eq!(too_short.status, 400, "the length needs no thread");
        let change = super::change(&app, &ada, GUESSABLE).await;
        assert_eq!(change.status, 503, "{check}");
        assert!(occupied.await.is_ok());
        assert_eq!(app.hasher.peak(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_checks_stay_within_permits() {
    let app = app(HashLimits { permits: 2, queue: 100 }, "strong").await;
    let emails: Vec<_> = (0..60).map(|number| format!("ada{number}@example.com")).collect();
    let responses = join_all(emails.iter().map(|email| sign_up(&app, email, GUESSABLE))).await;
    assert!(responses.iter().all(|response| response.status == 400));
    assert!((1..=2).contains(&app.hasher.peak()), "{}", app.hasher.peak());
}

#[tokio::test]
async fn one_network_cannot_fill_the_queue() {
    let app = app(HashLimits { permits: 1, queue: 10 }, "blocklist").await;
    app.person("ada@example.com").await;
    let occupied = occupy_thread(&app.hasher);
    tokio::pin!(occupied);
    assert!(poll!(&mut occupied).is_pending());

    let sign_in = |address: &str| {
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        app.client_at(address).post("/api/auth/sign-in/email").json(&body).into_future()
    };
    let (answer, mut answers) = mpsc::unbounded_channel();
    for number in 0..20 {
        let (answer, sent) = (answer.clone(), sign_in(&format!("2001:db8:1:{number:x}::1")));
        tokio::spawn(async move { answer.send(sent.await.status.as_u16()).expect("the test waits") });
    }
    drop(answer);
    for _ in 0..10 {
        assert_eq!(answers.recv().await, Some(503), "the queue is full");
    }
    assert_eq!(sign_in("198.51.100.7").await.status, 200);
    let mut rest = Vec::new();
    while let Some(status) = answers.recv().await {
        rest.push(status);
    }
    rest.sort_unstable();
    assert_eq!(rest, [[200; 9].as_slice(), &[503]].concat(), "its newest request made room");
}
