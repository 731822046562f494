//! The client address: the peer's, or the forwarded address when the peer is a trusted proxy.

use std::time::Duration;

use crate::support::{JSON, PASSWORD, TestApp, log::CapturedLog};

/// The address that the service records for a sign-in.
async fn recorded_address(app: &TestApp, peer: &str, forwarded: &[&str]) -> String {
    let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
    let mut headers = vec![JSON];
    headers.extend(forwarded.iter().map(|value| ("x-forwarded-for", *value)));
    let response = app.client_at(peer).send("POST /api/auth/sign-in/email", &headers, body).await;
    let bearer = format!("Bearer {}", response.json()["token"].as_str().expect("a token"));
    let response = app.client_at(peer).send("GET /api/auth/get-session", &[("authorization", &bearer)], "").await;
    response.json()["session"]["ipAddress"].as_str().expect("an address").to_owned()
}

#[tokio::test]
async fn client_address_without_proxies_is_the_peer() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    assert_eq!(recorded_address(&app, "192.0.2.9", &[]).await, "192.0.2.9");
    assert_eq!(recorded_address(&app, "192.0.2.9", &["203.0.113.1"]).await, "192.0.2.9");
    assert_eq!(recorded_address(&app, "127.0.0.1", &["203.0.113.1"]).await, "127.0.0.1");
    assert_eq!(recorded_address(&app, "::ffff:192.0.2.9", &[]).await, "192.0.2.9");
}

#[tokio::test]
async fn client_address_skips_trusted_proxies() {
    let app =
        TestApp::with(&[("LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32"), ("LATCHKEY_RATE_LIMIT", "off")])
            .await;
    app.person("ada@example.com").await;
    for (peer, forwarded, expected) in [
        ("10.0.0.1", &["203.0.113.1"][..], "203.0.113.1"),
        ("10.0.0.1", &["198.51.100.1, 203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", &["198.51.100.1, 203.0.113.1, 10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", &["198.51.100.1", "203.0.113.1", "10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", &[], "10.0.0.1"),
        ("::ffff:10.0.0.1", &["::ffff:203.0.113.1"], "203.0.113.1"),
        ("2001:db8::1", &["2001:dead::5"], "2001:dead::5"),
        ("10.0.0.1", &["203.0.113.1:4711"], "203.0.113.1"),
        ("10.0.0.1", &["[2001:dead::5]:4711"], "2001:dead::5"),
        ("10.0.0.1", &["[2001:dead::5]"], "2001:dead::5"),
        ("10.0.0.1", &["  203.0.113.1  "], "203.0.113.1"),
        ("192.0.2.9", &["203.0.113.1"], "192.0.2.9"),
        ("11.0.0.1", &["10.0.0.1"], "11.0.0.1"),
    ] {
        assert_eq!(recorded_address(&app, peer, forwarded).await, expected, "{peer} {forwarded:?}");
    }
}

#[tokio::test]
async fn client_address_stops_at_invalid_entries() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8"), ("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    for garbage in [
        "unknown",
        "",
        "203.0.113.1, unknown",
        "203.0.113.1,",
        "_hidden",
        "203.0.113.256",
        "for=203.0.113.1",
        "a b",
        "203.0.113.1 10.0.0.2",
    ] {
        assert_eq!(recorded_address(&app, "10.0.0.1", &[garbage]).await, "10.0.0.1", "{garbage:?}");
    }
    assert_eq!(recorded_address(&app, "10.0.0.1", &["203.0.113.1, unknown, 10.0.0.2"]).await, "10.0.0.2");
}

#[tokio::test]
async fn unlisted_proxy_is_logged_once_a_minute() {
    let captured = CapturedLog::start();
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8")]).await;
    let forward = async |peer: &str| app.client_at(peer).get("/").header("x-forwarded-for", "203.0.113.1").await;
    let warnings = || {
        let text = captured.text();
        let lines = text.lines().filter(|line| line.contains("LATCHKEY_TRUSTED_PROXIES"));
        lines
            .filter_map(|line| line.split(r#""address":""#).nth(1)?.split('"').next().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    app.client_at("192.0.2.7").get("/").await;
    forward("10.0.0.1").await;
    assert_eq!(warnings(), Vec::<String>::new(), "no header, and a listed proxy");
    for _ in 0..3 {
        forward("::ffff:192.0.2.7").await;
        forward("192.0.2.8").await;
    }
    assert_eq!(warnings(), ["192.0.2.7"]);
    app.wait(Duration::from_mins(1));
    forward("192.0.2.7").await;
    forward("192.0.2.8").await;
    assert_eq!(warnings(), ["192.0.2.7", "192.0.2.8"]);
}

#[tokio::test]
async fn header_without_listed_proxies_is_logged() {
    let captured = CapturedLog::start();
    let app = TestApp::new().await;
    app.client_at("192.0.2.7").get("/").await;
    assert!(!captured.text().contains("LATCHKEY_TRUSTED_PROXIES"), "no header");
    app.client_at("192.0.2.7").get("/").header("x-forwarded-for", "203.0.113.1").await;
    let text = captured.text();
    let hint = text.lines().find(|line| line.contains("not in LATCHKEY_TRUSTED_PROXIES")).expect("a hint");
    assert!(hint.contains(r#""address":"192.0.2.7""#) && hint.contains("WARN"), "{hint}");
}
