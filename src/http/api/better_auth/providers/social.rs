//! Sign-in with another provider, and linking of another provider.

use axum::http::StatusCode;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

use crate::http::{
    api::better_auth::contract::{
        ContractError, Flag, Kind, Members, Nested, Number, Optional, PostErrors, Text, Texts, ValidBody,
        ValidationError, members,
    },
    extract::active_session::{ActiveSession, SessionError},
    route_error::route_errors,
};

/// Parameters of an authorization request that the server sets (RFC 6749 §4.1.1, RFC 7636).
const RESERVED: [&str; 8] = [
    "state",
    "client_id",
    "redirect_uri",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "scope",
];

members! {
    /// A request to sign in with another provider.
    pub struct SocialSignInBody: Object {
        _callback_url: Optional<Text> = "callbackURL",
        _new_user_callback_url: Optional<Text> = "newUserCallbackURL",
        _error_callback_url: Optional<Text> = "errorCallbackURL",
        _provider: ProviderName = "provider",
        _disable_redirect: Optional<Flag> = "disableRedirect",
        _id_token: Optional<Nested<SignInIdToken>> = "idToken",
        _scopes: Optional<Texts> = "scopes",
        _request_sign_up: Optional<Flag> = "requestSignUp",
        _login_hint: Optional<Text> = "loginHint",
        _additional_params: Optional<AdditionalParams> = "additionalParams",
        _additional_data: Optional<Record> = "additionalData",
    }
    example { "provider": "github" }
}

members! {
    /// A request to link another provider.
    pub struct LinkProviderBody: Object {
        _callback_url: Optional<Text> = "callbackURL",
        _provider: ProviderName = "provider",
        _id_token: Optional<Nested<IdToken>> = "idToken",
        _request_sign_up: Optional<Flag> = "requestSignUp",
        _scopes: Optional<Texts> = "scopes",
        _error_callback_url: Optional<Text> = "errorCallbackURL",
        _disable_redirect: Optional<Flag> = "disableRedirect",
        _login_hint: Optional<Text> = "loginHint",
        _additional_params: Optional<AdditionalParams> = "additionalParams",
        _additional_data: Optional<Record> = "additionalData",
    }
    example { "provider": "github" }
}

members! {
    /// The provider's tokens.
    pub struct IdToken: Object {
        _token: Text = "token",
        _nonce: Optional<Text> = "nonce",
        _access_token: Optional<Text> = "accessToken",
        _refresh_token: Optional<Text> = "refreshToken",
    }
}

members! {
    /// The provider's tokens, with the user's profile.
    pub struct SignInIdToken: Object {
        _token: Text = "token",
        _nonce: Optional<Text> = "nonce",
        _access_token: Optional<Text> = "accessToken",
        _refresh_token: Optional<Text> = "refreshToken",
        _expires_at: Optional<Number> = "expiresAt",
        _user: Optional<Nested<IdTokenUser>> = "user",
    }
}

members! {
    /// The user's profile at the provider.
    pub struct IdTokenUser: Object {
        _name: Optional<Nested<IdTokenName>> = "name",
        _email: Optional<Text> = "email",
    }
}

members! {
    /// The user's name at the provider.
    pub struct IdTokenName: Object {
        _first_name: Optional<Text> = "firstName",
        _last_name: Optional<Text> = "lastName",
    }
}

/// The name of a provider: the contract has one message for all wrong values.
pub struct ProviderName;

impl Kind for ProviderName {
    type Value = ();

    fn read(members: &mut Members<'_>, name: &str) {
        if !members.get(name).is_some_and(serde_json::Value::is_string) {
            members.wrong(name, "Invalid input");
        }
    }

    fn schema() -> RefOr<Schema> {
        Text::schema()
    }
}

/// An object with any members.
pub struct Record;

impl Kind for Record {
    type Value = ();

    fn read(members: &mut Members<'_>, name: &str) {
        members.nested(name, "record", |_| ());
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).into()
    }
}

/// More parameters of the authorization request: strings, and none that the server sets.
pub struct AdditionalParams;

impl Kind for AdditionalParams {
    type Value = ();

    fn read(members: &mut Members<'_>, name: &str) {
        let nested = members.nested(name, "record", |parameters| {
            for name in parameters.names().collect::<Vec<_>>() {
                Text::read(parameters, name);
            }
            parameters.names().any(|name| RESERVED.contains(&name))
        });
        if nested == Some((true, true)) {
            let reserved = RESERVED.join(", ");
            let message = format!("additionalParams cannot include reserved OAuth parameters: {reserved}");
            members.problem(name, &message);
        }
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).additional_properties(Some(Text::schema())).into()
    }
}

route_errors! {
    /// No provider is configured.
    pub enum ProviderError: ContractError {
        Unknown => ContractError::new(StatusCode::NOT_FOUND, "PROVIDER_NOT_FOUND", "Provider not found"),
    }
}

route_errors! {
    /// Errors of `POST /sign-in/social`.
    pub enum SocialSignInRouteError: ContractError {
        ..Provider(ProviderError),
        ..Validation(ValidationError),
    }
}

/// Sign in with another provider
///
/// Not available: no provider is configured.
#[utoipa::path(
    post, path = "/sign-in/social", tag = "Not available", operation_id = "signInWithProvider",
    request_body = SocialSignInBody, security(()),
    responses(PostErrors<SocialSignInRouteError>),
)]
pub async fn sign_in(_: ValidBody<SocialSignInBody, SocialSignInRouteError>) -> ProviderError {
    ProviderError::Unknown
}

route_errors! {
    /// Errors of `POST /link-social`.
    pub enum LinkProviderRouteError: ContractError {
        ..Provider(ProviderError),
        ..Validation(ValidationError),
        ..Session(SessionError),
    }
}

/// Link another provider
///
/// Not available: no provider is configured.
#[utoipa::path(
    post, path = "/link-social", tag = "Not available", operation_id = "linkProvider", request_body = LinkProviderBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(PostErrors<LinkProviderRouteError>),
)]
pub async fn link(
    _: ValidBody<LinkProviderBody, LinkProviderRouteError>,
    _: ActiveSession<LinkProviderRouteError>,
) -> ProviderError {
    ProviderError::Unknown
}
