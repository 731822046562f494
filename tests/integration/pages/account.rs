//! The sections of the account.

use axum::http::StatusCode;

use crate::support::{NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD, browser::Browser, client::TestResponse};

/// Each section, and a text that only its page has.
const SECTIONS: [(&str, &str); 5] = [
    ("/account", "/actions/update-profile"),
    ("/account/security", "/actions/change-password"),
    ("/account/sessions", "Where you’re signed in"),
    ("/account/activity", "Recent activity"),
    ("/account/delete", "/actions/delete-account"),
];

async fn signed_in(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    browser.sign_up("ada@example.com").await;
    browser
}

/// The ids of the sessions that a page offers to sign out.
fn offered(page: &str) -> Vec<String> {
    let ids = page.split("name=\"session_id\" value=\"").skip(1);
    ids.map(|rest| rest.split('"').next().expect("an id").to_owned()).collect()
}

fn location(response: &TestResponse) -> (StatusCode, &str) {
    (response.status, response.header("location"))
}

#[tokio::test]
async fn section_without_session_redirects_to_sign_in() {
    let app = TestApp::new().await;
    for (path, _) in SECTIONS {
        let response = Browser::new(&app).get(path).await;
        let next = path.replace('/', "%2F");
        assert_eq!(location(&response), (StatusCode::SEE_OTHER, &*format!("/sign-in?next={next}")));
    }
}

#[tokio::test]
async fn section_shows_only_its_own_content() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    for (path, _) in SECTIONS {
        let page = browser.get(path).await;
        page.assert_ok();
        for (other, text) in SECTIONS {
            assert_eq!(page.body.contains(text), other == path, "{text} on {path}");
            assert!(page.body.contains(&format!("<a href=\"{other}\"")), "{path} links to {other}");
        }
    }
}

#[tokio::test]
async fn section_of_ended_session_redirects() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let other = Browser::new(&app);
    other.sign_in("ada@example.com", PASSWORD).await;
    other.post("revoke-other-sessions", &[]).await;
    let response = browser.get("/account/activity?before=3").await;
    let next = "/sign-in?next=%2Faccount%2Factivity%3Fbefore%3D3";
    assert_eq!(location(&response), (StatusCode::SEE_OTHER, next));
}

#[tokio::test]
async fn form_returns_to_its_section_with_a_notice() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let passwords = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    for (action, form, path, notice) in [
        ("update-profile", &[("name", "Countess")][..], "/account", "Your name is saved."),
        ("change-password", &passwords[..], "/account/security", "Your password is changed"),
        ("revoke-session", &[("session_id", "x")][..], "/account/sessions", "The device is signed out."),
        ("revoke-session", &[("session_id", "x"), ("all", "true")][..], "/account/sessions?all", "The device is"),
        ("revoke-other-sessions", &[][..], "/account/sessions", "Every other device is signed out."),
    ] {
        let response = browser.post(action, form).await;
        assert_eq!(location(&response), (StatusCode::SEE_OTHER, path));
        assert!(browser.page(path).await.contains(notice), "{action}");
        assert!(!browser.page(path).await.contains(notice), "the notice is shown once");
    }
}

#[tokio::test]
async fn rejected_form_returns_to_its_section() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let password = [("current_password", WRONG_PASSWORD)];
    let name = "x".repeat(1000);
    for (action, form, path) in [
        ("update-profile", [("name", &*name)], "/account"),
        ("change-password", password, "/account/security"),
        ("delete-account", password, "/account/delete"),
    ] {
        let response = browser.post(action, &form).await;
        assert_eq!(location(&response), (StatusCode::SEE_OTHER, path));
        assert!(browser.page(path).await.contains("role=\"alert\""), "{action}");
    }
}

#[tokio::test]
async fn form_without_session_returns_after_sign_in() {
    let app = TestApp::new().await;
    for (action, next) in [
        ("update-profile", "%2Faccount"),
        ("change-password", "%2Faccount%2Fsecurity"),
        ("revoke-session", "%2Faccount%2Fsessions"),
        ("revoke-other-sessions", "%2Faccount%2Fsessions"),
        ("delete-account", "%2Faccount%2Fdelete"),
    ] {
        let response = Browser::new(&app).post(action, &[]).await;
        assert_eq!(location(&response), (StatusCode::SEE_OTHER, &*format!("/sign-in?next={next}")));
    }
}

#[tokio::test]
async fn sessions_over_five_are_shown_on_request() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    for _ in 0..6 {
        Browser::new(&app).sign_in("ada@example.com", PASSWORD).await;
    }
    let page = browser.page("/account/sessions").await;
    assert_eq!(offered(&page).len(), 4, "the current session is the fifth");
    assert!(page.contains("href=\"/account/sessions?all\"") && page.contains("Show all 7 devices"));
    for query in ["?all", "?all=", "?all=true", "?x=y&all"] {
        assert_eq!(offered(&browser.page(&format!("/account/sessions{query}")).await).len(), 6, "{query}");
    }
    for query in ["?", "?al", "?all%20", "?x=all", "?%ff"] {
        assert_eq!(offered(&browser.page(&format!("/account/sessions{query}")).await).len(), 4, "{query}");
    }
    let last = offered(&browser.page("/account/sessions?all").await).pop().expect("a session");
    let response = browser.post("revoke-session", &[("session_id", &last), ("all", "true")]).await;
    assert_eq!(response.header("location"), "/account/sessions?all");
    let left = offered(&browser.page("/account/sessions?all").await);
    assert!(left.len() == 5 && !left.contains(&last));
}

#[tokio::test]
async fn sign_up_shows_a_notice_once() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let notice = "Your account is created, and you’re signed in.";
    assert!(browser.page("/account").await.contains(notice));
    assert!(!browser.page("/account").await.contains(notice));
}

#[tokio::test]
async fn sign_up_for_another_site_keeps_no_notice() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com")]).await;
    let sign_up = async |email: &str, next: &str| {
        let browser = Browser::new(&app);
        let form = [("email", email), ("password", PASSWORD), ("next", next)];
        assert!(next.ends_with(browser.post("sign-up", &form).await.header("location")));
        browser.page("/account").await.contains("Your account is created")
    };
    assert!(!sign_up("a@example.com", "https://app.example.com/tasks").await);
    assert!(sign_up("b@example.com", "http://localhost:3000/account/security").await);
    assert!(sign_up("c@example.com", "/account/security").await);
}

#[tokio::test]
async fn name_and_address_are_isolated() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    browser.post("update-profile", &[("name", "عائشة <b>")]).await;
    for (path, _) in SECTIONS {
        let page = browser.page(path).await;
        assert!(page.contains("<bdi>عائشة &lt;b&gt;</bdi>"), "{path}");
        assert!(page.contains(">ada@example.com</bdi>"), "{path}");
    }
    assert!(browser.page("/account").await.contains("dir=\"auto\""));
}
