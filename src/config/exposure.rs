//! Settings that are well formed each, and wrong together.

use std::{net::SocketAddr, time::Duration};

use super::{BaseUrl, Problem, origin_pattern::OriginPattern};

/// What decides whether others than this machine can reach the service, and what they would meet.
/// `None` stands for a value that could not be read, which is reported elsewhere.
pub(super) struct Exposure<'a> {
    pub listen: Option<SocketAddr>,
    pub base_url: Option<&'a BaseUrl>,
    pub rate_limit: Option<bool>,
    pub trusted_origins: Option<&'a [OriginPattern]>,
}

impl Exposure<'_> {
    /// What would be unsafe.
    pub fn problems(&self) -> Vec<Problem> {
        let listens_publicly = self.listen.filter(|listen| !listen.ip().is_loopback());
        let named_publicly = self.base_url.filter(|url| !url.is_loopback());
        if listens_publicly.is_none() && named_publicly.is_none() {
            return Vec::new();
        }
        let mut problems = Vec::new();
        if let Some(url) = self.base_url.filter(|url| !url.is_https()) {
            let reachable = match (named_publicly, listens_publicly) {
                (None, Some(listen)) => format!("{listen} can be reached from elsewhere"),
                _ => "it is not this machine's own address".to_owned(),
            };
            problems.push(problem(
                "LATCHKEY_BASE_URL",
                format!(
                    "{} would send passwords and cookies unprotected, since {reachable}; \
                     set it to the https:// address that people use, or listen on 127.0.0.1",
                    url.as_str(),
                ),
            ));
        }
        if self.rate_limit == Some(false) {
            let message = "off is for load tests on 127.0.0.1 only; set it to on";
            problems.push(problem("LATCHKEY_RATE_LIMIT", message.to_owned()));
        }
        for open in self.trusted_origins.unwrap_or_default().iter().filter(|pattern| pattern.is_open()) {
            problems.push(problem(
                "LATCHKEY_TRUSTED_ORIGINS",
                format!(
                    "{:?} would let sites of anybody act for people who are signed in; \
                     name the domain, as in https://*.example.com",
                    open.as_str(),
                ),
            ));
        }
        problems
    }
}

/// A token outlives no session, and nothing stays idle for longer than it may live.
pub(super) fn lifetimes_out_of_order(
    access: Option<Duration>,
    idle: Option<Duration>,
    max: Option<Duration>,
) -> Vec<Problem> {
    let longer = |a: Option<Duration>, b: Option<Duration>| a.zip(b).is_some_and(|(a, b)| a > b);
    let mut problems = Vec::new();
    if longer(idle, max) {
        let message = "is longer than LATCHKEY_SESSION_MAX; a session cannot stay idle longer than it may live";
        problems.push(problem("LATCHKEY_SESSION_IDLE", message.to_owned()));
    }
    if longer(access, idle) {
        let message = "is longer than LATCHKEY_SESSION_IDLE; set it to 15m or so";
        problems.push(problem("LATCHKEY_ACCESS_TTL", message.to_owned()));
    }
    problems
}

fn problem(variable: &str, message: String) -> Problem {
    Problem { variable: variable.to_owned(), message }
}
