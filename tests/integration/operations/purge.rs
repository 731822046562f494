//! The deletion of expired rows beside a running service.

use crate::support::{
    TestApp,
    person::Person,
    records::{count, operate},
};

const EXPIRED: i64 = 20_000;

/// Adds expired counters of attempts.
async fn add_expired(app: &TestApp) {
    let rows = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {EXPIRED})");
    let sql = format!(
        "INSERT INTO attempts (key, failures, last_attempt_at, next_allowed_at) {rows} \
         SELECT 'expired' || i, 1, 0, 0 FROM n"
    );
    operate(app, &sql).await;
}

#[tokio::test]
async fn purge_deletes_more_rows_than_one_batch() {
    let app = TestApp::new().await;
    add_expired(&app).await;
    app.purge().await;
    assert_eq!(count(&app, "attempts").await, 0);
    app.purge().await;
}

#[tokio::test]
async fn sign_in_works_during_a_purge() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    add_expired(&app).await;
    let mut purge = std::pin::pin!(app.purge());
    let mut during = 0;
    loop {
        tokio::select! {
            () = &mut purge => break,
            _ = Person::sign_in(&app, "ada@example.com") => {
                let left = count(&app, "attempts").await;
                during += usize::from(left > 0 && left < EXPIRED);
            }
        }
    }
    assert!(during > 0, "no sign-in saw a part of the rows");
}
