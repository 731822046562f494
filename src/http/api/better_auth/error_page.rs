//! `GET /error`

use axum::response::Html;

use super::contract::{ContractQuery, LayerError};

/// The most characters of an error code on the page.
const MAX_CODE: usize = 64;

/// Show an error
///
/// A page with the error's code. Descriptions are not shown: any link could set them.
#[utoipa::path(
    get, path = "/error", tag = "Not available", operation_id = "showError", security(()),
    params(("error" = Option<String>, Query, description = "The error code")),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        LayerError,
    ),
)]
pub async fn show(query: ContractQuery) -> Html<String> {
    let code = query.get("error").and_then(|code| code.as_str()).filter(|code| is_code(code)).unwrap_or("UNKNOWN");
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Error</title></head>\
         <body><main><h1>Something went wrong</h1><p>Code: <code>{code}</code></p>\
         <p><a href=\"/\">Go to the start page</a></p></main></body></html>\n"
    ))
}

/// A code needs no escaping in HTML.
fn is_code(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    plain && (1..=MAX_CODE).contains(&text.len())
}
