//! Whoever was signed in there is signed in here.

use std::time::Duration;

use serde_json::Value;

use super::{
    moved,
    old::{ADA, COOKIE, NEXT_WEEK, Old, SECRET, TOKEN, YESTERDAY},
    sign_in, try_import,
};
use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, Browser, SESSION, clears_session, new_cookie, set_cookies},
    records::{count, security_log},
};

const OLD: &str = "better-auth.session_token";

async fn moved_in(app: &TestApp) -> Browser {
    let old = Old::on_sqlite().await;
    old.ada().await;
    moved(app, &old).await;
    keeps_the_old_cookie(app)
}

fn keeps_the_old_cookie(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    browser.set_cookie(OLD, COOKIE);
    browser
}

/// Whose session a program's bearer credential opens.
async fn user_of(app: &TestApp, bearer: &str) -> Option<String> {
    let answer = app.program().get("/api/auth/get-session").authorization_bearer(bearer).await;
    answer.json::<Value>()["user"]["id"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_browser_with_the_old_cookie_is_signed_in_and_gets_the_new_ones_for_it() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        moved(&app, &old).await;
        let browser = keeps_the_old_cookie(&app);
        let answer = browser.get("/account").await;
        assert_eq!(answer.status_code(), 200);
        assert_eq!(set_cookies(&answer).len(), 3);
        assert_eq!(new_cookie(&answer, OLD).as_deref(), Some(""));
        // A day of the week it was to last has gone, but it has just been used.
        assert_eq!(answer.cookie(SESSION).max_age().expect("a life").whole_days(), 7);
        assert!(browser.cookie(OLD).is_none());
        for _ in 0..3 {
            app.wait(Duration::from_hours(24));
            assert!(browser.is_signed_in().await);
        }
    }
}

#[tokio::test]
async fn on_https_the_old_cookie_has_its_prefix() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com")]).await;
    let browser = moved_in(&app).await;
    browser.remove_cookie(OLD);
    let name = "__Secure-better-auth.session_token";
    browser.set_cookie(name, COOKIE);
    let answer = browser.get("/account").await;
    assert_eq!(answer.status_code(), 200);
    let forgotten = set_cookies(&answer).into_iter().find(|cookie| cookie.starts_with(name)).expect("it is removed");
    assert!(forgotten.contains("Secure") && forgotten.contains("Max-Age=0"), "{forgotten}");
}

#[tokio::test]
async fn the_sign_in_api_takes_the_old_cookie_too() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    let answer = browser.get("/api/auth/get-session").await;
    assert_eq!(answer.json::<Value>()["user"]["id"], ADA);
    assert_eq!(set_cookies(&answer).len(), 3);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_second_tab_and_a_lost_answer_sign_nobody_out() {
    let app = TestApp::new().await;
    let lost = moved_in(&app).await;
    lost.get_and_lose_the_answer("/account").await;
    app.wait(Duration::from_mins(5));
    let answer = lost.get("/account").await;
    assert_eq!((answer.status_code().as_u16(), set_cookies(&answer).len()), (200, 1), "an access token");
    assert!(lost.cookie(OLD).is_some(), "what opens the session is kept");

    let app = TestApp::new().await;
    let first = moved_in(&app).await;
    let second = first.stolen();
    first.get("/account").await;
    first.get("/api/auth/get-session").await;
    app.wait(Duration::from_secs(29));
    assert!(second.is_signed_in().await);
    assert!(first.is_signed_in().await);
}

#[tokio::test]
async fn the_old_cookie_presented_long_after_it_was_traded_in_ends_the_session() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    let stolen = browser.stolen();
    browser.get("/account").await;
    browser.get("/api/auth/get-session").await;
    app.wait(Duration::from_secs(30));
    let answer = stolen.get("/account").await;
    assert!(clears_session(&answer) && new_cookie(&answer, OLD).as_deref() == Some(""));
    assert!(!browser.is_signed_in().await);
    assert!(security_log(&app).await.iter().any(|event| event.kind == "authn_token_reuse"));
    assert_eq!(user_of(&app, TOKEN).await, None);
}

#[tokio::test]
async fn the_old_cookie_presented_after_the_session_was_renewed_again_ends_the_session() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    let stolen = browser.stolen();
    browser.get("/account").await;
    app.wait(Duration::from_mins(20));
    browser.get("/account").await;
    assert!(clears_session(&stolen.get("/account").await));
    assert!(!browser.is_signed_in().await);
    assert!(security_log(&app).await.iter().any(|event| event.kind == "authn_token_reuse"));
}

#[tokio::test]
async fn a_program_goes_on_with_its_old_token_until_the_session_ends() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        moved(&app, &old).await;
        for _ in 0..3 {
            for bearer in [TOKEN, COOKIE] {
                assert_eq!(user_of(&app, bearer).await.as_deref(), Some(ADA));
            }
            app.wait(Duration::from_hours(6 * 24));
        }
        let elsewhere = app.program().get(&format!("/api/users/{ADA}")).authorization_bearer(TOKEN).await;
        assert_eq!(elsewhere.status_code(), 401, "it is no access token");
        let out = app.program().post("/api/auth/sign-out").authorization_bearer(TOKEN).await;
        out.assert_status_ok();
        for bearer in [TOKEN, COOKIE] {
            assert_eq!(user_of(&app, bearer).await, None);
        }
    }
}

#[tokio::test]
async fn nothing_in_the_database_opens_a_session() {
    let app = TestApp::new().await;
    moved_in(&app).await;
    let bytes = match app.database_url().strip_prefix("sqlite:") {
        Some(_) => std::fs::read_dir(app_folder(&app))
            .expect("its folder")
            .flat_map(|file| std::fs::read(file.expect("a file").path()))
            .flatten()
            .collect(),
        None => Vec::new(),
    };
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains(TOKEN) && !text.contains(SECRET));
    assert_eq!(count(&app, "imported_sessions").await, 1);
}

fn app_folder(app: &TestApp) -> std::path::PathBuf {
    let file = app.database_url().trim_start_matches("sqlite:");
    std::path::Path::new(file).parent().expect("a folder").to_owned()
}

#[tokio::test]
async fn without_the_old_secret_people_sign_in_again() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        let report = try_import(&app, &old, None, false).await.expect("it is imported");
        assert_eq!((report.users.imported, report.sessions_without_secret), (1, Some(1)));
        assert!(report.to_string().contains("No sessions were imported (1 there"), "{report}");
        assert_eq!(count(&app, "sessions").await, 0);
        assert!(!keeps_the_old_cookie(&app).is_signed_in().await);
        assert_eq!(user_of(&app, TOKEN).await, None);
        assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 200);
    }
}

#[tokio::test]
async fn with_a_wrong_secret_the_old_cookie_is_dropped_and_nothing_else_breaks() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada().await;
    try_import(&app, &old, Some("not the old secret"), false).await.expect("it is imported");
    let browser = keeps_the_old_cookie(&app);
    let answer = browser.get("/account").await;
    assert_eq!((answer.status_code().as_u16(), new_cookie(&answer, OLD).as_deref()), (303, Some("")));
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.is_signed_in().await);
    assert!(browser.cookie(ACCESS).is_some());
}

#[tokio::test]
async fn signing_in_anew_forgets_the_old_cookie() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    browser.set_cookie(OLD, "x");
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.cookie(OLD).is_none());
}

#[tokio::test]
async fn more_sessions_than_a_statement_can_hold_are_brought_over() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        for number in 0..45 {
            old.user(&format!("u{number}"), &format!("u{number}@example.com")).await;
            let row = |session: usize| {
                let token = format!("{number:016}{session:016}");
                format!("('s{number}-{session}', '{NEXT_WEEK}', '{token}', '{YESTERDAY}', '{YESTERDAY}', 'u{number}')")
            };
            let rows: Vec<_> = (0..100).map(row).collect();
            let columns = r#""id", "expiresAt", "token", "createdAt", "updatedAt", "userId""#;
            old.operate(&format!(r#"INSERT INTO "session" ({columns}) VALUES {}"#, rows.join(", "))).await;
        }
        let report = moved(&app, &old).await;
        assert_eq!((report.users.imported, report.sessions.imported), (45, 4500), "{report}");
        let again = moved(&app, &old).await;
        assert_eq!((again.sessions.imported, again.sessions.already_here), (0, 4500), "{again}");
    }
}
