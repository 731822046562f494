//! A path on this site, as a safe redirect target.

use std::str::FromStr;

/// The maximum length of a path in bytes. Percent-encoded as `?next=`, it fits the 8 kB that proxies accept as a
/// request line, unless most of its characters need encoding.
const MAX_BYTES: usize = 4096;

/// A root-relative path with an optional query: `/account?tab=1`. Excludes `//host`, `/\host`, schemes, and all other
/// texts that a browser could resolve to another origin (ASVS 3.7.2, CVE-2025-27143).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

/// The text is not a path on this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a path on this site")]
pub struct NotLocal;

impl LocalPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LocalPath {
    type Err = NotLocal;

    fn from_str(text: &str) -> Result<Self, NotLocal> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let path = text.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let hidden_slash = path.contains("%2f") || path.contains("%5c");
        if text.len() <= MAX_BYTES && plain && path.starts_with('/') && !path.contains("//") && !hidden_slash {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotLocal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_local_path_is_kept_unchanged() {
        for path in ["/", "/account", "/account?before=12#activity", "/a/b-c_d.e", "/search?to=//x"] {
            assert_eq!(path.parse::<LocalPath>().map(|path| path.as_str().to_owned()), Ok(path.to_owned()));
        }
    }

    #[test]
    fn parse_path_to_other_origin_is_error() {
        for bad in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/ /evil.example",
            "/%2f/evil.example",
            "/%5cevil.example",
            "/a//b",
            "/\u{2215}evil",
            "/a\r\nSet-Cookie: x=y",
        ] {
            assert_eq!(bad.parse::<LocalPath>(), Err(NotLocal), "{bad:?}");
        }
    }

    #[test]
    fn parse_path_over_4096_bytes_is_error() {
        assert!(format!("/{}", "a".repeat(MAX_BYTES - 1)).parse::<LocalPath>().is_ok());
        assert_eq!(format!("/{}", "a".repeat(MAX_BYTES)).parse::<LocalPath>(), Err(NotLocal));
    }
}
