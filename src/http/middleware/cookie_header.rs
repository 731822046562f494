//! Makes the `Cookie` header readable.
//!
//! Cookies of other programs on the same host may have any byte. `tower-cookies` reads a line only if all of it is
//! UTF-8, so one such cookie would hide all others.

use axum::http::{HeaderMap, HeaderValue, header};
use percent_encoding::{AsciiSet, percent_encode};

/// Percent-encodes every byte that is not ASCII. The line keeps its cookies, and their other bytes.
pub fn encode(headers: &mut HeaderMap) {
    if let header::Entry::Occupied(mut lines) = headers.entry(header::COOKIE) {
        for line in lines.iter_mut().filter(|line| !line.as_bytes().is_ascii()) {
            let encoded = percent_encode(line.as_bytes(), &AsciiSet::EMPTY).to_string();
            // The encoding has ASCII characters only, so the fallback is not reached. It keeps the header present.
            *line = HeaderValue::try_from(encoded).unwrap_or(HeaderValue::from_static(""));
        }
    }
}
