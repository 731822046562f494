//! A file for each page.

pub mod account;
pub mod error;
pub mod home;
pub mod not_found;
pub mod reference;
pub mod sign_in;
pub mod sign_up;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands for itself in a query value (RFC 3986 §2.3, and `/`).
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A link to `path` that keeps in mind where the person was going.
fn with_next(path: &str, next: Option<&str>) -> String {
    next.map_or_else(|| path.to_owned(), |next| format!("{path}?next={}", utf8_percent_encode(next, QUERY_VALUE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_to_return_to_survives_a_link_between_the_forms() {
        assert_eq!(with_next("/sign-up", None), "/sign-up");
        assert_eq!(with_next("/sign-up", Some("/a b?c=d&e#f")), "/sign-up?next=/a%20b%3Fc%3Dd%26e%23f");
    }
}
