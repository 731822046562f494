//! The checkbox "Keep me signed in".

use serde::{Deserialize, Serialize};

/// The value of the "Keep me signed in" checkbox.
///
/// A browser sends [`Remember::CHECKED`] for a checked box and omits the field otherwise. Any other value
/// counts as unchecked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Remember {
    /// The session ends when the browser closes.
    #[default]
    UntilClosed,
    /// The session outlives the browser's closing.
    KeepSignedIn,
}

impl Remember {
    /// The value of the checkbox.
    pub const CHECKED: &'static str = "true";

    /// Whether the session's cookies are persistent.
    pub const fn is_persistent(self) -> bool {
        matches!(self, Self::KeepSignedIn)
    }
}

impl From<String> for Remember {
    fn from(value: String) -> Self {
        if value == Self::CHECKED { Self::KeepSignedIn } else { Self::UntilClosed }
    }
}

impl From<Remember> for String {
    fn from(remember: Remember) -> Self {
        if remember.is_persistent() { Remember::CHECKED.to_owned() } else { Self::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remember_other_value_is_unchecked() {
        assert!(Remember::from(Remember::CHECKED.to_owned()).is_persistent());
        for other in ["", "on", "TRUE", "1", "false"] {
            assert!(!Remember::from(other.to_owned()).is_persistent(), "{other}");
        }
    }
}
