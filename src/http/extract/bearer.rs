//! `Authorization: Bearer …` (RFC 6750 §2.1).

use axum::http::{HeaderMap, header::AUTHORIZATION};

/// What the `Authorization` header holds. It decides wherever there is one meant for us: a bad one never
/// falls back to a cookie.
#[derive(Debug, PartialEq, Eq)]
pub enum Bearer<'a> {
    /// There is no such header, or it is meant for a proxy in front of us.
    Absent,
    /// A token, unverified.
    Token(&'a str),
    /// No token, more than one, or more than one header.
    Malformed,
    /// Another way to authenticate, which is none here.
    OtherScheme,
}

/// Schemes whose credentials a browser sends by itself, with every request, to a host that once asked for
/// them: a proxy that keeps strangers out of a site under test, say. That must not sign anybody out.
const OF_BROWSERS: [&str; 4] = ["Basic", "Digest", "Negotiate", "NTLM"];

impl<'a> Bearer<'a> {
    /// Reads the header; the scheme's case does not matter, nor how many spaces follow it (RFC 9110 §11.4).
    pub fn of(headers: &'a HeaderMap) -> Self {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Self::Absent };
        let (None, Ok(value)) = (values.next(), value.to_str()) else { return Self::Malformed };
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            let of_browser = OF_BROWSERS.iter().any(|known| scheme.eq_ignore_ascii_case(known));
            return if of_browser { Self::Absent } else { Self::OtherScheme };
        }
        match token.trim_matches(' ') {
            "" => Self::Malformed,
            token if token.contains([' ', '\t', ',']) => Self::Malformed,
            token => Self::Token(token),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> String {
        let headers: HeaderMap = values.iter().map(|value| (AUTHORIZATION, value.parse().unwrap())).collect();
        format!("{:?}", Bearer::of(&headers))
    }

    #[test]
    fn one_header_with_one_token_is_a_token() {
        for good in ["Bearer abc", "bearer abc", "BEARER abc", "Bearer   abc"] {
            assert_eq!(of(&[good]), r#"Token("abc")"#, "{good}");
        }
        for bad in [&["Bearer"][..], &["Bearer "], &["Bearer a b"], &["Bearer a,b"], &["Bearer \ta"], &["Bearer a"; 2]]
        {
            assert_eq!(of(bad), "Malformed", "{bad:?}");
        }
        for absent in ["Basic YTpi", "basic YTpi", "Digest username=\"a\"", "Negotiate YII="] {
            assert_eq!(of(&[absent]), "Absent", "{absent}");
        }
        for other in ["Token abc", "", "abc", "Bearer\tabc", "Bearer:abc", "BearerX abc"] {
            assert_eq!(of(&[other]), "OtherScheme", "{other}");
        }
        assert_eq!(of(&[]), "Absent");
    }
}
