//! Refuses state-changing requests that another site made a browser send (CSRF).
//!
//! Decides by Fetch Metadata, with `Origin` as fallback, as Go's `http.CrossOriginProtection` does. Forms
//! need no hidden token. Duplicate and unreadable headers count as cross-site.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::refused_origin;
use crate::http::{
    header_values::{SEC_FETCH_SITE, Single},
    state::AppState,
};

/// Marks a bare 403 response to a cross-site request.
#[derive(Clone, Copy, Debug)]
pub struct CrossSiteRequest;

/// Accepts state-changing requests only from the service's own pages.
pub async fn allow_own_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origins = &state.settings.trusted_origins;
    if is_refused(&request, |origin| origins.is_own(origin)) {
        return refusal(&state, request.headers());
    }
    next.run(request).await
}

/// Accepts state-changing requests also from pages of trusted origins.
pub async fn allow_trusted_origins(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origins = &state.settings.trusted_origins;
    if is_refused(&request, |origin| origins.trusts(origin)) {
        return refusal(&state, request.headers());
    }
    next.run(request).await
}

/// Whether a request with a state-changing method comes from a page that is not trusted.
pub fn is_cross_site(headers: &HeaderMap, trusts: impl Fn(&str) -> bool) -> bool {
    let site = Single::of(headers, SEC_FETCH_SITE);
    if matches!(site, Single::Text("same-origin" | "none")) {
        return false;
    }
    match Single::of(headers, header::ORIGIN) {
        Single::Text(origin) => !trusts(origin),
        Single::Unreadable => true,
        // Programs send neither header.
        Single::Absent => site != Single::Absent,
    }
}

fn is_refused(request: &Request, trusts: impl Fn(&str) -> bool) -> bool {
    let changes_state = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // For browsers without Fetch Metadata: the page's host may be the host of the request and not the base URL's.
    let is_own_page = || refused_origin::is_own_page(request.headers(), request.uri());
    changes_state && is_cross_site(request.headers(), trusts) && !is_own_page()
}

fn refusal(state: &AppState, headers: &HeaderMap) -> Response {
    refused_origin::log(headers, state.settings.base_url.as_str());
    let mut response = StatusCode::FORBIDDEN.into_response();
    response.extensions_mut().insert(CrossSiteRequest);
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const OWN: &str = "https://auth.example.com";

    fn refused(method: &str, headers: &[(&str, &str)]) -> bool {
        let request = Request::builder().method(method).uri("/actions/sign-in").header("host", "10.0.0.1:3000");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        is_refused(&request.body(Body::empty()).unwrap(), |origin| origin == OWN)
    }

    #[test]
    fn safe_method_from_any_site_is_accepted() {
        let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
        for (method, expected) in [("GET", false), ("HEAD", false), ("OPTIONS", false), ("POST", true), ("TRACE", true)]
        {
            assert_eq!(refused(method, &foreign), expected, "{method}");
        }
    }

    #[test]
    fn request_from_own_page_or_program_is_accepted() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("sec-fetch-site", "cross-site"), ("origin", OWN)],
            &[("origin", OWN)],
            &[("origin", "http://10.0.0.1:3000")],
        ] {
            assert!(!refused("POST", headers), "{headers:?}");
        }
    }

    #[test]
    fn request_from_other_site_is_refused() {
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "Same-Origin")],
            &[("sec-fetch-site", "")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://10.0.0.1:3000")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "\u{fc}")],
            &[("origin", OWN), ("origin", OWN)],
            &[("origin", "https://evil.example")],
            &[("origin", "10.0.0.1:3000")],
            &[("origin", "ftp://10.0.0.1:3000")],
            &[("origin", "http://10.0.0.1:3000/path")],
        ] {
            assert!(refused("POST", headers), "{headers:?}");
        }
    }
}
