//! The one HTTP client of the tests. It sends requests to the router in this process and changes nothing
//! in them: no cookies, no redirects, no normalized paths.

use std::{
    future::{Future, IntoFuture},
    net::SocketAddr,
    pin::Pin,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header, request::Builder},
};
use serde_json::Value;
use tower::ServiceExt;
use tower_cookies::Cookie;

use super::{
    FORM, JSON,
    browser::{ACCESS, SESSION},
};

/// A client at one network address.
#[derive(Clone)]
pub struct TestClient {
    router: Router,
    peer: SocketAddr,
}

impl TestClient {
    pub fn new(router: Router, address: &str) -> Self {
        Self { router, peer: SocketAddr::new(address.parse().expect("an IP address"), 40_000) }
    }

    pub fn get(&self, path: &str) -> TestRequest {
        self.request("GET", path)
    }

    pub fn post(&self, path: &str) -> TestRequest {
        self.request("POST", path)
    }

    pub fn patch(&self, path: &str) -> TestRequest {
        self.request("PATCH", path)
    }

    /// Sends a request, `GET /path`.
    pub async fn send(&self, line: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> TestResponse {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let request = self.request(method, path);
        headers.iter().fold(request, |request, (name, value)| request.header(name, value)).body(body).await
    }

    pub fn request(&self, method: &str, path: &str) -> TestRequest {
        self.request_to_any_host(method, path).header("host", "localhost:3000")
    }

    /// A request without a `Host` header.
    pub fn request_to_any_host(&self, method: &str, path: &str) -> TestRequest {
        let parts = Request::builder().method(method).uri(path);
        TestRequest { router: self.router.clone(), peer: self.peer, parts, body: Body::empty() }
    }
}

/// A request to be awaited.
pub struct TestRequest {
    router: Router,
    peer: SocketAddr,
    parts: Builder,
    body: Body,
}

impl TestRequest {
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.parts = self.parts.header(name, value.as_ref());
        self
    }

    /// A header with any bytes.
    pub fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        self.parts = self.parts.header(name, value);
        self
    }

    pub fn bearer(self, token: impl AsRef<str>) -> Self {
        self.header("authorization", format!("Bearer {}", token.as_ref()))
    }

    pub fn json(self, body: &Value) -> Self {
        self.header(JSON.0, JSON.1).body(body.to_string())
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.header(FORM.0, FORM.1).body(body)
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    async fn response(self) -> TestResponse {
        let mut request = self.parts.body(self.body).expect("a valid request");
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let response = self.router.oneshot(request).await.expect("a response");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a whole body");
        TestResponse { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

impl IntoFuture for TestRequest {
    type Output = TestResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = TestResponse> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.response())
    }
}

/// A whole response.
pub struct TestResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl TestResponse {
    /// A header that the response has exactly once.
    pub fn header(&self, name: &str) -> &str {
        let values: Vec<_> = self.headers.get_all(name).iter().collect();
        assert_eq!(values.len(), 1, "{name}: {values:?}");
        values[0].to_str().expect("a text")
    }

    pub fn has(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {:?}", self.body))
    }

    /// The body for a snapshot: JSON with ids, tokens and keys replaced. Times come from the test's clock.
    pub fn snapshot(&self) -> Value {
        redacted(self.json())
    }

    #[track_caller]
    pub fn assert_ok(&self) {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
    }

    /// The values of the `Set-Cookie` headers.
    pub fn set_cookies(&self) -> Vec<String> {
        let values = self.headers.get_all(header::SET_COOKIE).iter();
        values.map(|value| value.to_str().expect("a text").to_owned()).collect()
    }

    /// The `Set-Cookie` header for a cookie.
    pub fn set_cookie(&self, name: &str) -> Option<String> {
        self.set_cookies().into_iter().find(|cookie| cookie.split('=').next() == Some(name))
    }

    /// The cookies that the response sets or removes.
    pub fn cookies(&self) -> Vec<Cookie<'static>> {
        self.set_cookies().into_iter().map(|cookie| Cookie::parse(cookie).expect("a cookie")).collect()
    }

    fn cookie(&self, name: &str) -> Option<Cookie<'static>> {
        self.cookies().into_iter().find(|cookie| cookie.name() == name)
    }

    /// The value that the response gives a cookie; empty when the response removes the cookie.
    pub fn new_cookie(&self, name: &str) -> Option<String> {
        self.cookie(name).map(|cookie| cookie.value().to_owned())
    }

    /// The `Max-Age` of a cookie.
    pub fn max_age(&self, name: &str) -> Duration {
        self.cookie(name).and_then(|cookie| cookie.max_age()).expect("a maximum age").unsigned_abs()
    }

    /// Whether the response removes both session cookies.
    pub fn clears_session(&self) -> bool {
        [SESSION, ACCESS].iter().all(|name| self.new_cookie(name).as_deref() == Some(""))
    }

    /// Status and code of a problem document (RFC 9457), such as `403 forbidden`; fails on any other response.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        assert_eq!(self.header("cache-control"), "no-store");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["type"], "about:blank");
        assert!(problem["title"].is_string());
        self.assert_no_internals();
        format!("{} {}", self.status.as_u16(), problem["code"].as_str().expect("a code"))
    }

    /// Fails when the body shows implementation details.
    pub fn assert_no_internals(&self) {
        let body = self.body.to_lowercase();
        for detail in [
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
            assert!(!body.contains(detail), "{detail:?} in {}", self.body);
        }
    }
}

fn redacted(value: Value) -> Value {
    const SECRET: [&str; 8] = ["accountId", "id", "jti", "kid", "token", "userId", "x", "y"];
    match value {
        Value::Object(members) => {
            let redact = |(name, value): (String, Value)| {
                let hidden = SECRET.contains(&name.as_str()) && value.is_string();
                let value = if hidden { format!("[{name}]").into() } else { redacted(value) };
                (name, value)
            };
            members.into_iter().map(redact).collect()
        }
        Value::Array(items) => items.into_iter().map(redacted).collect(),
        other => other,
    }
}
