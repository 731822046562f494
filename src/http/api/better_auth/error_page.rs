//! `GET /error`: where sign-ins that went wrong elsewhere end.

use axum::response::Html;

use super::{description::Anything, error::Failed, query::Query};
use crate::http::openapi::refusals::Refused;

/// The most characters of a code that are shown.
const MAX_CODE: usize = 64;

/// Where sign-ins that went wrong elsewhere end
///
/// A page for people, with the error's code. A description is not shown: anybody can write one into a link.
#[utoipa::path(
    get, path = "/error", tag = "Not available", operation_id = "showError", security(()),
    params(("error" = Option<String>, Query, description = "What went wrong")),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        Failed,
        Refused<Anything>,
    ),
)]
pub async fn show(Query(query): Query) -> Html<String> {
    let code = query.get("error").and_then(|code| code.as_str()).filter(|code| is_code(code)).unwrap_or("UNKNOWN");
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Error</title></head>\
         <body><main><h1>Something went wrong</h1><p>Code: <code>{code}</code></p>\
         <p><a href=\"/\">Go to the start page</a></p></main></body></html>\n"
    ))
}

/// Nothing that would have to be escaped.
fn is_code(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    plain && (1..=MAX_CODE).contains(&text.len())
}
