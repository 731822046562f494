//! Problems as the API's description has them, and the groups in which routes answer them.

use serde_json::Value;

use super::Problem;
use crate::http::openapi::refusals::{ErrorForm, Refusals};

impl ErrorForm for Problem {
    const MEDIA_TYPE: &'static str = "application/problem+json";
    const SCHEMA: &'static str = "Problem";

    fn status(&self) -> axum::http::StatusCode {
        self.status
    }

    fn code(&self) -> Option<&'static str> {
        Some(self.code)
    }

    fn words(&self) -> &str {
        self.title
    }

    fn body(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn headers(&self) -> Vec<&'static str> {
        let challenge = self.challenge.map(|_| "WWW-Authenticate");
        challenge.into_iter().chain(self.retry_after.map(|_| "Retry-After")).collect()
    }
}

/// What any request can be answered.
pub struct Anything;

impl Refusals for Anything {
    type Error = Problem;
    fn refusals() -> Vec<Problem> {
        vec![
            Problem::unreadable(),
            Problem::too_slow(),
            Problem::too_large(),
            Problem::internal(),
            Problem::unavailable(),
        ]
    }
}

/// What a request that changes something can be answered besides.
pub struct CrossSite;

impl Refusals for CrossSite {
    type Error = Problem;
    fn refusals() -> Vec<Problem> {
        vec![Problem::cross_site()]
    }
}
