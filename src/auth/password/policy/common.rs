//! Common passwords.
//!
//! `common.txt` has those of at least eight characters among the 20,000 most frequent in known breaches, in lower
//! case: the list by Royce Williams that Django (BSD-3-Clause) ships. ASVS 6.2.4 requires the top 3,000 that
//! satisfy the length rule; the file has about 8,000. The strength estimate covers shorter and rarer ones.

use std::{collections::HashSet, sync::LazyLock};

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Whether the password, in lower case, is common. The entire password is compared, not parts of it (NIST
/// SP 800-63B-4 §3.1.1.2).
pub(crate) fn contains(lower_case: &str) -> bool {
    COMMON.contains(lower_case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_has_3000_of_the_minimum_length() {
        assert!(COMMON.iter().filter(|password| password.chars().count() >= 8).count() >= 3_000);
    }

    #[test]
    fn the_list_is_in_the_form_it_is_compared_in() {
        for password in COMMON.iter() {
            assert_eq!(*password, crate::auth::password::policy::fold(password));
        }
    }
}
