//! The values of request headers.
//!
//! A value may have any byte above 0x7F (RFC 9110 §5.5): proxies and browsers pass on cookies of other sites, names of
//! devices and addresses as they are. `HeaderValue::to_str` fails for all of these, and a failure is easily taken for
//! an absent header. So no code in `http` calls `to_str`; a test enforces it.

use std::borrow::Cow;

use axum::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AsHeaderName, CONTENT_TYPE},
};

/// How a browser relates a page to the service (Fetch Metadata).
pub const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// In characters. The rest of a longer value is left out of the log.
const MAX_EXCERPT: usize = 300;

/// A header that decides about security and occurs once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Single<'a> {
    /// The request does not have the header.
    Absent,
    /// The value, in ASCII.
    Text(&'a str),
    /// The header occurs several times, or its value has other characters. Not the same as absent.
    Unreadable,
}

impl<'a> Single<'a> {
    /// Reads a header.
    pub fn of(headers: &'a HeaderMap, name: impl AsHeaderName) -> Self {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) => ascii(value).map_or(Self::Unreadable, Self::Text),
            (Some(_), Some(_)) => Self::Unreadable,
        }
    }

    /// The value. `None` for an absent header and for an unreadable one.
    pub const fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Absent | Self::Unreadable => None,
        }
    }
}

/// The value as text, if it is ASCII.
pub fn ascii(value: &HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok().filter(|text| text.is_ascii())
}

/// The value as text: UTF-8, or ISO 8859-1, which HTTP had before.
pub fn text(value: &HeaderValue) -> Cow<'_, str> {
    let bytes = value.as_bytes();
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), Cow::Borrowed)
}

/// The elements of a list header, of all its lines, without surrounding white space. An element that is not ASCII
/// affects no other.
pub fn elements(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(name).iter().map(HeaderValue::as_bytes);
    lines.flat_map(|line| line.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// The first value for the log: shortened, with control characters and similar ones escaped. Empty if absent.
pub fn excerpt(headers: &HeaderMap, name: impl AsHeaderName) -> String {
    let value = headers.get(name).map(text).unwrap_or_default();
    value.chars().take(MAX_EXCERPT).flat_map(char::escape_debug).collect()
}

/// The media type of the body in lower case, without parameters. Empty if absent.
pub fn media_type(headers: &HeaderMap) -> String {
    let declared = headers.get(CONTENT_TYPE).map(text).unwrap_or_default();
    declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    const NAME: HeaderName = HeaderName::from_static("x-test");

    fn headers(values: &[&[u8]]) -> HeaderMap {
        values.iter().map(|value| (NAME, HeaderValue::from_bytes(value).unwrap())).collect()
    }

    #[test]
    fn single_other_than_ascii_is_not_absent() {
        assert_eq!(Single::of(&headers(&[]), NAME), Single::Absent);
        assert_eq!(Single::of(&headers(&[b"a b"]), NAME), Single::Text("a b"));
        assert_eq!(Single::of(&headers(&[b""]), NAME), Single::Text(""));
        for unreadable in [&[&b"a"[..], b"a"][..], &["é".as_bytes()], &[b"\xe9"], &[b"a\xff"]] {
            assert_eq!(Single::of(&headers(unreadable), NAME), Single::Unreadable, "{unreadable:?}");
        }
    }

    #[test]
    fn text_is_utf_8_or_latin_1() {
        for bytes in ["René’s".as_bytes(), "X325–Locked".as_bytes(), b"plain"] {
            let headers = headers(&[bytes]);
            assert_eq!(text(&headers[NAME]).as_bytes(), bytes);
        }
        assert_eq!(text(&headers(&[b"Ren\xe9's"])[NAME]), "René's");
    }

    #[test]
    fn elements_of_all_lines_are_separate() {
        let headers = headers(&[b"a, b\xff ,", b"c"]);
        assert_eq!(elements(&headers, NAME).collect::<Vec<_>>(), [&b"a"[..], b"b\xff", b"", b"c"]);
    }

    #[test]
    fn excerpt_is_short_and_escaped() {
        assert_eq!(excerpt(&headers(&["a\u{202e}\u{1b}".replace('\u{1b}', "\t").as_bytes()]), NAME), "a\\u{202e}\\t");
        assert_eq!(excerpt(&headers(&["x".repeat(1000).as_bytes()]), NAME).len(), MAX_EXCERPT);
        assert_eq!(excerpt(&headers(&[]), NAME), "");
    }
}
