//! The public keys and the metadata of the issuer. Backends verify access tokens with them. Both are public and
//! cacheable.

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
use utoipa::{
    ToSchema,
    openapi::{
        Object, ObjectBuilder,
        schema::{Array, ArrayBuilder, Type},
    },
};

use crate::{
    auth::keys::{JWKS_MAX_AGE, Jwk},
    http::state::AppState,
};

/// The public keys (RFC 7517 §5).
#[derive(Serialize, ToSchema)]
struct KeySetResponse {
    #[schema(schema_with = keys_schema)]
    keys: Vec<Jwk>,
}

/// The members of [`Jwk`], which knows no OpenAPI: name, description, whether always present.
const KEY_MEMBERS: [(&str, &str, bool); 7] = [
    ("kty", "`OKP` or `EC`.", true),
    ("crv", "`Ed25519` or `P-256`.", true),
    ("x", "", true),
    ("y", "For `P-256` only.", false),
    ("use", "Always `sig`.", true),
    ("alg", "`EdDSA` or `ES256`.", true),
    ("kid", "The key's thumbprint (RFC 7638).", true),
];

fn keys_schema() -> Array {
    ArrayBuilder::new().items(key_schema()).build()
}

fn key_schema() -> Object {
    let object = ObjectBuilder::new().description(Some("A public key (RFC 7517, RFC 8037 §2)."));
    KEY_MEMBERS
        .into_iter()
        .fold(object, |object, (name, about, required)| {
            let about = (!about.is_empty()).then_some(about);
            let object = object.property(name, ObjectBuilder::new().schema_type(Type::String).description(about));
            if required { object.required(name) } else { object }
        })
        .build()
}

/// The metadata of the issuer (RFC 8414 §2).
///
/// There are no OAuth flows, so there are no endpoints. The two lists are present although §3.2 omits empty
/// lists: the first is required, and the default of the second is not empty.
#[derive(Serialize, ToSchema)]
struct MetadataResponse<'a> {
    /// The `iss` of every token.
    issuer: &'a str,
    /// The address of the public keys; absent with a shared secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri")]
    jwks_uri: Option<String>,
    /// The address of this documentation.
    #[schema(format = "uri")]
    service_documentation: String,
    /// Always empty.
    #[schema(value_type = Vec<String>)]
    response_types_supported: [&'static str; 0],
    /// Always empty.
    #[schema(value_type = Vec<String>)]
    grant_types_supported: [&'static str; 0],
}

/// Get the public keys (sign-in API)
///
/// The same keys as `/.well-known/jwks.json`, at the path of the sign-in API.
#[utoipa::path(
    get, path = "/api/auth/jwks", tag = "Backends", operation_id = "getContractKeys", security(()),
    responses(
        (status = 200, description = "The keys", body = KeySetResponse, content_type = "application/jwk-set+json"),
    ),
)]
pub async fn contract_key_set(state: State<AppState>) -> Response {
    key_set(state).await
}

/// Get the public keys
///
/// RFC 7517 §5. All keys have the same algorithm, because some readers fail on unknown algorithms.
/// Empty if tokens are signed with a shared secret.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "Backends", operation_id = "getKeys", security(()),
    responses(
        (status = 200, description = "The keys", body = KeySetResponse, content_type = "application/jwk-set+json"),
    ),
)]
pub async fn key_set(State(state): State<AppState>) -> Response {
    const JWK_SET: HeaderValue = HeaderValue::from_static("application/jwk-set+json");
    let mut response = public(KeySetResponse { keys: state.auth.keys.public_keys() });
    response.headers_mut().insert(CONTENT_TYPE, JWK_SET);
    response
}

/// Get the metadata of the issuer
///
/// RFC 8414.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "Backends", operation_id = "getMetadata", security(()),
    responses((status = 200, description = "The metadata", body = MetadataResponse)),
)]
pub async fn metadata(State(state): State<AppState>) -> Response {
    let issuer = state.settings.base_url.as_str();
    let jwks_uri = state.auth.keys.are_published().then(|| format!("{issuer}/.well-known/jwks.json"));
    let service_documentation = format!("{issuer}/docs");
    public(MetadataResponse {
        issuer,
        jwks_uri,
        service_documentation,
        response_types_supported: [],
        grant_types_supported: [],
    })
}

/// JSON that pages of every origin may read, and that caches may store. Requests with credentials, as the stock
/// Better Auth client sends them, need the headers of [`crate::http::middleware::cors`].
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
