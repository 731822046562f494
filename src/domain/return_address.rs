//! The address to redirect to after signing in: a path on this site, or a URL of a trusted origin.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::LocalPath;

/// The maximum length of an origin in bytes: a scheme, a host name (RFC 1035 §2.3.4) and a port.
const MAX_ORIGIN_BYTES: usize = 270;

/// All characters but the unreserved ones (RFC 3986 §2.3). Those stay, so that a long address stays below the limits of
/// proxies.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A redirect target that is safe even when an attacker chose it. Its only constructor checks that the origin is
/// trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnAddress {
    address: String,
    origin_length: usize,
}

impl ReturnAddress {
    /// Parses a [`LocalPath`], or a URL of an origin that `trusts` accepts. Any other text is `None`.
    ///
    /// A URL has `http` or `https`, a lower-case host without a user name, and a local path. All URL parsers agree on
    /// this form. Characters that are not ASCII are percent-encoded, as browsers do.
    pub fn parse(text: &str, trusts: impl FnOnce(&str) -> bool) -> Option<Self> {
        let text = utf8_percent_encode(text, &AsciiSet::EMPTY).to_string();
        let origin = match text.split_once("://") {
            Some((scheme @ ("http" | "https"), rest)) => {
                let host = rest.split('/').next().unwrap_or_default();
                let origin = &text[..scheme.len() + "://".len() + host.len()];
                let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
                let valid = !host.is_empty() && host.bytes().all(plain) && origin.len() <= MAX_ORIGIN_BYTES;
                (valid && trusts(origin)).then_some(origin)?
            }
            _ => "",
        };
        let path = &text[origin.len()..];
        let valid = path.parse::<LocalPath>().is_ok() || (path.is_empty() && !origin.is_empty());
        let origin_length = origin.len();
        valid.then_some(Self { address: text, origin_length })
    }

    /// The path alone, if `is_own` accepts the origin: the user stays on the origin that has the cookies.
    #[must_use]
    pub fn relative_to(self, is_own: impl FnOnce(&str) -> bool) -> Self {
        if !self.origin().is_some_and(is_own) {
            return self;
        }
        let path = &self.address[self.origin_length..];
        Self { address: if path.is_empty() { "/" } else { path }.to_owned(), origin_length: 0 }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The trusted origin. `None`: a path on this site.
    pub fn origin(&self) -> Option<&str> {
        Some(&self.address[..self.origin_length]).filter(|origin| !origin.is_empty())
    }

    /// The path without query and fragment. Empty after an origin alone.
    pub fn path(&self) -> &str {
        self.address[self.origin_length..].split(['?', '#']).next().unwrap_or_default()
    }
}

/// The longest `next` in a link, percent-encoded, in bytes. The whole URI stays below the limit of the service.
const MAX_ENCODED_BYTES: usize = 8_000;

/// `path?next=…` with `next` percent-encoded. `path` alone without `next`, or if it is too long for a URI.
pub fn with_next(path: &str, next: Option<&str>) -> String {
    let encoded = next.map(|next| utf8_percent_encode(next, QUERY_VALUE).to_string());
    match encoded.filter(|encoded| encoded.len() <= MAX_ENCODED_BYTES) {
        Some(encoded) => format!("{path}?next={encoded}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusts(origin: &str) -> bool {
        ["https://app.example.com", "http://localhost:5173"].contains(&origin)
    }

    fn read(text: &str) -> Option<ReturnAddress> {
        ReturnAddress::parse(text, trusts)
    }

    #[test]
    fn parse_local_path_has_no_origin() {
        let address = read("/account?before=12#activity").unwrap();
        assert_eq!((address.as_str(), address.origin()), ("/account?before=12#activity", None));
        assert_eq!(ReturnAddress::parse("/search?to=https://evil.example", |_| false).unwrap().origin(), None);
    }

    #[test]
    fn parse_trusted_url_is_kept_unchanged() {
        for (text, origin) in [
            ("https://app.example.com", "https://app.example.com"),
            ("https://app.example.com/", "https://app.example.com"),
            ("http://localhost:5173/tasks?done=no&page=2#top", "http://localhost:5173"),
        ] {
            let address = read(text).unwrap();
            assert_eq!((address.as_str(), address.origin()), (text, Some(origin)));
        }
    }

    #[test]
    fn path_has_neither_origin_nor_query() {
        for (text, path) in [
            ("https://app.example.com", ""),
            ("https://app.example.com/a?b#c", "/a"),
            ("/a?b#c", "/a"),
            ("/?https://app.example.com/b", "/"),
        ] {
            assert_eq!(read(text).unwrap().path(), path);
        }
    }

    #[test]
    fn parse_untrusted_or_unusual_url_is_none() {
        for bad in [
            "",
            "account",
            "//evil.example",
            "//app.example.com",
            "https://evil.example/",
            "http://app.example.com/",
            "https://app.example.com:8443/",
            "https://app.example.com.evil.example/",
            "https://app.example.com@evil.example/",
            "https://evil.example@app.example.com/",
            "https://app.example.com?/",
            "https://app.example.com#/",
            "https://app.example.com\\@evil.example/",
            "https://app.example.com//evil.example",
            "https://app.example.com/\\evil.example",
            "https://app.example.com/%2fevil.example",
            "https://app.example.com/a\r\nSet-Cookie: x=y",
            "https://app.example.com; script-src *",
            "https:///app.example.com",
            "https:/app.example.com",
            "https:app.example.com",
            "HTTPS://app.example.com/",
            " https://app.example.com/",
            "javascript://app.example.com/%0aalert(1)",
            "myapp://app.example.com/",
            "data:text/html,https://app.example.com/",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        let long = format!("https://{}/", "a".repeat(MAX_ORIGIN_BYTES));
        assert_eq!(ReturnAddress::parse(&long, |_| true), None);
    }

    #[test]
    fn parse_other_characters_are_percent_encoded() {
        assert_eq!(read("/café?q=à").unwrap().as_str(), "/caf%C3%A9?q=%C3%A0");
        assert_eq!(read("https://app.example.com/café").unwrap().as_str(), "https://app.example.com/caf%C3%A9");
        assert_eq!(read("/\u{2215}evil").unwrap().as_str(), "/%E2%88%95evil", "still a path on this site");
        assert_eq!(read("https://app.éxample.com/"), None);
    }

    #[test]
    fn relative_to_own_origin_is_a_path() {
        let relative = |text| read(text).unwrap().relative_to(|origin| origin == "http://localhost:5173");
        for (text, expected) in [
            ("http://localhost:5173/a?b#c", "/a?b#c"),
            ("http://localhost:5173", "/"),
            ("/a", "/a"),
            ("https://app.example.com/a", "https://app.example.com/a"),
        ] {
            assert_eq!(relative(text).as_str(), expected);
        }
        assert_eq!(relative("http://localhost:5173/a").origin(), None);
    }

    #[test]
    fn with_next_encodes_the_address() {
        assert_eq!(with_next("/sign-up", None), "/sign-up");
        assert_eq!(with_next("/sign-up", Some("/a?b=c&d#e")), "/sign-up?next=%2Fa%3Fb%3Dc%26d%23e");
        assert_eq!(
            with_next("/sign-up", Some("https://app.example.com/a")),
            "/sign-up?next=https%3A%2F%2Fapp.example.com%2Fa"
        );
        assert_eq!(with_next("/sign-up", Some("/a-b_c~d%20é")), "/sign-up?next=%2Fa-b_c~d%2520%C3%A9");
    }

    #[test]
    fn with_next_too_long_for_a_uri_is_left_out() {
        assert_eq!(with_next("/sign-in", Some("/tasks?done=no")), "/sign-in?next=%2Ftasks%3Fdone%3Dno");
        let plain = format!("/{}", "a".repeat(4_095));
        assert_eq!(with_next("/sign-in", Some(&plain)), format!("/sign-in?next=%2F{}", "a".repeat(4_095)));
        let tripled = format!("/{}", "?".repeat(4_095));
        assert_eq!(with_next("/sign-in", Some(&tripled)), "/sign-in");
    }
}
