//! `Authorization: Bearer …` (RFC 6750 §2.1).

use axum::http::{HeaderMap, header::AUTHORIZATION};

/// The credential in the `Authorization` header. An invalid one never falls back to a cookie.
#[derive(Debug, PartialEq, Eq)]
pub enum Bearer<'a> {
    /// No header, or a scheme that browsers send on their own.
    Absent,
    /// A token, unverified.
    Token(&'a str),
    /// No token, several tokens, or several headers.
    Malformed,
    /// A scheme that this service does not support.
    OtherScheme,
}

/// After a proxy has asked for such credentials, for example to protect a staging site, browsers send
/// them with every request. They must not sign the user out.
const BROWSER_SCHEMES: [&str; 4] = ["Basic", "Digest", "Negotiate", "NTLM"];

impl<'a> Bearer<'a> {
    /// Reads the header. The scheme is case-insensitive, and several spaces may follow it (RFC 9110 §11.4).
    pub fn of(headers: &'a HeaderMap) -> Self {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Self::Absent };
        if values.next().is_some() {
            return Self::Malformed;
        }
        let value = value.as_bytes();
        let (scheme, token) = value.split_at(value.iter().position(|byte| *byte == b' ').unwrap_or(value.len()));
        if !scheme.eq_ignore_ascii_case(b"bearer") {
            let from_browser = BROWSER_SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known.as_bytes()));
            return if from_browser { Self::Absent } else { Self::OtherScheme };
        }
        match std::str::from_utf8(token).map(|token| token.trim_matches(' ')) {
            Ok(token) if token.is_ascii() && !token.is_empty() && !token.contains([' ', '\t', ',']) => {
                Self::Token(token)
            }
            _ => Self::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn bearer(values: &[&str]) -> String {
        let value = |value: &&str| (AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        let headers: HeaderMap = values.iter().map(value).collect();
        format!("{:?}", Bearer::of(&headers))
    }

    #[test]
    fn header_with_one_token_is_a_token() {
        for good in ["Bearer abc", "bearer abc", "BEARER abc", "Bearer   abc"] {
            assert_eq!(bearer(&[good]), r#"Token("abc")"#, "{good}");
        }
        for bad in [
            &["Bearer \u{e9}"][..],
            &["Bearer a\u{e9}"],
            &["Bearer"],
            &["Bearer "],
            &["Bearer a b"],
            &["Bearer a,b"],
            &["Bearer \ta"],
            &["Bearer a"; 2],
        ] {
            assert_eq!(bearer(bad), "Malformed", "{bad:?}");
        }
        for absent in ["Basic YTpi", "basic YTpi", "Digest username=\"\u{e9}\"", "Negotiate YII="] {
            assert_eq!(bearer(&[absent]), "Absent", "{absent}");
        }
        for other in ["Token abc", "", "abc", "Bearer\tabc", "Bearer:abc", "BearerX abc", "B\u{e9}arer abc"] {
            assert_eq!(bearer(&[other]), "OtherScheme", "{other}");
        }
        assert_eq!(bearer(&[]), "Absent");
    }
}
