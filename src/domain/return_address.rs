//! Where to go after signing in: a path on this site, or an address on a site the operator trusts.

use super::LocalPath;

/// The most bytes an origin may have: a scheme, a host name (RFC 1035 §2.3.4) and a port.
const MAX_ORIGIN_BYTES: usize = 270;

/// A place that someone may be sent to, whoever asked for it. There is no other way to make one than to
/// ask which origins are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnAddress {
    address: String,
    origin_length: usize,
}

impl ReturnAddress {
    /// Reads a [`LocalPath`], or a URL of an origin that is trusted; anything else is `None`.
    ///
    /// Of URLs only the plainest form is read, which no two parsers understand differently: `http` or
    /// `https`, a host in lower case without a user name, and what would be a local path.
    pub fn parse(text: &str, trusts: impl FnOnce(&str) -> bool) -> Option<Self> {
        let origin = match text.split_once("://") {
            Some((scheme @ ("http" | "https"), rest)) => {
                let host = rest.split('/').next().unwrap_or_default();
                let origin = &text[..scheme.len() + "://".len() + host.len()];
                let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
                let readable = !host.is_empty() && host.bytes().all(plain) && origin.len() <= MAX_ORIGIN_BYTES;
                (readable && trusts(origin)).then_some(origin)?
            }
            _ => "",
        };
        let path = &text[origin.len()..];
        let good = path.parse::<LocalPath>().is_ok() || (path.is_empty() && !origin.is_empty());
        good.then(|| Self { address: text.to_owned(), origin_length: origin.len() })
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The origin it is on, where that is named; `None` for a path on this site.
    pub fn origin(&self) -> Option<&str> {
        Some(&self.address[..self.origin_length]).filter(|origin| !origin.is_empty())
    }
}

/// `path?next=…` with `next` percent-encoded, or `path` alone.
#[cfg(feature = "ssr")]
pub fn with_next(path: &str, next: Option<&str>) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    next.map_or_else(|| path.to_owned(), |next| format!("{path}?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC)))
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
    fn a_path_on_this_site_names_no_origin() {
        let address = read("/account?before=12#activity").unwrap();
        assert_eq!((address.as_str(), address.origin()), ("/account?before=12#activity", None));
        assert_eq!(ReturnAddress::parse("/search?to=https://evil.example", |_| false).unwrap().origin(), None);
    }

    #[test]
    fn an_address_on_a_trusted_site_is_taken_as_it_is() {
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
    fn nothing_that_leads_elsewhere_is_taken() {
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
}
