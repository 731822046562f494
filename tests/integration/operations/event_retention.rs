//! Which entries of the security log are deleted, and that a log full of them is read by its indexes.

use std::collections::BTreeMap;

use crate::support::{
    TestApp,
    browser::Browser,
    database::postgres_server,
    records::{operate, security_log},
};

/// Appends entries, generated in the database.
async fn append(app: &TestApp, number: u32, kind: &str, routine: bool, user_id: Option<&str>) {
    let user_id = user_id.map_or("NULL".to_owned(), |id| format!("'{id}'"));
    let numbers = match postgres_server() {
        Some(_) => format!("SELECT generate_series(1, {number}) AS n"),
        None => format!(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {number}) \
             SELECT n FROM numbers"
        ),
    };
    let at = app.now().millis();
    let sql = format!(
        "INSERT INTO events (at, kind, user_id, routine) SELECT {at}, '{kind}', {user_id}, {routine} \
         FROM ({numbers}) AS generated"
    );
    operate(app, &sql).await;
}

async fn assert_kinds(app: &TestApp, expected: &[(&str, usize)]) {
    let mut kinds = BTreeMap::new();
    for event in security_log(app).await {
        *kinds.entry(event.kind).or_default() += 1;
    }
    let expected: BTreeMap<_, _> = expected.iter().map(|(kind, number)| ((*kind).to_owned(), *number)).collect();
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn activity_page_skips_100000_routine_entries() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let id = browser.get("/api/auth/get-session").await.json()["user"]["id"].as_str().expect("an id").to_owned();
    app.write_events().await;
    append(&app, 100_000, "session_renewed", true, Some(&id)).await;
    let page = browser.page("/account/activity").await;
    assert!(page.contains("Account created") && !page.contains("Older activity"), "{page}");
    let list = browser.get(&format!("/api/users/{id}/events?limit=2")).await.json();
    assert_eq!(list["events"][1]["event"], "session_renewed");
}

#[tokio::test]
async fn purge_keeps_the_newest_of_each_user() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.write_events().await;
    append(&app, 1, "authn_login_fail", false, Some(&ada.user_id)).await;
    append(&app, 7_500, "session_renewed", true, Some(&ada.user_id)).await;
    append(&app, 6, "session_renewed", true, Some("bob")).await;
    app.purge().await;
    assert_kinds(&app, &[("user_created", 1), ("authn_login_fail", 1), ("session_renewed", 5_006)]).await;
    append(&app, 6_000, "user_updated", false, Some(&ada.user_id)).await;
    app.purge().await;
    // Imports need the creation.
    assert_kinds(&app, &[("user_created", 1), ("session_renewed", 5_006), ("user_updated", 5_000)]).await;
}

#[tokio::test]
async fn full_log_loses_routine_and_strangers_first() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.write_events().await;
    append(&app, 2_000, "user_updated", false, Some(&ada.user_id)).await;
    append(&app, 2_000, "session_renewed", true, Some(&ada.user_id)).await;
    append(&app, 2_000, "authn_token_invalid", false, None).await;
    let store = app.store().await.expect("the database is reachable");
    for (limit, left) in [
        (6_002, &[("session_created", 1), ("session_renewed", 2_000), ("authn_token_invalid", 2_000), UPDATED][..]),
        (4_500, &[("session_renewed", 499), ("authn_token_invalid", 2_000), UPDATED]),
        (3_000, &[("authn_token_invalid", 999), UPDATED]),
        (1_500, &[("user_updated", 1_499)]),
    ] {
        store.delete_events_beyond(limit).await.expect("the database is reachable");
        assert_kinds(&app, &[left, &[("user_created", 1)]].concat()).await;
    }
}

const UPDATED: (&str, usize) = ("user_updated", 2_000);
