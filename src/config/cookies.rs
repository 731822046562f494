//! The names of the cookies.

use super::setting::{Invalid, Reader, Row, Setting};

/// In characters.
const MAX_SUFFIX: usize = 32;

const SUFFIX: Row<Option<String>> = Row {
    setting: Setting {
        variable: "LATCHKEY_COOKIE_SUFFIX",
        flag: "cookie-suffix",
        value: "TEXT",
        default: "",
        help: "Added to the names of the cookies, so that several instances on one host do not replace each other's \
               cookies, such as `staging` for latchkey_session_staging [default: none]",
    },
    parse: parse_suffix,
};

pub(super) const SETTINGS: &[Setting] = &[SUFFIX.setting];

/// The names of the cookies.
#[derive(Clone, Debug, Default)]
pub struct CookieConfig {
    /// Distinguishes the cookies of several instances on one host: letters, digits, `-` and `_`.
    pub suffix: Option<String>,
}

impl CookieConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        Ok(Self { suffix: reader.read(&SUFFIX)? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![SUFFIX.show(self.suffix.as_deref().unwrap_or_default())]
    }
}

fn parse_suffix(text: &str) -> Result<Option<String>, String> {
    let valid = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !valid || text.len() > MAX_SUFFIX {
        return Err(format!("is not a suffix; use at most {MAX_SUFFIX} letters, digits, `-` and `_`"));
    }
    Ok(Some(text.to_owned()).filter(|suffix| !suffix.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffix_is_part_of_a_cookie_name() {
        assert_eq!(parse_suffix(""), Ok(None));
        for good in ["staging", "5101", "a-b_C", &"x".repeat(MAX_SUFFIX)] {
            assert_eq!(parse_suffix(good), Ok(Some(good.to_owned())));
        }
        for bad in ["a b", "a;b", "a=b", "é", "a.b", "a\r\n", &"x".repeat(MAX_SUFFIX + 1)] {
            assert!(parse_suffix(bad).is_err(), "{bad:?}");
        }
    }
}
