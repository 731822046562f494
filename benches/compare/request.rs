//! A request, which the load generator repeats and which is sent once to check its answer.

use std::{fmt::Write as _, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use ureq::{Agent, http};

/// A request to any server.
#[derive(Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// The parts of an answer that the benchmark reads.
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    /// The cookies that the answer sets, as a browser returns them.
    pub cookies: String,
    pub body: String,
}

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), headers: Vec::new(), body: String::new() }
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        let request = Self { method: "POST", path: path.into(), headers: Vec::new(), body: body.to_string() };
        request.header("content-type", "application/json")
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// The same request for another path.
    pub fn at(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// The bytes on a connection to `host`.
    pub fn bytes(&self, host: &str) -> Result<String> {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            write!(text, "{name}: {value}\r\n")?;
        }
        if !self.body.is_empty() {
            write!(text, "content-length: {}\r\n", self.body.len())?;
        }
        Ok(text + "\r\n" + &self.body)
    }

    /// Sends the request once.
    pub fn send(&self, base_url: &str) -> Result<Answer> {
        let builder = http::Request::builder().method(self.method).uri(format!("{base_url}{}", self.path));
        let builder = self.headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, value));
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(10)))
            .build()
            .into();
        let mut response = agent.run(builder.body(self.body.clone())?)?;
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let cookie = |value| text(value).split(';').next().unwrap_or_default().to_owned();
        let set = response.headers().get_all("set-cookie");
        Ok(Answer {
            status: response.status().as_u16(),
            content_type: response.headers().get("content-type").map(text).unwrap_or_default(),
            cookies: set.iter().map(cookie).collect::<Vec<_>>().join("; "),
            body: response.body_mut().read_to_string()?,
        })
    }

    /// Sends the request once. Any other status than `expected` is an error.
    pub fn expect(&self, base_url: &str, expected: u16) -> Result<Answer> {
        let line = format!("{} {base_url}{}", self.method, self.path);
        let answer = self.send(base_url).with_context(|| format!("{line} got no answer"))?;
        let Answer { status, body, .. } = &answer;
        ensure!(*status == expected, "{line} was answered with {status} instead of {expected}: {body:.300}");
        Ok(answer)
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("the answer is not JSON: {:.300}", self.body))
    }
}
