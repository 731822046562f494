//! Addresses where browsers and password managers look for passkeys.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::state::AppState;

/// The page with the user's passkeys.
const PASSKEYS: &str = "/account/security";

/// Where users add and remove their passkeys (Passkey Endpoints, W3C).
#[derive(Serialize, ToSchema)]
pub struct PasskeyEndpoints {
    /// The page where a signed-in user adds a passkey.
    #[schema(format = "uri")]
    enroll: String,
    /// The page where a signed-in user removes passkeys.
    #[schema(format = "uri")]
    manage: String,
}

/// Get the pages of passkeys
///
/// For password managers, which offer their users to add a passkey.
#[utoipa::path(
    get, path = "/.well-known/passkey-endpoints", tag = "Passkeys", operation_id = "getPasskeyEndpoints", security(()),
    responses((status = 200, description = "The addresses of the pages", body = PasskeyEndpoints)),
)]
pub async fn passkey_endpoints(State(state): State<AppState>) -> Json<PasskeyEndpoints> {
    let page = format!("{}{PASSKEYS}", state.settings.base_url.as_str());
    Json(PasskeyEndpoints { enroll: page.clone(), manage: page })
}

/// The origins where the passkeys of this service work (WebAuthn Level 3, related origins).
#[derive(Serialize, ToSchema)]
pub struct RelatedOrigins {
    /// The origins.
    #[schema(value_type = Vec<String>)]
    origins: Vec<String>,
}

/// Get the related origins of passkeys
///
/// Browsers ask for it before they use a passkey of this service on another site. Exists only with
/// `LATCHKEY_PASSKEY_ORIGINS`.
#[utoipa::path(
    get, path = "/.well-known/webauthn", tag = "Passkeys", operation_id = "getRelatedOrigins", security(()),
    responses((status = 200, description = "The origins", body = RelatedOrigins)),
)]
pub async fn related_origins(State(state): State<AppState>) -> Json<RelatedOrigins> {
    let own = state.settings.base_url.as_str().to_owned();
    let related = state.settings.passkey_origins.iter().cloned();
    Json(RelatedOrigins { origins: [own].into_iter().chain(related).collect() })
}
