//! Whose address counts: the peer's, unless the peer is a proxy we trust.

use crate::{
    support::{PASSWORD, TestApp},
    wire::send_from,
};

/// The address the service saw a sign-in come from.
async fn seen(app: &TestApp, peer: &str, forwarded: &[&str]) -> String {
    let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(forwarded.iter().map(|value| ("x-forwarded-for", *value)));
    let answer = send_from(peer, &app.state, "POST /api/auth/sign-in/email", &headers, body).await;
    let bearer = format!("Bearer {}", answer.json()["token"].as_str().expect("a token"));
    let answer = send_from(peer, &app.state, "GET /api/auth/get-session", &[("authorization", &bearer)], "").await;
    answer.json()["session"]["ipAddress"].as_str().expect("an address").to_owned()
}

#[tokio::test]
async fn without_trusted_proxies_only_the_peer_counts() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    assert_eq!(seen(&app, "192.0.2.9", &[]).await, "192.0.2.9");
    assert_eq!(seen(&app, "192.0.2.9", &["203.0.113.1"]).await, "192.0.2.9");
    assert_eq!(seen(&app, "127.0.0.1", &["203.0.113.1"]).await, "127.0.0.1");
    assert_eq!(seen(&app, "::ffff:192.0.2.9", &[]).await, "192.0.2.9");
}

#[tokio::test]
async fn behind_trusted_proxies_the_first_address_from_the_right_that_is_none_of_them_counts() {
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
        assert_eq!(seen(&app, peer, forwarded).await, expected, "{peer} {forwarded:?}");
    }
}

#[tokio::test]
async fn what_is_no_address_ends_the_walk() {
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
        assert_eq!(seen(&app, "10.0.0.1", &[garbage]).await, "10.0.0.1", "{garbage:?}");
    }
    assert_eq!(seen(&app, "10.0.0.1", &["203.0.113.1, unknown, 10.0.0.2"]).await, "10.0.0.2");
}
