//! The OpenAPI 3.1 document of the API, and the page that shows it.
//!
//! The document is collected from the routes: `routes!` adds a route with its description. It is serialized once.

mod document;
pub mod reference;
mod unavailable;
mod unused;

use std::sync::{Arc, OnceLock};

use axum::{
    Extension,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use utoipa::openapi::OpenApi;

use super::{assets::is_fresh, cached_page::CachedPage, problem::errors::LayerError, state::AppState};
use crate::{
    crypto::hex::hex,
    ui::reference::{ReferencePage, UnavailableOperation},
};
use unavailable::take_unavailable;
use unused::remove_unused_schemas;

/// The document, as JSON and as a page.
pub struct Description {
    document: OpenApi,
    unavailable: Vec<UnavailableOperation>,
    serialized: OnceLock<Serialized>,
    anonymous_page: OnceCell<CachedPage>,
}

struct Serialized {
    json: Bytes,
    etag: String,
    page: Arc<ReferencePage>,
}

impl Description {
    /// Completes the document of a router's operations.
    pub fn new(mut operations: OpenApi, state: &AppState) -> Self {
        let unavailable = take_unavailable(&mut operations);
        Self {
            document: document::complete(operations, state),
            unavailable,
            serialized: OnceLock::new(),
            anonymous_page: OnceCell::new(),
        }
    }

    /// The page that shows the document.
    pub fn page(&self) -> Arc<ReferencePage> {
        Arc::clone(&self.serialized().page)
    }

    /// The response to visitors who are not signed in.
    pub const fn anonymous_page(&self) -> &OnceCell<CachedPage> {
        &self.anonymous_page
    }

    fn serialized(&self) -> &Serialized {
        self.serialized.get_or_init(|| {
            let mut value = serde_json::to_value(&self.document).unwrap_or(Value::Null);
            remove_unused_schemas(&mut value);
            let json = Bytes::from(value.to_string());
            let digest = hex(&Sha256::digest(&json)[..16]);
            Serialized {
                json,
                etag: format!("\"{digest}\""),
                page: Arc::new(reference::page(&value, &self.unavailable)),
            }
        })
    }
}

/// Get this description
///
/// The OpenAPI 3.1 document.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "Service", operation_id = "getDescription", security(()),
    responses(
        (status = 200, description = "The document", body = Object, headers(
            ("ETag" = String, description = "The version of the document"),
        )),
        (status = 304, description = "The document still has the version in `If-None-Match`"),
        LayerError,
    ),
)]
pub async fn serve(Extension(description): Extension<Arc<Description>>, headers: HeaderMap) -> Response {
    let document = description.serialized();
    let about = [(header::CACHE_CONTROL, "no-cache"), (header::ETAG, document.etag.as_str())];
    if is_fresh(&headers, &document.etag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(header::CONTENT_TYPE, "application/json")], document.json.clone()).into_response()
}
