//! Common passwords.
//!
//! `common.txt` lists about 8,000 passwords in lower case: those with at least eight characters among the 20,000
//! most frequent in known breaches. The source is the list by Royce Williams in Django (BSD-3-Clause). ASVS 6.2.4
//! requires the top 3,000 that satisfy the length rule.

use std::{collections::HashSet, sync::LazyLock};

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Whether the list contains the password. Compares the entire password, not parts of it (NIST SP 800-63B-4
/// §3.1.1.2).
pub(crate) fn contains(folded: &str) -> bool {
    COMMON.contains(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_list_has_3000_of_minimum_length() {
        assert!(COMMON.iter().filter(|password| password.chars().count() >= 8).count() >= 3_000);
    }

    #[test]
    fn common_list_entries_are_folded() {
        for password in COMMON.iter() {
            assert_eq!(*password, crate::auth::password::policy::fold(password));
        }
    }
}
