//! Where a request comes from, and where it wants to go next: the contract's CSRF rules.

use axum::http::{HeaderMap, HeaderName, header};
use serde_json::Value;

use super::{body::is_truthy, error::ContractError, redirect};
use crate::{config::TrustedOrigins, domain::LocalPath};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Checks the origin of a state-changing request. With any cookie the origin must be trusted; without,
/// only a request that `signs_in` is checked, and only if it looks as if a browser had sent it.
pub fn check(headers: &HeaderMap, trusted: &TrustedOrigins, signs_in: bool) -> Result<(), ContractError> {
    // What cannot be read is there all the same, and matches nothing.
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let text = |name: &HeaderName| text(name).filter(|value| !value.is_empty());
    let from_browser = [SEC_FETCH_SITE, SEC_FETCH_MODE, SEC_FETCH_DEST, header::ORIGIN, header::REFERER]
        .iter()
        .any(|name| text(name).is_some());
    if headers.contains_key(header::COOKIE) {
        return check_origin(&text, trusted);
    }
    if signs_in && from_browser {
        if text(&SEC_FETCH_SITE) == Some("cross-site") && text(&SEC_FETCH_MODE) == Some("navigate") {
            return Err(ContractError::cross_site_navigation());
        }
        return check_origin(&text, trusted);
    }
    Ok(())
}

fn check_origin<'a>(
    text: &impl Fn(&HeaderName) -> Option<&'a str>,
    trusted: &TrustedOrigins,
) -> Result<(), ContractError> {
    match text(&header::ORIGIN).or_else(|| text(&header::REFERER)) {
        // A page that hides its origin is ours if the browser says so.
        Some("null") if text(&SEC_FETCH_SITE) == Some("same-origin") => Ok(()),
        None | Some("null") => Err(ContractError::missing_origin()),
        Some(source) if trusted.trusts(source) => Ok(()),
        Some(_) => Err(ContractError::invalid_origin()),
    }
}

/// Where a request may say to go next: the member, what an error calls it, and its code.
const NEXT: [(&str, &str, &str); 4] = [
    ("callbackURL", "callbackURL", "INVALID_CALLBACK_URL"),
    ("redirectTo", "redirectURL", "INVALID_REDIRECT_URL"),
    ("errorCallbackURL", "errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"),
    ("newUserCallbackURL", "newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"),
];

/// Checks where a state-changing request says to go next, in the body, or for `callbackURL` in the query.
pub fn check_next(body: Option<&Value>, query: &Value, trusted: &TrustedOrigins) -> Result<(), ContractError> {
    for (member, label, code) in NEXT {
        let in_body = body.and_then(|body| body.get(member)).filter(|value| is_truthy(value));
        let in_query = query.get(member).filter(|value| member == "callbackURL" && is_truthy(value));
        match in_body.or(in_query) {
            None => {}
            Some(Value::String(url)) if may_go_to(url, trusted) => {}
            Some(Value::String(_)) => return Err(ContractError::forbidden(code, format!("Invalid {label}"))),
            Some(_) => return Err(ContractError::next_no_string(label)),
        }
    }
    Ok(())
}

/// Checks the `callbackURL` of a link; none and an empty one lead nowhere.
pub fn check_callback(url: Option<&str>, trusted: &TrustedOrigins) -> Result<(), ContractError> {
    match url.filter(|url| !url.is_empty()) {
        Some(url) if !may_go_to(url, trusted) => {
            Err(ContractError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL"))
        }
        _ => Ok(()),
    }
}

/// A path on this site, or a URL of a trusted one.
fn may_go_to(url: &str, trusted: &TrustedOrigins) -> bool {
    redirect::written(url).parse::<LocalPath>().is_ok() || trusted.trusts(url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OURS: &str = "https://auth.example.com";

    fn ours() -> TrustedOrigins {
        let settings = [("LATCHKEY_BASE_URL", OURS), ("LATCHKEY_TRUSTED_ORIGINS", "https://*.example.org,myapp://")];
        let value = |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        crate::config::Config::from_vars(value).unwrap().origins
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn with_a_cookie_only_our_own_origin_passes() {
        let cookie = ("cookie", "a=b");
        assert!(check(&headers(&[cookie, ("origin", OURS)]), &ours(), false).is_ok());
        assert!(check(&headers(&[cookie, ("referer", "https://auth.example.com/account")]), &ours(), false).is_ok());
        assert!(
            check(&headers(&[cookie, ("origin", "null"), ("sec-fetch-site", "same-origin")]), &ours(), false).is_ok()
        );
        for bad in [
            &[cookie][..],
            &[cookie, ("origin", "null")],
            &[cookie, ("origin", "https://evil.example")],
            &[cookie, ("origin", "https://auth.example.com.evil.example")],
            &[cookie, ("origin", "http://auth.example.com")],
        ] {
            assert!(check(&headers(bad), &ours(), false).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_program_without_cookies_may_sign_in_and_a_foreign_page_may_not() {
        assert!(check(&headers(&[]), &ours(), true).is_ok());
        assert!(check(&headers(&[("origin", "https://evil.example")]), &ours(), true).is_err());
        assert!(
            check(&headers(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]), &ours(), true)
                .is_err()
        );
        assert!(check(&headers(&[("origin", "https://evil.example")]), &ours(), false).is_ok());
    }

    #[test]
    fn what_leads_on_stays_on_this_site_or_a_trusted_one() {
        for (member, ..) in NEXT {
            let check = |url: &str| check_next(Some(&json!({ member: url })), &json!({}), &ours());
            for good in ["", "/account", "https://auth.example.com/x", "https://app.example.org/x?y#z", "myapp://in"] {
                assert!(check(good).is_ok(), "{member} {good}");
            }
            for bad in ["//evil.example", "https://evil.example", "https://example.org", "javascript:alert(1)", "x"] {
                assert!(check(bad).is_err(), "{member} {bad}");
            }
        }
    }

    #[test]
    fn the_body_goes_before_the_query_and_only_callback_urls_stand_there() {
        let evil = json!({ "callbackURL": "//evil.example" });
        assert!(check_next(None, &evil, &ours()).is_err());
        assert!(check_next(Some(&json!({ "callbackURL": "" })), &evil, &ours()).is_err());
        assert!(check_next(Some(&json!({ "callbackURL": "/in" })), &evil, &ours()).is_ok());
        assert!(check_next(None, &json!({ "redirectTo": "//evil.example" }), &ours()).is_ok());
        assert!(check_next(None, &json!({ "callbackURL": ["/a", "/b"] }), &ours()).is_err());
    }
}
