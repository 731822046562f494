//! A file for each page.

pub mod account;
pub mod error;
pub mod home;
pub mod not_found;
pub mod reference;
pub mod sign_in;
pub mod sign_up;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::ReturnAddress;

/// What stands for itself in a query value (RFC 3986 §2.3, and `/`).
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A link to `path` that keeps in mind where the person was going.
fn with_next(path: &str, next: Option<&ReturnAddress>) -> String {
    next.map_or_else(
        || path.to_owned(),
        |next| format!("{path}?next={}", utf8_percent_encode(next.as_str(), QUERY_VALUE)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_to_return_to_survives_a_link_between_the_forms() {
        assert_eq!(with_next("/sign-up", None), "/sign-up");
        let next = |text| ReturnAddress::parse(text, |_| true).unwrap();
        assert_eq!(with_next("/sign-up", Some(&next("/a?b=c&d#e"))), "/sign-up?next=/a%3Fb%3Dc%26d%23e");
        assert_eq!(
            with_next("/sign-up", Some(&next("https://app.example.com/a"))),
            "/sign-up?next=https%3A//app.example.com/a"
        );
    }
}
