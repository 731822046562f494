//! Which requests may use the session cookie of Better Auth.
//!
//! Its prefix is `__Secure-`: a sibling host can set it ("cookie tossing"), and so sign a visitor in to an account of
//! its own (login CSRF). So a request that another site caused does not use the cookie.

use axum::http::{
    HeaderMap,
    header::{ORIGIN, REFERER},
};
use url::Url;

use crate::{
    config::TrustedOrigins,
    http::header_values::{SEC_FETCH_SITE, Single},
};

/// Whether the service's own pages, a page of a trusted origin, or the user directly (the address bar, a bookmark)
/// caused the request. Without Fetch Metadata, a request without `Origin` and `Referer` counts as another site's: that
/// site may have removed them.
pub fn is_accepted(headers: &HeaderMap, origins: &TrustedOrigins) -> bool {
    let site = Single::of(headers, SEC_FETCH_SITE);
    match (site, Single::of(headers, ORIGIN)) {
        (Single::Unreadable, _) | (_, Single::Unreadable) => false,
        (Single::Text("same-origin" | "none"), _) => true,
        (_, Single::Text(origin)) => origins.trusts(origin),
        (Single::Text(_), Single::Absent) => false,
        (Single::Absent, Single::Absent) => {
            let referer = Single::of(headers, REFERER).text().and_then(|referer| Url::parse(referer).ok());
            referer.is_some_and(|referer| origins.is_own(&referer.origin().ascii_serialization()))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;
    use crate::config::Config;

    fn accepted(headers: &[(&'static str, &'static str)]) -> bool {
        let lookup = |name: &str| match name {
            "LATCHKEY_BASE_URL" => Some("https://auth.example.com".to_owned()),
            "LATCHKEY_TRUSTED_ORIGINS" => Some("https://app.example.com".to_owned()),
            _ => None,
        };
        let config = Config::from_vars(lookup).unwrap();
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        is_accepted(&headers.iter().map(header).collect(), &config.origins)
    }

    #[test]
    fn own_trusted_or_direct_request_is_accepted() {
        for headers in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://app.example.com")],
            &[("origin", "https://auth.example.com")],
            &[("referer", "https://auth.example.com/sign-in?next=%2Faccount")],
        ] {
            assert!(accepted(headers), "{headers:?}");
        }
    }

    #[test]
    fn request_of_another_site_is_not_accepted() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "")],
            &[("sec-fetch-site", "None")],
            &[("sec-fetch-site", "none"), ("sec-fetch-site", "none")],
            &[("sec-fetch-site", "none"), ("origin", "null"), ("origin", "null")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://evil.example.com")],
            &[("sec-fetch-site", "same-site"), ("referer", "https://auth.example.com/")],
            &[("sec-fetch-site", "cross-site"), ("origin", "null")],
            &[("origin", "https://evil.example.com")],
            &[("origin", "null"), ("referer", "https://auth.example.com/")],
            &[("referer", "https://evil.example.com/")],
            &[("referer", "https://app.example.com/")],
            &[("referer", "https://auth.example.com.evil.example/")],
            &[("referer", "https://auth.example.com@evil.example/")],
            &[("referer", "auth.example.com")],
            &[("referer", "https://auth.example.com/"), ("referer", "https://auth.example.com/")],
        ] {
            assert!(!accepted(headers), "{headers:?}");
        }
    }
}
