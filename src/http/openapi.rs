//! What the API is, for programs and their authors: an OpenAPI 3.1 document, put together from the
//! routes themselves, and the page that shows it to people.
//!
//! A route is added together with its description (`routes!`), or not at all. The document is made
//! once, when the router is; requests are answered from what was made.

mod document;
pub mod reference;
pub mod refusals;

use std::sync::{Arc, OnceLock};

use axum::{
    Extension,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::openapi::OpenApi;

use super::{AppState, assets::is_fresh, problem::description::Anything};
use crate::ui::reference::ReferencePage;
use refusals::Refused;

/// The document, as programs and as people get it.
pub struct Description {
    document: OpenApi,
    made: OnceLock<Made>,
}

struct Made {
    json: Bytes,
    tag: String,
    page: Arc<ReferencePage>,
}

impl Description {
    /// The document of a router's operations, with what holds for the service that `state` is of.
    pub fn new(operations: OpenApi, state: &AppState) -> Self {
        Self { document: document::complete(operations, state), made: OnceLock::new() }
    }

    /// The page that shows it.
    pub fn page(&self) -> Arc<ReferencePage> {
        Arc::clone(&self.made().page)
    }

    fn made(&self) -> &Made {
        self.made.get_or_init(|| {
            let value = serde_json::to_value(&self.document).unwrap_or(Value::Null);
            let json = Bytes::from(value.to_string());
            let digest =
                Sha256::digest(&json)[..16].iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            Made { json, tag: format!("\"{digest}\""), page: Arc::new(reference::page(&value)) }
        })
    }
}

/// This description
///
/// An OpenAPI 3.1 document, the same for everybody.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "Service", operation_id = "getDescription", security(()),
    responses(
        (status = 200, description = "The document", body = Object, headers(
            ("ETag" = String, description = "Changes when the document does"),
        )),
        (status = 304, description = "It is still the one that `If-None-Match` names"),
        Refused<Anything>,
    ),
)]
pub async fn serve(Extension(description): Extension<Arc<Description>>, headers: HeaderMap) -> Response {
    let made = description.made();
    let about = [(header::CACHE_CONTROL, "no-cache"), (header::ETAG, made.tag.as_str())];
    if is_fresh(&headers, &made.tag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(header::CONTENT_TYPE, "application/json")], made.json.clone()).into_response()
}
