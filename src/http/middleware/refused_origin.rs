//! Reports a request that was refused because of its origin.

use axum::http::{
    HeaderMap, Uri,
    header::{HOST, ORIGIN, REFERER},
    uri::Authority,
};

use crate::{
    auth::Requester,
    http::{
        header_values::{SEC_FETCH_SITE, Single, excerpt},
        state::AppState,
    },
};

/// Logs the received and the expected origin, and records the incident. A request of the service's own page is not
/// recorded: the base URL differs from the address in the browser.
pub fn report(state: &AppState, requester: &Requester, headers: &HeaderMap, uri: &Uri) {
    let expected = state.settings.base_url.as_str();
    if is_own_page(headers, uri) {
        let received = received(headers);
        tracing::warn!(
            received,
            expected,
            "refused a request of this service's own page: LATCHKEY_BASE_URL is not the address in the browser; set it \
             to the received origin, or open the expected one"
        );
        return;
    }
    log(headers, expected);
    state.auth.audit.cross_site_refused(requester);
}

/// Logs the received and the expected origin.
pub fn log(headers: &HeaderMap, expected: &str) {
    let received = received(headers);
    if received.is_empty() {
        tracing::warn!(expected, "refused a state-changing request without an origin; programs use bearer tokens");
        return;
    }
    tracing::warn!(
        received,
        expected,
        "refused a request of another origin; pages of LATCHKEY_TRUSTED_ORIGINS may call the API, and forms must be on \
         the expected origin"
    );
}

/// The origin in `Origin` or `Referer`, without the path and query of the latter.
fn received(headers: &HeaderMap) -> String {
    let name = if headers.contains_key(ORIGIN) { ORIGIN } else { REFERER };
    let text = excerpt(headers, name);
    let host = text.find("://").map_or(0, |scheme| scheme + "://".len());
    let end = text[host..].find(['/', '?', '#']).map_or(text.len(), |end| host + end);
    text[..end].to_owned()
}

/// Whether a page of this service sent the request, whatever name the browser has for the service: the browser says
/// that page and service have the same origin. Without Fetch Metadata, whether their hosts are the same; the scheme
/// cannot be compared.
pub fn is_own_page(headers: &HeaderMap, uri: &Uri) -> bool {
    match Single::of(headers, SEC_FETCH_SITE) {
        Single::Text(site) => site == "same-origin",
        Single::Unreadable => false,
        Single::Absent => {
            let host = uri.authority().map(Authority::as_str).or_else(|| Single::of(headers, HOST).text());
            let origin = Single::of(headers, ORIGIN).text();
            let origin_host =
                origin.and_then(|origin| origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")));
            origin_host.is_some() && origin_host == host
        }
    }
}
