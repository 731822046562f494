//! Refuses state-changing requests that another site made a browser send (CSRF).
//!
//! Decides by Fetch Metadata, with `Origin` as fallback, as Go's `http.CrossOriginProtection` does. Forms
//! need no hidden token. Duplicate and unreadable headers count as cross-site.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::refused_origin;
use crate::{
    auth::Requester,
    http::{
        header_values::{SEC_FETCH_SITE, Single},
        state::AppState,
    },
};

/// Marks a bare 403 response to a cross-site request.
#[derive(Clone, Copy, Debug)]
pub struct CrossSiteRequest;

/// The bare 403 to a state-changing request of a page that is not trusted, which is recorded. `None` for any other
/// request.
pub fn refuse(state: &AppState, request: &Request, trusts: impl Fn(&str) -> bool) -> Option<Response> {
    is_refused(request, trusts).then(|| {
        refused_origin::log(request.headers(), state.settings.base_url.as_str());
        let requester: Option<&Requester> = request.extensions().get();
        state.auth.audit.cross_site_refused(requester.unwrap_or(&Requester::default()));
        let mut response = StatusCode::FORBIDDEN.into_response();
        response.extensions_mut().insert(CrossSiteRequest);
        response
    })
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
