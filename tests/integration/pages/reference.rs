//! The API reference, which is rendered once for all anonymous visitors.

use axum::http::StatusCode;

use crate::support::{TestApp, browser::Browser};

const DOCS: &str = "GET /docs";

#[tokio::test]
async fn reference_is_compressed_with_an_etag() {
    let app = TestApp::new().await;
    let mut tags = Vec::new();
    for (accepted, encoding) in
        [("", ""), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip")]
    {
        let first = app.send(DOCS, &[("accept-encoding", accepted)], "").await;
        assert_eq!(first.status, StatusCode::OK);
        assert_eq!(if first.has("content-encoding") { first.header("content-encoding") } else { "" }, encoding);
        assert_eq!(first.header("vary"), "accept-encoding, cookie");
        let tag = first.header("etag").to_owned();
        let again = app.send(DOCS, &[("accept-encoding", accepted), ("if-none-match", &tag)], "").await;
        assert_eq!((again.status, again.header("etag"), &*again.body), (StatusCode::NOT_MODIFIED, &*tag, ""));
        tags.push(tag);
    }
    assert_eq!(tags[1], tags[3]);
    assert!(tags[0] != tags[1] && tags[1] != tags[2]);
}

#[tokio::test]
async fn reference_of_a_user_is_not_the_cached_one() {
    let app = TestApp::new().await;
    let anonymous = app.send(DOCS, &[], "").await;
    assert!(anonymous.body.contains("href=\"/sign-in\""));
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let response = browser.get("/docs").await;
    assert_eq!(response.header("cache-control"), "no-store");
    assert!(!response.has("etag") && response.body.contains("/actions/sign-out"));
    assert!(!app.send(DOCS, &[], "").await.body.contains("/actions/sign-out"));
}

#[tokio::test]
async fn reference_allows_no_script() {
    let app = TestApp::new().await;
    let policy = app.send(DOCS, &[], "").await.header("content-security-policy").to_owned();
    assert!(policy.starts_with("default-src 'none'; connect-src 'self'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("nonce") && !policy.contains("script-src"), "{policy}");
}
