//! Requests as they stand on the wire, where a client library would tidy them up.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode},
};
use latchkey::http::{AppState, router};
use serde_json::Value;
use tower::ServiceExt;

/// A whole answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Sends a request from a client at an address of no importance.
pub async fn send(state: &AppState, line: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    send_from("192.0.2.7", state, line, headers, body).await
}

/// Sends a request, `GET /path`, from the machine at `peer`.
pub async fn send_from(
    peer: &str,
    state: &AppState,
    line: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost:3000");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let peer: IpAddr = peer.parse().expect("an address");
    let router = router(state.clone()).layer(Extension(ConnectInfo(SocketAddr::new(peer, 40_000))));
    let response = router.oneshot(request.body(body.into()).expect("a request")).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a whole body");
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

impl Answer {
    /// A header that is there once.
    pub fn header(&self, name: &str) -> &str {
        let values: Vec<_> = self.headers.get_all(name).iter().collect();
        assert_eq!(values.len(), 1, "{name}: {values:?}");
        values[0].to_str().expect("a header")
    }

    /// Whether a header is there.
    pub fn has(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }

    /// The `Set-Cookie` header for a cookie.
    pub fn set_cookie(&self, name: &str) -> Option<String> {
        let cookies = self.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
        cookies.filter(|cookie| cookie.split('=').next() == Some(name)).map(str::to_owned).next()
    }

    /// Checks that this is a problem and nothing more, and says its code (RFC 9457).
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        assert_eq!(self.header("cache-control"), "no-store");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["type"], "about:blank");
        assert!(problem["title"].is_string());
        self.assert_discreet();
        problem["code"].as_str().expect("a code").to_owned()
    }

    /// Checks that nothing of the inside shows.
    pub fn assert_discreet(&self) {
        let body = self.body.to_lowercase();
        for inside in [
            "sqlx",
            "sea_orm",
            "sqlite",
            "postgres",
            "select ",
            "panicked",
            "src/",
            ".rs",
            "axum",
            "serde",
            "deserialize",
            "at line",
        ] {
            assert!(!body.contains(inside), "{inside:?} shows in {}", self.body);
        }
    }
}
