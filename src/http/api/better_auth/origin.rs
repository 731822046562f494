//! Where a request comes from, and where it wants to go next: the contract's CSRF rules.

use axum::http::{HeaderMap, HeaderName, header};
use serde_json::Value;
use url::Url;

use super::error::ContractError;
use crate::domain::LocalPath;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Checks the origin of a state-changing request. With any cookie the origin must be ours; without,
/// only a request that `signs_in` is checked, and only if it looks as if a browser had sent it.
pub fn check(headers: &HeaderMap, trusted: &str, signs_in: bool) -> Result<(), ContractError> {
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

fn check_origin<'a>(text: &impl Fn(&HeaderName) -> Option<&'a str>, trusted: &str) -> Result<(), ContractError> {
    match text(&header::ORIGIN).or_else(|| text(&header::REFERER)) {
        // A page that hides its origin is ours if the browser says so.
        Some("null") if text(&SEC_FETCH_SITE) == Some("same-origin") => Ok(()),
        None | Some("null") => Err(ContractError::missing_origin()),
        Some(source) if is_of(source, trusted) => Ok(()),
        Some(_) => Err(ContractError::invalid_origin()),
    }
}

/// Whether a URL is of the `trusted` origin.
fn is_of(url: &str, trusted: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.origin().ascii_serialization() == trusted)
}

/// Checks `callbackURL`, in the body or the query: a path on this site, or a URL of it.
pub fn check_callback(body: Option<&Value>, query: Option<&str>, trusted: &str) -> Result<(), ContractError> {
    let in_body = match body.and_then(|body| body.get("callbackURL")) {
        None | Some(Value::Null) => None,
        Some(Value::String(callback)) => Some(callback.clone()),
        Some(_) => return Err(ContractError::callback_no_string()),
    };
    let in_query = query.and_then(|query| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == "callbackURL").map(|(_, value)| value.into_owned())
    });
    for callback in [in_body, in_query].into_iter().flatten().filter(|callback| !callback.is_empty()) {
        if callback.parse::<LocalPath>().is_err() && !is_of(&callback, trusted) {
            return Err(ContractError::invalid_callback());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OURS: &str = "https://auth.example.com";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn with_a_cookie_only_our_own_origin_passes() {
        let cookie = ("cookie", "a=b");
        assert!(check(&headers(&[cookie, ("origin", OURS)]), OURS, false).is_ok());
        assert!(check(&headers(&[cookie, ("referer", "https://auth.example.com/account")]), OURS, false).is_ok());
        assert!(check(&headers(&[cookie, ("origin", "null"), ("sec-fetch-site", "same-origin")]), OURS, false).is_ok());
        for bad in [
            &[cookie][..],
            &[cookie, ("origin", "null")],
            &[cookie, ("origin", "https://evil.example")],
            &[cookie, ("origin", "https://auth.example.com.evil.example")],
            &[cookie, ("origin", "http://auth.example.com")],
        ] {
            assert!(check(&headers(bad), OURS, false).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_program_without_cookies_may_sign_in_and_a_foreign_page_may_not() {
        assert!(check(&headers(&[]), OURS, true).is_ok());
        assert!(check(&headers(&[("origin", "https://evil.example")]), OURS, true).is_err());
        assert!(
            check(&headers(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]), OURS, true).is_err()
        );
        assert!(check(&headers(&[("origin", "https://evil.example")]), OURS, false).is_ok());
    }

    #[test]
    fn callbacks_stay_on_this_site() {
        let check = |url: &str| check_callback(Some(&json!({ "callbackURL": url })), None, OURS);
        assert!(check("/account").is_ok() && check("https://auth.example.com/x").is_ok());
        assert!(check("//evil.example").is_err() && check("https://evil.example").is_err());
        assert!(check_callback(None, Some("callbackURL=%2F%2Fevil.example"), OURS).is_err());
    }
}
