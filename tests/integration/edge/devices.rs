//! Text that a stranger sends never reaches another user's pages or API answers.

use serde_json::json;

use crate::support::{BASE_URL, PASSWORD, TestApp, WRONG_PASSWORD, browser::Browser, log::CapturedLog};

/// User agents of a stranger, and the names that the account's user sees.
const AGENTS: [(&str, &str); 8] = [
    ("Your_account_is_locked,call_0800-123456", "Unknown device"),
    ("Zq7xPleaseCallZq7xPleaseCallZq7xPleaseCall", "Unknown device"),
    ("curl/8.5.0 (Zq7x call 0800-123456)", "curl"),
    ("Mozilla/5.0 (Zq7x; call 0800-123456)", "Unknown device"),
    ("Mozilla/5.0 (X11; Linux x86_64; Zq7x) Gecko/20100101 Firefox/128.0 Zq7x/1", "Firefox on Linux"),
    ("PostmanRuntime/7.39.0 Zq7x", "Postman"),
    ("Zq7x\u{202e}lruc/1.0", "Unknown device"),
    ("<b>Zq7x</b>", "Unknown device"),
];

/// Fails if the text has a part of a stranger's header.
fn assert_no_header(text: &str, agent: &str) {
    for part in ["Zq7x", "0800-123456", "Your_account", "\u{202e}"] {
        assert!(!text.contains(part), "{agent}: {part}");
    }
}

#[tokio::test]
async fn failed_sign_in_shows_a_known_device_name() {
    for (agent, name) in AGENTS {
        let app = TestApp::new().await;
        let browser = Browser::new(&app);
        browser.sign_up("ada@example.com").await;
        let body = json!({ "email": "ada@example.com", "password": WRONG_PASSWORD });
        let stranger = app.client().post("/api/auth/sign-in/email").json(&body).header("user-agent", agent);
        let stranger = stranger.header("x-request-id", "Zq7x").header("x-forwarded-for", "Zq7x");
        let stranger = stranger.header("x-forwarded-host", "Zq7x").header("x-forwarded-uri", "/Zq7x");
        assert_eq!(stranger.await.status, 401);

        let session = browser.get("/api/auth/get-session").await.json();
        let events =
            browser.get(&format!("/api/users/{}/events", session["user"]["id"].as_str().expect("an id"))).await;
        assert_eq!(events.json()["events"][0]["event"], "authn_login_fail");
        assert_eq!(events.json()["events"][0]["device"], name, "{agent}");
        assert_no_header(&events.body, agent);
        let page = browser.page("/account/activity").await;
        assert!(page.contains(name), "{agent}");
        assert_no_header(&page, agent);
    }
}

/// Better Auth's contract has the raw header in `session.userAgent`, which only the session's user reads.
#[tokio::test]
async fn raw_user_agent_is_in_the_contract_only() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let agent = "Zq7x/1.0 (\u{202e}call)";
    let signed_in = app.client().post("/api/auth/sign-in/email").json(&body).header("user-agent", agent).await;
    let signed_in = signed_in.json();
    let token = signed_in["token"].as_str().expect("a token");
    assert_eq!(
        app.session(token).await["session"]["userAgent"],
        "Zq7x/1.0 (\u{fffd}call)",
        "without hidden characters"
    );
    let access = app.client().get("/api/auth/token").bearer(token).await.json();
    let path = format!("/api/users/{}/sessions", signed_in["user"]["id"].as_str().expect("an id"));
    let sessions = app.client().get(&path).bearer(access["token"].as_str().expect("a token")).await;
    assert_eq!(sessions.json()["sessions"][0]["device"], "Unknown device");
    assert_no_header(&sessions.body, agent);
}

#[tokio::test]
async fn log_line_has_no_hidden_characters() {
    let captured = CapturedLog::start();
    let app = TestApp::new().await;
    let agent = "Zq7x\u{202e}\u{200b}\u{85}\u{9b}31m";
    let body = json!({ "email": "nobody@example.com", "password": WRONG_PASSWORD });
    let request = app.client().post("/api/auth/sign-in/email").json(&body).header("user-agent", agent);
    request.header("origin", "http://evil\u{202e}\u{9b}31m.example").await;
    app.client().post("/api/auth/sign-in/email").json(&body).header("user-agent", agent).await;
    assert_eq!(app.client().get("/Zq8x\u{202e}\u{9b}31m").await.status, 404);
    let text = captured.text();
    assert!(text.contains("/Zq8x\\\\u{202e}"), "the path is in the log, escaped");
    assert!(text.contains("Zq7x") && text.contains("http://evil") && text.contains(BASE_URL));
    for hidden in ['\u{202e}', '\u{200b}', '\u{85}', '\u{9b}'] {
        assert!(!text.contains(hidden), "{hidden:?}");
    }
}
