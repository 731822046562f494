//! `GET /error`

mod codes;

use axum::response::Html;

use super::contract::{ContractQuery, LayerError};

/// Show an error
///
/// A page with the error's code, if it is a known one. Descriptions are not shown: any link could set them.
#[utoipa::path(
    get, path = "/error", tag = "Not available", operation_id = "showError", security(()),
    params(("error" = Option<String>, Query, description = "The error code")),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        LayerError,
    ),
)]
pub async fn show(query: ContractQuery) -> Html<String> {
    let code = query.get("error").and_then(|code| code.as_str()).and_then(codes::known).unwrap_or("UNKNOWN");
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Error</title></head>\
         <body><main><h1>Something went wrong</h1><p>Code: <code>{code}</code></p>\
         <p><a href=\"/\">Go to the start page</a></p></main></body></html>\n"
    ))
}
