//! The contract's CSRF rules: the origin of a request, and the addresses of the next page.

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use serde_json::Value;

use super::{error::ContractError, members::is_truthy, query::ContractQuery, redirect};
use crate::{
    config::TrustedOrigins,
    domain::LocalPath,
    http::{
        header_values::{SEC_FETCH_SITE, Single},
        route_error::{RouteError, route_errors},
    },
};

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// The origin of a React Native app, whose requests have no `Origin`: the Expo client adds it.
const EXPO_ORIGIN: HeaderName = HeaderName::from_static("expo-origin");

/// A header that is present, but has no usable value. Matches nothing.
const UNREADABLE: &str = "unreadable";

route_errors! {
    /// The request has no trusted origin.
    pub enum OriginError: ContractError {
        Missing => ContractError::forbidden("MISSING_OR_NULL_ORIGIN", "Missing or null Origin"),
        Untrusted => ContractError::forbidden("INVALID_ORIGIN", "Invalid origin"),
    }
}

route_errors! {
    /// A link or form of another site signs the browser in.
    pub enum LoginCsrfError: ContractError {
        CrossSiteNavigation => ContractError::forbidden(
            "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
            "Cross-site navigation login blocked. This request appears to be a CSRF attack.",
        ),
    }
}

route_errors! {
    /// Errors of [`check`].
    pub enum SignInOriginError: ContractError {
        ..Origin(OriginError),
        ..LoginCsrf(LoginCsrfError),
    }
}

/// Checks the origin of a state-changing request. A request with any cookie needs a trusted origin. Without a
/// cookie, only a request that `signs_in` and comes from a browser or an app needs one.
///
/// A browser sends `Sec-Fetch-Mode` only together with `Sec-Fetch-Site`: one algorithm adds both (Fetch Metadata
/// §3, "append the Fetch metadata headers"). With `Sec-Fetch-Mode` alone the client is a program: Node.js's `fetch`
/// sends that header and no origin.
pub fn check(headers: &HeaderMap, trusted: &TrustedOrigins, signs_in: bool) -> Result<(), SignInOriginError> {
    if headers.contains_key(header::COOKIE) {
        return Ok(check_origin(headers, trusted)?);
    }
    let names_source =
        [SEC_FETCH_SITE, header::ORIGIN, header::REFERER, EXPO_ORIGIN].iter().any(|name| text(headers, name).is_some());
    if !signs_in || !names_source {
        return Ok(());
    }
    if text(headers, &SEC_FETCH_SITE) == Some("cross-site") && text(headers, &SEC_FETCH_MODE) == Some("navigate") {
        return Err(LoginCsrfError::CrossSiteNavigation.into());
    }
    Ok(check_origin(headers, trusted)?)
}

fn check_origin(headers: &HeaderMap, trusted: &TrustedOrigins) -> Result<(), OriginError> {
    let site = text(headers, &SEC_FETCH_SITE);
    let source = match (text(headers, &header::ORIGIN), text(headers, &EXPO_ORIGIN)) {
        // The browser vouches for a page of this service that hides its origin.
        (Some("null"), _) if site == Some("same-origin") => return Ok(()),
        // A browser sends `Sec-Fetch-Site`, and an app has no web origin.
        (None, Some(app)) if site.is_none() => {
            return if trusted.trusts_app(app) { Ok(()) } else { Err(OriginError::Untrusted) };
        }
        (origin, _) => origin.or_else(|| text(headers, &header::REFERER)),
    };
    match source {
        None | Some("null") => Err(OriginError::Missing),
        Some(source) if trusted.trusts(source) => Ok(()),
        Some(_) => Err(OriginError::Untrusted),
    }
}

/// The value of a header; `None` if it is absent or empty.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    match Single::of(headers, name) {
        Single::Absent | Single::Text("") => None,
        Single::Text(text) => Some(text),
        Single::Unreadable => Some(UNREADABLE),
    }
}

/// A parameter that names the next page.
#[derive(Clone, Copy)]
struct NextPage {
    member: &'static str,
    /// Its name in errors.
    label: &'static str,
    code: &'static str,
}

const NEXT_PAGES: [NextPage; 4] = [
    NextPage { member: "callbackURL", label: "callbackURL", code: "INVALID_CALLBACK_URL" },
    NextPage { member: "redirectTo", label: "redirectURL", code: "INVALID_REDIRECT_URL" },
    NextPage { member: "errorCallbackURL", label: "errorCallbackURL", code: "INVALID_ERROR_CALLBACK_URL" },
    NextPage { member: "newUserCallbackURL", label: "newUserCallbackURL", code: "INVALID_NEW_USER_CALLBACK_URL" },
];

/// The address of the next page is refused.
pub struct NextPageError {
    next_page: NextPage,
    /// Whether it is a string, but no trusted address.
    pub untrusted: bool,
}

impl RouteError<ContractError> for NextPageError {
    fn examples() -> Vec<ContractError> {
        let no_string = Self { next_page: NEXT_PAGES[0], untrusted: false };
        let untrusted = NEXT_PAGES.map(|next_page| Self { next_page, untrusted: true });
        [no_string].into_iter().chain(untrusted).map(ContractError::from).collect()
    }
}

impl From<NextPageError> for ContractError {
    fn from(NextPageError { next_page, untrusted }: NextPageError) -> Self {
        let NextPage { label, code, .. } = next_page;
        if untrusted {
            return Self::forbidden(code, format!("Invalid {label}"));
        }
        Self::without_code(StatusCode::BAD_REQUEST, format!("Invalid {label}: expected a string"))
    }
}

/// Checks the addresses of the next page in the body, and `callbackURL` in the query.
pub fn check_next_page(
    body: Option<&Value>,
    query: &ContractQuery,
    trusted: &TrustedOrigins,
) -> Result<(), NextPageError> {
    for next_page in NEXT_PAGES {
        let NextPage { member, .. } = next_page;
        let in_body = body.and_then(|body| body.get(member)).filter(|value| is_truthy(value));
        let in_query = query.get(member).filter(|value| member == "callbackURL" && is_truthy(value));
        match in_body.or(in_query) {
            None => {}
            Some(Value::String(url)) if is_allowed(url, trusted) => {}
            Some(value) => return Err(NextPageError { next_page, untrusted: value.is_string() }),
        }
    }
    Ok(())
}

/// Checks all addresses of the next page in the query of a link.
pub fn check_next_pages(query: &ContractQuery, trusted: &TrustedOrigins) -> Result<(), NextPageError> {
    for next_page in NEXT_PAGES {
        match query.get(next_page.member).filter(|value| is_truthy(value)) {
            None => {}
            Some(Value::String(url)) if is_allowed(url, trusted) => {}
            Some(value) => return Err(NextPageError { next_page, untrusted: value.is_string() }),
        }
    }
    Ok(())
}

route_errors! {
    /// A link names an untrusted next page.
    pub enum CallbackError: ContractError {
        Untrusted => ContractError::invalid_callback(),
    }
}

/// Checks the `callbackURL` of a link; it may be absent or empty.
pub fn check_callback(url: Option<&str>, trusted: &TrustedOrigins) -> Result<(), CallbackError> {
    match url.filter(|url| !url.is_empty()) {
        Some(url) if !is_allowed(url, trusted) => Err(CallbackError::Untrusted),
        _ => Ok(()),
    }
}

/// A path on this site, or a URL of a trusted site.
fn is_allowed(url: &str, trusted: &TrustedOrigins) -> bool {
    redirect::encode(url).parse::<LocalPath>().is_ok() || trusted.trusts(url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OWN: &str = "https://auth.example.com";

    fn own() -> TrustedOrigins {
        let settings = [("LATCHKEY_BASE_URL", OWN), ("LATCHKEY_TRUSTED_ORIGINS", "https://*.example.org,myapp://")];
        let value = |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        crate::config::Config::from_vars(value).unwrap().origins
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn check_cookie_requires_own_origin() {
        let cookie = ("cookie", "a=b");
        assert!(check(&headers(&[cookie, ("origin", OWN)]), &own(), false).is_ok());
        assert!(check(&headers(&[cookie, ("referer", "https://auth.example.com/account")]), &own(), false).is_ok());
        assert!(
            check(&headers(&[cookie, ("origin", "null"), ("sec-fetch-site", "same-origin")]), &own(), false).is_ok()
        );
        for bad in [
            &[cookie][..],
            &[cookie, ("origin", "null")],
            &[cookie, ("origin", "https://evil.example")],
            &[cookie, ("origin", "https://auth.example.com.evil.example")],
            &[cookie, ("origin", "http://auth.example.com")],
        ] {
            assert!(check(&headers(bad), &own(), false).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn check_foreign_page_may_not_sign_in() {
        assert!(check(&headers(&[]), &own(), true).is_ok());
        assert!(check(&headers(&[("origin", "https://evil.example")]), &own(), true).is_err());
        assert!(
            check(&headers(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]), &own(), true).is_err()
        );
        assert!(check(&headers(&[("origin", "https://evil.example")]), &own(), false).is_ok());
    }

    #[test]
    fn check_program_without_origin_may_sign_in() {
        for program in [
            // Node.js: `fetch`, undici, axios and Better Auth's client on them.
            &[("accept", "*/*"), ("accept-language", "*"), ("sec-fetch-mode", "cors"), ("user-agent", "node")][..],
            &[("sec-fetch-mode", "no-cors")],
            &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
            &[("accept", "application/json, text/plain, */*"), ("user-agent", "axios/1.7.2")],
            &[("user-agent", "got (https://github.com/sindresorhus/got)"), ("accept", "application/json")],
            &[("user-agent", "python-requests/2.32.3"), ("accept", "*/*"), ("connection", "keep-alive")],
            &[("user-agent", "python-httpx/0.27.0"), ("accept", "*/*")],
        ] {
            assert!(check(&headers(program), &own(), true).is_ok(), "{program:?}");
        }
        for browser in [
            &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")][..],
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")],
            &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")],
            &[("sec-fetch-mode", "cors"), ("origin", "https://evil.example")],
            &[("sec-fetch-mode", "cors"), ("origin", "null")],
            &[("sec-fetch-mode", "cors"), ("referer", "https://evil.example/page")],
        ] {
            assert!(check(&headers(browser), &own(), true).is_err(), "{browser:?}");
        }
        let cookie = [("sec-fetch-mode", "cors"), ("cookie", "a=b")];
        assert!(check(&headers(&cookie), &own(), true).is_err(), "a cookie needs an origin");
    }

    #[test]
    fn check_expo_origin_is_a_trusted_app() {
        let cookie = ("cookie", "latchkey_session=x");
        for app in ["myapp://", "myapp:///", "myapp://home"] {
            assert!(check(&headers(&[cookie, ("expo-origin", app)]), &own(), false).is_ok(), "{app}");
            assert!(check(&headers(&[("expo-origin", app)]), &own(), true).is_ok(), "{app}");
        }
        for refused in [
            &[("expo-origin", "other://")][..],
            &[("expo-origin", OWN)],
            &[("expo-origin", "https://app.example.org")],
            &[("expo-origin", "null")],
            &[("expo-origin", "myapp://"), ("expo-origin", "myapp://")],
            &[("expo-origin", "myapp://"), ("origin", "https://evil.example")],
            &[("expo-origin", "myapp://"), ("origin", "null")],
            &[("expo-origin", "myapp://"), ("sec-fetch-site", "cross-site")],
            &[("expo-origin", "myapp://"), ("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")],
        ] {
            assert!(check(&headers(&[refused, &[cookie]].concat()), &own(), false).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn check_repeated_origin_is_refused() {
        let twice = [("origin", OWN), ("origin", OWN)];
        assert!(check(&headers(&twice), &own(), true).is_err());
        assert!(check(&headers(&[&twice[..], &[("cookie", "a=b")]].concat()), &own(), false).is_err());
    }

    #[test]
    fn check_next_page_other_site_is_refused() {
        for NextPage { member, .. } in NEXT_PAGES {
            let check = |url: &str| check_next_page(Some(&json!({ member: url })), &ContractQuery(json!({})), &own());
            for good in ["", "/account", "https://auth.example.com/x", "https://app.example.org/x?y#z", "myapp://in"] {
                assert!(check(good).is_ok(), "{member} {good}");
            }
            for bad in ["//evil.example", "https://evil.example", "https://example.org", "javascript:alert(1)", "x"] {
                assert!(check(bad).is_err(), "{member} {bad}");
            }
        }
    }

    #[test]
    fn check_next_page_body_overrides_query() {
        let evil = ContractQuery(json!({ "callbackURL": "//evil.example" }));
        assert!(check_next_page(None, &evil, &own()).is_err());
        assert!(check_next_page(Some(&json!({ "callbackURL": "" })), &evil, &own()).is_err());
        assert!(check_next_page(Some(&json!({ "callbackURL": "/in" })), &evil, &own()).is_ok());
        assert!(check_next_page(None, &ContractQuery(json!({ "redirectTo": "//evil.example" })), &own()).is_ok());
        assert!(check_next_page(None, &ContractQuery(json!({ "callbackURL": ["/a", "/b"] })), &own()).is_err());
    }
}
