//! The accounts that a user signs in with. Each user has one, the password; its `id` and `accountId` are the
//! user's id.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, RefOr, Schema},
};

use crate::{
    auth::{Auth, Principal, error::InternalError},
    http::{
        api::better_auth::{
            contract::{
                ContractError, GetErrors, MemberSet, Members, Optional, PostErrors, Shape, Text, ValidBody, ValidQuery,
                ValidationError, members, property,
            },
            models::AccountObject,
            sessions::SessionRouteError,
        },
        extract::{
            active_session::{ActiveSession, SessionError},
            fresh_session::{FreshSession, StaleSession},
        },
        route_error::route_errors,
    },
};

/// List the accounts that the user signs in with
///
/// Each user has one account, the password.
#[utoipa::path(
    get, path = "/list-accounts", tag = "Account", operation_id = "listAccounts",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses((status = 200, description = "The accounts", body = Vec<AccountObject>), GetErrors<SessionRouteError>),
)]
pub async fn list(
    State(auth): State<Arc<Auth>>,
    session: ActiveSession<SessionRouteError>,
) -> Result<Json<Vec<AccountObject>>, SessionRouteError> {
    let credential = auth.passwords.credential(session.principal.user_id()).await?;
    Ok(Json(credential.iter().map(AccountObject::from).collect()))
}

members! {
    /// The account to unlink.
    pub struct UnlinkAccountBody: Object {
        _account_id: Text = "accountId",
    }
}

route_errors! {
    /// The user has no such account.
    pub enum AccountError: ContractError {
        NotFound => ContractError::bad_request("ACCOUNT_NOT_FOUND", "Account not found"),
    }
}

route_errors! {
    /// Errors of `POST /unlink-account`.
    pub enum UnlinkAccountRouteError: ContractError {
        LastAccount => ContractError::bad_request(
            "FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account",
        ),
        ..Account(AccountError),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..StaleSession(StaleSession),
        ..Internal(InternalError),
    }
}

/// Unlink an account
///
/// Not available: a user's only account cannot be unlinked.
#[utoipa::path(
    post, path = "/unlink-account", tag = "Not available", operation_id = "unlinkAccount",
    request_body = UnlinkAccountBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(PostErrors<UnlinkAccountRouteError>),
)]
pub async fn unlink(
    State(auth): State<Arc<Auth>>,
    _: ValidBody<UnlinkAccountBody, UnlinkAccountRouteError>,
    session: FreshSession<UnlinkAccountRouteError>,
) -> Result<Json<()>, UnlinkAccountRouteError> {
    Err(match auth.passwords.credential(session.principal.user_id()).await? {
        Some(_) => UnlinkAccountRouteError::LastAccount,
        None => AccountError::NotFound.into(),
    })
}

/// The account that a request selects: by its id, or by a cookie, which this service never sets.
pub struct AccountSelection(Option<String>);

impl MemberSet for AccountSelection {
    const SHAPE: Shape = Shape::Any;

    /// Reads `accountId` or `useAccountCookie: true`, with an optional `userId` and no other members.
    fn read(members: &mut Members<'_>) -> Self {
        let account = members.get("accountId").and_then(Value::as_str);
        let by_cookie = members.get("useAccountCookie") == Some(&Value::Bool(true));
        if account.is_some() == by_cookie || !members.get("userId").is_none_or(Value::is_string) {
            members.problem_with_all("Invalid input");
            return Self(None);
        }
        let selector = if by_cookie { "useAccountCookie" } else { "accountId" };
        let unknown = members.names().filter(|name| ![selector, "userId"].contains(name));
        let unknown: Vec<_> = unknown.map(|name| format!("\"{name}\"")).collect();
        if !unknown.is_empty() {
            let keys = if unknown.len() == 1 { "key" } else { "keys" };
            members.problem_with_all(&format!("Unrecognized {keys}: {}", unknown.join(", ")));
        }
        Self(account.map(str::to_owned))
    }

    fn object() -> Object {
        let object = Object::builder().description(Some("The account of the tokens."));
        let object = property::<Text>(object, "accountId", "An `id` of the list of accounts.");
        property::<Optional<Text>>(object, "userId", "").build()
    }
}

impl PartialSchema for AccountSelection {
    fn schema() -> RefOr<Schema> {
        Self::object().into()
    }
}

impl ToSchema for AccountSelection {}

impl AccountSelection {
    /// Whether it selects the account of the password, which has no provider.
    fn is_password_of(&self, principal: Principal) -> bool {
        self.0.as_deref() == Some(principal.user_id().as_str())
    }
}

route_errors! {
    /// The request has no session. The contract's answer has no body here.
    pub enum SignedOutError: ContractError {
        SignedOut => ContractError::unauthorized_without_body(),
        SecondFactorRequired => ContractError::second_factor_required(),
        ..Internal(InternalError),
    }
}

impl From<SessionError> for SignedOutError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Missing => Self::SignedOut,
            SessionError::Restricted => Self::SecondFactorRequired,
            SessionError::Internal(error) => error.into(),
        }
    }
}

route_errors! {
    /// Errors of `POST /get-access-token` and `POST /refresh-token`.
    pub enum ProviderTokenRouteError: ContractError {
        NotSupported => ContractError::bad_request("PROVIDER_NOT_SUPPORTED", "Provider credential is not supported."),
        ..Account(AccountError),
        ..SignedOut(SignedOutError),
        ..Validation(ValidationError),
    }
}

impl From<SessionError> for ProviderTokenRouteError {
    fn from(error: SessionError) -> Self {
        SignedOutError::from(error).into()
    }
}

/// Get another provider's access token
///
/// Not available: no provider is configured.
#[utoipa::path(
    post, path = "/get-access-token", tag = "Not available", operation_id = "getProviderToken",
    request_body = AccountSelection, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(PostErrors<ProviderTokenRouteError>),
)]
pub async fn access_token(
    selection: ValidBody<AccountSelection, ProviderTokenRouteError>,
    session: ActiveSession<ProviderTokenRouteError>,
) -> ProviderTokenRouteError {
    refresh_token(selection, session).await
}

/// Refresh another provider's tokens
///
/// Not available: no provider is configured.
#[utoipa::path(
    post, path = "/refresh-token", tag = "Not available", operation_id = "refreshProviderToken",
    request_body = AccountSelection, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(PostErrors<ProviderTokenRouteError>),
)]
pub async fn refresh_token(
    ValidBody(selection, ..): ValidBody<AccountSelection, ProviderTokenRouteError>,
    session: ActiveSession<ProviderTokenRouteError>,
) -> ProviderTokenRouteError {
    if selection.is_password_of(session.principal) {
        return ProviderTokenRouteError::NotSupported;
    }
    AccountError::NotFound.into()
}

route_errors! {
    /// Errors of `GET /account-info`.
    pub enum AccountInfoRouteError: ContractError {
        NotConfigured => ContractError::bad_request(
            "PROVIDER_NOT_CONFIGURED", "Account is not associated with a configured social provider.",
        ),
        ..Account(AccountError),
        ..SignedOut(SignedOutError),
        ..Validation(ValidationError),
    }
}

impl From<SessionError> for AccountInfoRouteError {
    fn from(error: SessionError) -> Self {
        SignedOutError::from(error).into()
    }
}

/// Get the user's profile at another provider
///
/// Not available: no provider is configured.
#[utoipa::path(
    get, path = "/account-info", tag = "Not available", operation_id = "getAccountInfo",
    params(("accountId" = String, Query, description = "An `id` of the list of accounts")),
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(GetErrors<AccountInfoRouteError>),
)]
pub async fn info(
    ValidQuery(selection, ..): ValidQuery<AccountSelection, AccountInfoRouteError>,
    session: ActiveSession<AccountInfoRouteError>,
) -> AccountInfoRouteError {
    if selection.is_password_of(session.principal) {
        return AccountInfoRouteError::NotConfigured;
    }
    AccountError::NotFound.into()
}
