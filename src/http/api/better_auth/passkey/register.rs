//! Adding a passkey to the account of the signed-in user.

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    challenge_not_found, not_allowed,
    objects::{AttachmentText, Attestation, GivenName, PasskeyObject},
};
use crate::{
    auth::{
        Auth, Requester,
        error::Interrupted,
        factors::passkeys::{AddPasskeyError, NewPasskeyOptions},
    },
    http::{
        api::better_auth::{
            contract::{
                ContractError, FlagOr, GetErrors, Optional, PostErrors, Text, ValidBody, ValidQuery, ValidationError,
                members,
            },
            models::{SessionObject, UserObject},
        },
        extract::{
            active_session::SessionError,
            fresh_session::{FreshSetUpSession, StaleSession},
        },
        route_error::route_errors,
        session::{ceremony::CeremonyKind, cookies::CookieJar},
    },
};

members! {
    /// The wishes for a new passkey.
    pub struct RegistrationQuery: Object {
        name: Optional<Text> = "name",
        attachment: Optional<AttachmentText> = "authenticatorAttachment",
        _context: Optional<Text> = "context",
    }
}

route_errors! {
    /// A passkey is not added.
    pub enum AddError: ContractError {
        TooMany => ContractError::bad_request("TOO_MANY_PASSKEYS", "Too many passkeys: remove one first"),
        ..Session(SessionError),
        ..StaleSession(StaleSession),
        ..Interrupted(Interrupted),
    }
}

route_errors! {
    /// Errors of `GET /passkey/generate-register-options`.
    pub enum RegistrationOptionsRouteError: ContractError {
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..StaleSession(StaleSession),
        ..Add(AddError),
    }
}

/// Begin to add a passkey
///
/// Requires a session whose user signed in within `LATCHKEY_FRESH`. Sets a cookie that names the ceremony, for 5 minutes.
#[utoipa::path(
    get, path = "/passkey/generate-register-options", tag = "Passkeys",
    operation_id = "generatePasskeyRegistrationOptions",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    params(
        ("name" = Option<String>, Query, description = "The name of the passkey, unless the completion has one"),
        ("authenticatorAttachment" = Option<String>, Query, pattern = "^(platform|cross-platform)$",
            description = "`platform` or `cross-platform`"),
        ("context" = Option<String>, Query, description = "Has no effect"),
    ),
    responses(
        (status = 200, description = "The options of `navigator.credentials.create`, as JSON", body = Object),
        GetErrors<RegistrationOptionsRouteError>,
    ),
)]
pub async fn options(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    Extension(jar): Extension<CookieJar>,
    ValidQuery(query, ..): ValidQuery<RegistrationQuery, RegistrationOptionsRouteError>,
    FreshSetUpSession(session): FreshSetUpSession<RegistrationOptionsRouteError>,
) -> Result<Json<Value>, ContractError> {
    let options =
        NewPasskeyOptions { name: query.name, attachment: query.attachment.flatten(), ..NewPasskeyOptions::default() };
    let begun = auth.factors.begin_passkey(session.principal, options, &requester).await;
    let ceremony = begun.map_err(VerifyRegistrationRouteError::from)?;
    jar.keep_ceremony(CeremonyKind::Registration, &ceremony.secret);
    Ok(Json(ceremony.options))
}

members! {
    /// A new passkey.
    pub struct VerifyRegistrationBody: Object {
        /// The credential of `navigator.credentials.create`, as JSON.
        response: Attestation = "response",
        /// The name of the passkey, cut to 64 characters on one line. Default: the name in the options, or the device.
        name: Optional<GivenName> = "name",
        /// `true`: the response has the session and its user too. The session stays the same. Default: `false`.
        create_session: FlagOr<false> = "createSession",
    }
    example { "response": { "id": "QUJD", "rawId": "QUJD", "type": "public-key", "response": {} }, "name": "Phone" }
}

/// An added passkey.
#[derive(Serialize, ToSchema)]
pub struct RegisteredPasskey {
    #[serde(flatten)]
    passkey: PasskeyObject,
    /// The session of the request, with `createSession`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    session: Option<SessionObject>,
    /// The user of the session, with `createSession`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user: Option<UserObject>,
}

route_errors! {
    /// Errors of `POST /passkey/verify-registration`.
    pub enum VerifyRegistrationRouteError: ContractError {
        NotAllowed => not_allowed(),
        ChallengeNotFound => challenge_not_found(),
        Invalid => ContractError::bad_request("FAILED_TO_VERIFY_REGISTRATION", "Failed to verify registration"),
        Duplicate => ContractError::bad_request("PREVIOUSLY_REGISTERED", "Previously registered"),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..StaleSession(StaleSession),
        ..Add(AddError),
    }
}

impl From<AddPasskeyError> for VerifyRegistrationRouteError {
    fn from(error: AddPasskeyError) -> Self {
        match error {
            AddPasskeyError::NotRecent => AddError::from(StaleSession).into(),
            AddPasskeyError::Gone => AddError::from(SessionError::Missing).into(),
            AddPasskeyError::ChallengeNotFound => Self::ChallengeNotFound,
            AddPasskeyError::OtherSession => Self::NotAllowed,
            AddPasskeyError::Invalid(_) => Self::Invalid,
            AddPasskeyError::Duplicate => Self::Duplicate,
            AddPasskeyError::TooMany => AddError::TooMany.into(),
            AddPasskeyError::Interrupted(interrupted) => AddError::from(interrupted).into(),
        }
    }
}

/// Add a passkey
///
/// Requires the session in which the ceremony began, and its cookie. The challenge ends with the first response. Ends
/// sign-ins that wait for the second factor, and the trust in all devices.
#[utoipa::path(
    post, path = "/passkey/verify-registration", tag = "Passkeys", operation_id = "verifyPasskeyRegistration",
    request_body = VerifyRegistrationBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The passkey is added", body = RegisteredPasskey),
        PostErrors<VerifyRegistrationRouteError>,
    ),
)]
pub async fn verify(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<VerifyRegistrationBody, VerifyRegistrationRouteError>,
    FreshSetUpSession(session): FreshSetUpSession<VerifyRegistrationRouteError>,
) -> Result<Json<RegisteredPasskey>, VerifyRegistrationRouteError> {
    let principal = session.principal;
    let secret = jar.take_ceremony(CeremonyKind::Registration);
    let secret = secret.ok_or(VerifyRegistrationRouteError::ChallengeNotFound)?;
    let passkey = auth.factors.add_passkey(principal, &secret, &body.response, body.name.flatten(), &requester).await?;
    let mut registered = RegisteredPasskey { passkey: PasskeyObject::from(&passkey), session: None, user: None };
    if body.create_session {
        let current = auth.sessions.current(principal).await.map_err(Interrupted::from).map_err(AddError::from)?;
        registered.session = current.as_ref().map(|(session, _)| SessionObject::from(session));
        registered.user = current.map(|(_, user)| UserObject::from(&*user));
    }
    Ok(Json(registered))
}
