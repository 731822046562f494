//! Redirects to the `callbackURL` of a link. The caller has checked the address.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, utf8_percent_encode};
use url::Url;

use super::error::{ContractError, JSON};

/// A placeholder: a path can only be resolved against an origin.
const SOME_ORIGIN: &str = "https://origin.invalid";

/// Clients send spaces unencoded, although a path must not contain them.
const SPACE: &AsciiSet = &AsciiSet::EMPTY.add(b' ');

/// Percent-encodes spaces and non-ASCII characters, as browsers do.
pub fn encode(target: &str) -> String {
    utf8_percent_encode(target, SPACE).to_string()
}

/// 302 to `location`, with an empty body and the contract's content type.
pub fn to(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::FOUND, JSON, [(header::LOCATION, location)], Body::empty()).into_response(),
        Err(_) => ContractError::invalid_callback().into_response(),
    }
}

/// Adds a parameter to the query of `target`, a path or a URL; `None` if it is neither.
pub fn with_added(target: &str, name: &str, value: &str) -> Option<String> {
    let relative = target.starts_with('/');
    let mut url = if relative { Url::parse(SOME_ORIGIN).ok()?.join(target) } else { Url::parse(target) }.ok()?;
    let before = url.query().filter(|query| !query.is_empty()).map(|query| query.trim_end_matches('&').to_owned());
    let added = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    url.set_query(Some(&before.map_or(added.clone(), |before| format!("{before}&{added}"))));
    let text = url.as_str();
    if relative { text.strip_prefix(SOME_ORIGIN).map(str::to_owned) } else { Some(text.to_owned()) }
}

/// Resolves `target` against `origin`.
pub fn resolved(origin: &str, target: &str) -> Option<String> {
    Some(Url::parse(origin).ok()?.join(&encode(target)).ok()?.to_string())
}

/// Resolves `target` against `origin`, and replaces all values of a parameter by one.
pub fn with_set(origin: &str, target: &str, name: &str, value: &str) -> Option<String> {
    let mut url = Url::parse(origin).ok()?.join(target).ok()?;
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let first = pairs.iter().position(|(found, _)| found == name);
    match first {
        Some(first) => {
            value.clone_into(&mut pairs[first].1);
            let mut at = 0;
            pairs.retain(|(found, _)| {
                at += 1;
                found != name || at == first + 1
            });
        }
        None => pairs.push((name.to_owned(), value.to_owned())),
    }
    url.query_pairs_mut().clear().extend_pairs(pairs);
    Some(url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_added_path_or_url_gains_the_parameter() {
        for (target, expected) in [
            ("/y", "/y?e=X"),
            ("/y?", "/y?e=X"),
            ("/y?a=b", "/y?a=b&e=X"),
            ("/y?e=z", "/y?e=z&e=X"),
            ("/y?a=b&", "/y?a=b&e=X"),
            ("/y#f", "/y?e=X#f"),
            ("https://app.example.org/y?a=b#f", "https://app.example.org/y?a=b&e=X#f"),
            ("myapp://in", "myapp://in?e=X"),
        ] {
            assert_eq!(with_added(target, "e", "X").as_deref(), Some(expected));
        }
    }

    #[test]
    fn with_set_repeated_parameter_is_replaced() {
        let set = |target| with_set("https://auth.example.com", target, "e", "X").unwrap();
        assert_eq!(set("/y?a=b#c"), "https://auth.example.com/y?a=b&e=X#c");
        assert_eq!(set("/y?e=z&e=w&b=a%20b"), "https://auth.example.com/y?e=X&b=a+b");
        assert_eq!(set("https://app.example.org/y"), "https://app.example.org/y?e=X");
    }
}
