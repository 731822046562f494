//! What a backend needs to check access tokens by itself: public, the same for everybody, and to be kept
//! for a while.

use axum::{
    Json,
    extract::State,
    http::{
        HeaderName, HeaderValue,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::keys::{JWKS_MAX_AGE, Jwk},
    http::AppState,
};

/// The public keys (RFC 7517 §5).
#[derive(Serialize, ToSchema)]
struct KeySet {
    #[schema(value_type = Vec<PublicKey>)]
    keys: Vec<Jwk>,
}

/// A public key (RFC 7517, RFC 8037 §2).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `Jwk` answers")]
struct PublicKey {
    /// `OKP` or `EC`.
    kty: String,
    /// `Ed25519` or `P-256`.
    crv: String,
    x: String,
    /// Of a point of P-256 only.
    #[schema(required = false)]
    y: String,
    /// Always `sig`.
    #[schema(rename = "use")]
    purpose: String,
    /// `EdDSA` or `ES256`.
    alg: String,
    /// The key's thumbprint (RFC 7638).
    kid: String,
}

/// What an authorization server says of itself (RFC 8414 §2), as far as it is true here.
///
/// There are no OAuth flows, so there is no endpoint to name. The two lists are empty and present: the
/// one is required, and the other, left out, would mean the two grants that it means by default. (§3.2
/// would leave empty lists out; it can hardly mean those.)
#[derive(Serialize, ToSchema)]
struct Metadata<'a> {
    /// The `iss` of every token.
    issuer: &'a str,
    /// Where the public keys are, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri")]
    jwks_uri: Option<String>,
    /// Where the service is described.
    #[schema(format = "uri")]
    service_documentation: String,
    /// None.
    #[schema(value_type = Vec<String>)]
    response_types_supported: [&'static str; 0],
    /// None.
    #[schema(value_type = Vec<String>)]
    grant_types_supported: [&'static str; 0],
}

/// The public keys, where clients of the sign-in API look for them
#[utoipa::path(
    get, path = "/api/auth/jwks", tag = "Service", operation_id = "getContractKeys", security(()),
    responses((status = 200, description = "The keys", body = KeySet, content_type = "application/jwk-set+json")),
)]
pub async fn contract_key_set(state: State<AppState>) -> Response {
    key_set(state).await
}

/// The public keys
///
/// RFC 7517 §5. Those of one algorithm only: readers choke on kinds they do not know.
/// Empty where tokens are signed with a shared secret.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "Service", operation_id = "getKeys", security(()),
    responses((status = 200, description = "The keys", body = KeySet, content_type = "application/jwk-set+json")),
)]
pub async fn key_set(State(state): State<AppState>) -> Response {
    const JWK_SET: HeaderValue = HeaderValue::from_static("application/jwk-set+json");
    let mut response = public(KeySet { keys: state.auth.public_keys() });
    response.headers_mut().insert(CONTENT_TYPE, JWK_SET);
    response
}

/// Who issues the tokens, and where the keys are
///
/// RFC 8414.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "Service", operation_id = "getMetadata", security(()),
    responses((status = 200, description = "The metadata", body = Metadata)),
)]
pub async fn metadata(State(state): State<AppState>) -> Response {
    let issuer = state.settings.base_url.as_str();
    let jwks_uri = state.auth.publishes_keys().then(|| format!("{issuer}/.well-known/jwks.json"));
    let service_documentation = format!("{issuer}/docs");
    public(Metadata {
        issuer,
        jwks_uri,
        service_documentation,
        response_types_supported: [],
        grant_types_supported: [],
    })
}

/// JSON that pages of every origin may read, and everybody may keep for a while. (A stock Better Auth client
/// asks with credentials; for that the answer has to name its origin, see [`crate::http::middleware::cors`].)
fn public(body: impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    let lifetime = format!("public, max-age={}", JWKS_MAX_AGE.as_secs());
    if let Ok(lifetime) = HeaderValue::from_str(&lifetime) {
        headers.insert(CACHE_CONTROL, lifetime);
    }
    response
}
