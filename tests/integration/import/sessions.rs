//! Imported sessions: signed-in users stay signed in.

use std::time::Duration;

use serde_json::Value;

use super::{
    moved,
    old::{ADA, COOKIE, NEXT_WEEK, Old, SECRET, TOKEN, YESTERDAY},
    sign_in, try_import,
};
use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, Browser, SESSION},
    records::{count, security_log},
    tokens::sign_in_of_browser,
};

const OLD: &str = "better-auth.session_token";

async fn moved_in(app: &TestApp) -> Browser {
    let old = Old::on_sqlite().await;
    old.ada().await;
    moved(app, &old).await;
    browser_with_old_cookie(app)
}

fn browser_with_old_cookie(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    browser.set_cookie(OLD, COOKIE);
    browser
}

/// The user of the session behind a bearer token.
async fn user_of(app: &TestApp, bearer: &str) -> Option<String> {
    let response = app.client().get("/api/auth/get-session").bearer(bearer).await;
    response.json()["user"]["id"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn old_cookie_is_replaced_by_new_cookies() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        moved(&app, &old).await;
        let browser = browser_with_old_cookie(&app);
        let response = browser.get("/account").await;
        assert_eq!(response.status, 200);
        assert_eq!(response.set_cookies().len(), 3);
        assert_eq!(response.new_cookie(OLD).as_deref(), Some(""));
        // The session was to end in six days; using it moves the idle timeout.
        assert_eq!(response.max_age(SESSION), Duration::from_hours(7 * 24));
        assert!(browser.cookie(OLD).is_none());
        for _ in 0..3 {
            app.wait(Duration::from_hours(24));
            assert!(browser.is_signed_in().await);
        }
    }
}

#[tokio::test]
async fn imported_session_has_no_known_method() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    assert!(browser.is_signed_in().await);
    let (time, methods, strength) = sign_in_of_browser(&browser);
    assert_eq!((methods, strength.as_str()), (Value::Null, "aal1"));
    assert!(time < app.now().seconds() - 3600, "the time of the former sign-in");
}

#[tokio::test]
async fn old_cookie_on_https_has_its_prefix() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com")]).await;
    let browser = moved_in(&app).await;
    browser.remove_cookie(OLD);
    let name = "__Secure-better-auth.session_token";
    browser.set_cookie(name, COOKIE);
    let response = browser.get("/account").await;
    assert_eq!(response.status, 200);
    let forgotten =
        response.set_cookies().into_iter().find(|cookie| cookie.starts_with(name)).expect("the old cookie is removed");
    assert!(forgotten.contains("Secure") && forgotten.contains("Max-Age=0"), "{forgotten}");
}

#[tokio::test]
async fn old_cookie_from_another_site_is_ignored() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com")]).await;
    let browser = moved_in(&app).await;
    for site in ["cross-site", "same-site", "", "None"] {
        let response = browser.follow_link("/account", site).await;
        assert_eq!((response.status.as_u16(), response.set_cookies().len()), (303, 0), "{site:?}");
    }
    for headers in [&[][..], &[("referer", "https://evil.example/")], &[("origin", "https://evil.example")]] {
        assert_eq!(browser.get_as_old_browser("/account", headers).await.status, 303, "{headers:?}");
    }
    for (header, value) in [
        ("sec-fetch-site", "none"),
        ("sec-fetch-site", "same-origin"),
        ("referer", "http://localhost:3000/sign-in"),
        ("origin", "https://app.example.com"),
    ] {
        let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com")]).await;
        let response = moved_in(&app).await.get_as_old_browser("/account", &[(header, value)]).await;
        assert_eq!((response.status.as_u16(), response.set_cookies().len()), (200, 3), "{header}: {value}");
    }
}

#[tokio::test]
async fn second_old_cookie_or_own_session_ignores_it() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    let twice = format!("{OLD}={COOKIE}; {OLD}={COOKIE}");
    let request = app.client().get("/account").header("cookie", twice).header("sec-fetch-site", "none");
    assert_eq!(request.await.status, 303);
    browser.remove_cookie(OLD);
    browser.sign_up("eve@example.com").await;
    browser.remove_cookie(ACCESS);
    browser.set_cookie(OLD, COOKIE);
    assert!(browser.page("/account").await.contains("eve@example.com"));
}

#[tokio::test]
async fn old_cookie_works_over_the_contract_api() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    let response = browser.get("/api/auth/get-session").await;
    assert_eq!(response.json()["user"]["id"], ADA);
    assert_eq!(response.set_cookies().len(), 3);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn second_tab_or_lost_response_stays_signed_in() {
    let app = TestApp::new().await;
    let lost = moved_in(&app).await;
    lost.get_and_lose_response("/account").await;
    app.wait(Duration::from_mins(5));
    let response = lost.get("/account").await;
    assert_eq!((response.status.as_u16(), response.set_cookies().len()), (200, 3), "rotated again");
    assert!(lost.cookie(OLD).is_none() && lost.is_signed_in().await);
    assert_eq!(security_log(&app).await.iter().filter(|event| event.kind == "authn_token_stale").count(), 1);

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
async fn old_cookie_reused_later_ends_the_session() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    let stolen = browser.stolen();
    browser.get("/account").await;
    browser.get("/api/auth/get-session").await;
    app.wait(Duration::from_secs(30));
    let response = stolen.get("/account").await;
    assert!(response.clears_session() && response.new_cookie(OLD).as_deref() == Some(""));
    assert!(!browser.is_signed_in().await);
    assert!(security_log(&app).await.iter().any(|event| event.kind == "authn_token_reuse"));
    assert_eq!(user_of(&app, TOKEN).await, None);
}

#[tokio::test]
async fn old_cookie_after_renewal_ends_the_session() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    let stolen = browser.stolen();
    browser.get("/account").await;
    app.wait(Duration::from_mins(20));
    browser.get("/account").await;
    assert!(stolen.get("/account").await.clears_session());
    assert!(!browser.is_signed_in().await);
    assert!(security_log(&app).await.iter().any(|event| event.kind == "authn_token_reuse"));
}

#[tokio::test]
async fn old_bearer_token_works_until_expiry() {
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
        let profile = app.client().get(&format!("/api/users/{ADA}")).bearer(TOKEN).await;
        assert_eq!(profile.status, 401, "an old session token is not an access token");
        let out = app.client().post("/api/auth/sign-out").bearer(TOKEN).await;
        out.assert_ok();
        for bearer in [TOKEN, COOKIE] {
            assert_eq!(user_of(&app, bearer).await, None);
        }
    }
}

#[tokio::test]
async fn old_token_is_not_stored_in_the_database() {
    let app = TestApp::new().await;
    moved_in(&app).await;
    let bytes = match app.database_url().strip_prefix("sqlite:") {
        Some(_) => std::fs::read_dir(app_folder(&app))
            .expect("a folder")
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
async fn import_without_secret_skips_sessions() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        let report = try_import(&app, &old, None, false).await.expect("the import succeeds");
        assert_eq!((report.users.imported, report.sessions_without_secret), (1, Some(1)));
        assert!(report.to_string().contains("No sessions were imported (1 there"), "{report}");
        assert_eq!(count(&app, "sessions").await, 0);
        assert!(!browser_with_old_cookie(&app).is_signed_in().await);
        assert_eq!(user_of(&app, TOKEN).await, None);
        assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 200);
    }
}

#[tokio::test]
async fn import_with_wrong_secret_keeps_old_cookies() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada().await;
    try_import(&app, &old, Some("not the old secret"), false).await.expect("the import succeeds");
    let browser = browser_with_old_cookie(&app);
    let response = browser.get("/account").await;
    assert_eq!((response.status.as_u16(), response.set_cookies().len()), (303, 0), "it names no session here");
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.is_signed_in().await);
    assert!(browser.cookie(ACCESS).is_some());
}

#[tokio::test]
async fn sign_in_removes_the_old_cookie() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.cookie(OLD).is_none());
    // The cookie beside a session of this service, as after a lost response.
    browser.set_cookie(OLD, COOKIE);
    browser.post("sign-out", &[]).await;
    assert!(browser.cookie(OLD).is_none());
    browser.set_cookie(OLD, "x");
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert_eq!(browser.cookie(OLD).as_deref(), Some("x"), "a cookie of another product");
}

#[tokio::test]
async fn import_with_4500_sessions_succeeds() {
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

#[tokio::test]
async fn old_cookie_of_a_disabled_account_is_refused() {
    let app = TestApp::new().await;
    let browser = moved_in(&app).await;
    app.disable(ADA).await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(user_of(&app, TOKEN).await, None);
    assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 403);
}
