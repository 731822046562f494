//! A file for each page.

pub mod account;
pub mod error;
pub mod home;
pub mod not_found;
pub mod reference;
pub mod sign_in;
pub mod sign_up;

use crate::domain::{ReturnAddress, return_address};

/// A link to `path` that keeps the return address.
fn with_next(path: &str, next: Option<&ReturnAddress>) -> String {
    return_address::with_next(path, next.map(ReturnAddress::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_to_return_to_survives_a_link_between_the_forms() {
        assert_eq!(with_next("/sign-up", None), "/sign-up");
        let next = |text| ReturnAddress::parse(text, |_| true).unwrap();
        assert_eq!(with_next("/sign-up", Some(&next("/a?b=c&d#e"))), "/sign-up?next=%2Fa%3Fb%3Dc%26d%23e");
        assert_eq!(
            with_next("/sign-up", Some(&next("https://app.example.com/a"))),
            "/sign-up?next=https%3A%2F%2Fapp%2Eexample%2Ecom%2Fa"
        );
    }
}
