//! On a loopback base URL, `localhost`, `127.0.0.1` and `[::1]` with its port are one origin.

use serde_json::json;

use crate::support::{JSON, PASSWORD, TestApp, browser::Browser, log::CapturedLog, records::details};

const NAMES: [&str; 3] = ["http://localhost:5440", "http://127.0.0.1:5440", "http://[::1]:5440"];

#[tokio::test]
async fn loopback_names_are_one_origin() {
    for base_url in NAMES {
        let app = TestApp::with(&[("LATCHKEY_BASE_URL", base_url), ("LATCHKEY_RATE_LIMIT", "off")]).await;
        for (number, origin) in NAMES.into_iter().enumerate() {
            let browser = Browser::at(&app, origin, "127.0.0.1");
            let email = format!("ada{number}@example.com");
            assert_eq!(browser.sign_up(&email).await.header("location"), "/account", "{base_url} {origin}");
            for path in ["/api/auth/update-user", "/api/auth/revoke-other-sessions", "/api/auth/sign-out"] {
                let response = browser.post_json(path, &json!({ "name": "Ada" })).await;
                assert_eq!(response.status, 200, "{base_url} {origin} {path}");
                assert_eq!(response.header("access-control-allow-origin"), origin);
            }
            let body = json!({ "email": email, "password": PASSWORD, "callbackURL": format!("{origin}/account") });
            let sign_in = app.client().post("/api/auth/sign-in/email").json(&body).header("origin", origin);
            assert_eq!(sign_in.header("sec-fetch-site", "same-origin").await.status, 200);
        }
        assert_eq!(details(&app, "malicious_csrf").await, []);
    }
}

#[tokio::test]
async fn loopback_return_address_is_a_path() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", NAMES[0]), ("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    for (host, proto, next) in [
        ("localhost:5440", "http", Some("%2Ftasks")),
        ("127.0.0.1:5440", "http", Some("%2Ftasks")),
        ("[::1]:5440", "http", Some("%2Ftasks")),
        ("127.0.0.1:5441", "http", None),
        ("127.0.0.1:5440", "https", None),
        ("127.0.0.2:5440", "http", None),
    ] {
        let request = app.client().get("/api/auth/verify?redirect=true").header("accept", "text/html");
        let request = request.header("x-forwarded-method", "GET").header("x-forwarded-proto", proto);
        let response = request.header("x-forwarded-host", host).header("x-forwarded-uri", "/tasks").await;
        let query = next.map(|next| format!("?next={next}")).unwrap_or_default();
        assert_eq!(response.header("location"), format!("{}/sign-in{query}", NAMES[0]), "{proto}://{host}");
    }
    for (next, location) in [
        ("http://127.0.0.1:5440/tasks?a=b", "/tasks?a=b"),
        ("http://[::1]:5440", "/"),
        ("http://127.0.0.1:5441/tasks", "/account"),
    ] {
        let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", next)];
        assert_eq!(Browser::at(&app, NAMES[1], "127.0.0.1").post("sign-in", &form).await.header("location"), location);
    }
}

#[tokio::test]
async fn loopback_forward_auth_is_same_site() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", NAMES[0])]).await;
    let ada = app.person("ada@example.com").await;
    for (origin, status) in [(NAMES[0], 200), (NAMES[1], 200), (NAMES[2], 200), ("http://127.0.0.1:5441", 403)] {
        let request = app.client().get("/api/auth/verify").header("cookie", ada.cookies());
        let request = request.header("x-forwarded-method", "POST").header("sec-fetch-site", "cross-site");
        assert_eq!(request.header("origin", origin).await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn public_base_url_has_no_other_names() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com")]).await;
    for origin in ["https://localhost", "https://127.0.0.1", "http://auth.example.com", "https://auth.example.com:8443"]
    {
        let response = app.send("POST /api/auth/sign-in/email", &[JSON, ("origin", origin)], "{}").await;
        assert_eq!(response.json()["code"], "INVALID_ORIGIN", "{origin}");
    }
}

#[tokio::test]
async fn wrong_base_url_is_no_incident() {
    let captured = CapturedLog::start();
    // The service listens on another port than its base URL names.
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "http://localhost:3000")]).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    for (headers, is_own) in [
        (&[("origin", "http://localhost:5440"), ("sec-fetch-site", "same-origin")][..], true),
        (&[("origin", "http://192.168.0.7:3000"), ("host", "192.168.0.7:3000")], true),
        (&[("origin", "http://localhost:5440"), ("sec-fetch-site", "same-site")], false),
        (&[("origin", "http://evil.example"), ("sec-fetch-site", "cross-site")], false),
        (&[("origin", "http://evil.example")], false),
    ] {
        let before = details(&app, "malicious_csrf").await.len();
        let lines = captured.text().lines().count();
        let request = app.client().request_to_any_host("POST", "/api/auth/sign-in/email").json(&body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let response = request.await;
        assert_eq!(response.json()["code"], "INVALID_ORIGIN", "{headers:?}");
        assert_eq!(details(&app, "malicious_csrf").await.len() - before, usize::from(!is_own), "{headers:?}");
        let log: String = captured.text().lines().skip(lines).collect();
        assert!(log.contains(&format!(r#""received":"{}""#, headers[0].1)), "{log}");
        assert!(log.contains(r#""expected":"http://localhost:3000""#), "{log}");
        assert_eq!(log.contains("LATCHKEY_BASE_URL"), is_own, "{log}");
    }
}

#[tokio::test]
async fn refused_form_logs_both_origins() {
    let captured = CapturedLog::start();
    let app = TestApp::new().await;
    let long = format!("https://{}.example", "x".repeat(2000));
    for origin in ["https://evil.example", &long] {
        Browser::at(&app, origin, "192.0.2.1").post("sign-out", &[]).await;
    }
    let referer = "https://evil.example/page?token=in-a-query#x";
    let program = app.client().post("/api/auth/sign-in/email").json(&json!({})).header("referer", referer);
    assert_eq!(program.await.status, 403);
    let text = captured.text();
    assert!(!text.contains("in-a-query"), "queries are not logged");
    assert_eq!(text.matches(r#""received":"https://evil.example""#).count(), 2);
    assert!(
        text.contains(r#""received":"https://evil.example""#) && text.contains("LATCHKEY_TRUSTED_ORIGINS"),
        "{text}"
    );
    assert!(!text.contains(&"x".repeat(301)), "the origin is shortened");
}
