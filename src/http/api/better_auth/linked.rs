//! What a user signs in with. There is one account for each user, the one with the password; its id is
//! the user's own, as its `accountId` is.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Extension, Json, extract::State};
use serde_json::{Map, Value};
use utoipa::{
    IntoResponses,
    openapi::{RefOr, Response, ResponseBuilder},
};

use super::{
    bodies::{ProviderTokenBody, UnlinkBody},
    body::{ContractBody, Members},
    description::{Anything, NeedsMembers, NeedsSession, Posted},
    error::{ContractError, Failed, Refusal},
    objects::AccountObject,
    query::Query,
    sessions::{NeedsFreshSession, require_fresh_session, require_session},
};
use crate::{
    auth::{Auth, Principal},
    http::openapi::refusals::{Refusals, Refused},
};

/// What the user signs in with
///
/// One account for each user: the one with the password.
#[utoipa::path(
    get, path = "/list-accounts", tag = "Signing in", operation_id = "listAccounts", security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The accounts", body = Vec<AccountObject>),
        Failed,
        Refused<(Anything, NeedsSession)>,
    ),
)]
pub async fn list(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
) -> Result<Json<Vec<AccountObject>>, Refusal> {
    let (principal, ..) = require_session(&auth, principal).await?;
    let credential = auth.password_credential(principal.user_id).await?;
    Ok(Json(credential.iter().map(AccountObject::from).collect()))
}

struct LastStays;

impl Refusals for LastStays {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![last_account(), no_account()]
    }
}

/// Unlink an account
///
/// The last one stays, and there is one.
#[utoipa::path(
    post, path = "/unlink-account", tag = "Not available", operation_id = "unlinkAccount", request_body = UnlinkBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(Failed, Refused<((Posted, NeedsMembers), (NeedsSession, NeedsFreshSession), LastStays)>),
)]
pub async fn unlink(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<()>, Refusal> {
    let mut members = Members::of(&body);
    members.string("accountId");
    members.finish()?;
    let principal = require_fresh_session(&auth, principal).await?;
    Err(match auth.password_credential(principal.user_id).await? {
        Some(_) => last_account().into(),
        None => no_account().into(),
    })
}

/// Nobody is signed in, which here is said without words.
struct Unnamed;

impl IntoResponses for Unnamed {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([(
            "401".to_owned(),
            ResponseBuilder::new().description("Sign in first. No body").build().into(),
        )])
    }
}

struct NoProvider;

impl Refusals for NoProvider {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![not_supported(), no_account()]
    }
}

struct NotConfiguredHere;

impl Refusals for NotConfiguredHere {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![not_configured(), no_account()]
    }
}

/// Another provider's access token
///
/// There is no other provider.
#[utoipa::path(
    post, path = "/get-access-token", tag = "Not available", operation_id = "getProviderToken",
    request_body = ProviderTokenBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(Failed, Unnamed, Refused<((Posted, NeedsMembers), NoProvider)>),
)]
pub async fn access_token(
    auth: State<Arc<Auth>>,
    principal: Option<Principal>,
    body: Extension<ContractBody>,
) -> Result<Json<()>, Refusal> {
    provider_token(auth, principal, body).await
}

/// Refresh another provider's tokens
///
/// There is no other provider.
#[utoipa::path(
    post, path = "/refresh-token", tag = "Not available", operation_id = "refreshProviderToken",
    request_body = ProviderTokenBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(Failed, Unnamed, Refused<((Posted, NeedsMembers), NoProvider)>),
)]
pub async fn refresh_token(
    auth: State<Arc<Auth>>,
    principal: Option<Principal>,
    body: Extension<ContractBody>,
) -> Result<Json<()>, Refusal> {
    provider_token(auth, principal, body).await
}

/// Other providers' tokens, of which there are none.
async fn provider_token(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<()>, Refusal> {
    let nothing = Value::Object(Map::new());
    let selected = Selection::of(Members::in_body(body.0.as_ref().unwrap_or(&nothing)))?;
    Err(selected.refusal(&auth, principal, not_supported()).await)
}

/// What another provider says of the user
///
/// There is no other provider.
#[utoipa::path(
    get, path = "/account-info", tag = "Not available", operation_id = "getAccountInfo",
    params(("accountId" = String, Query, description = "An `id` of the list of accounts")), security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(Failed, Unnamed, Refused<((Anything, NeedsMembers), NotConfiguredHere)>),
)]
pub async fn info(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Query(query): Query,
) -> Result<Json<()>, Refusal> {
    let selected = Selection::of(Members::of_query(&query))?;
    Err(selected.refusal(&auth, principal, not_configured()).await)
}

fn no_account() -> ContractError {
    ContractError::bad_request("ACCOUNT_NOT_FOUND", "Account not found")
}

fn last_account() -> ContractError {
    ContractError::bad_request("FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account")
}

fn not_supported() -> ContractError {
    ContractError::bad_request("PROVIDER_NOT_SUPPORTED", "Provider credential is not supported.")
}

fn not_configured() -> ContractError {
    let message = "Account is not associated with a configured social provider.";
    ContractError::bad_request("PROVIDER_NOT_CONFIGURED", message)
}

/// Which account is meant: the one with an id, or the one a cookie names, which nothing here sets.
struct Selection<'a> {
    account: Option<&'a str>,
}

impl<'a> Selection<'a> {
    /// Either `accountId` or `useAccountCookie: true`, perhaps with a `userId` that says nothing, and no more.
    fn of(mut members: Members<'a>) -> Result<Self, ContractError> {
        let by_id = members.has_string("accountId");
        let by_cookie = members.is_true("useAccountCookie");
        let user_fits = !members.has("userId") || members.has_string("userId");
        if by_id == by_cookie || !user_fits {
            members.problem_with_all("Invalid input");
        } else {
            let own = if by_id { "accountId" } else { "useAccountCookie" };
            let others: Vec<_> = members.names().filter(|name| ![own, "userId"].contains(name)).collect();
            let listed = others.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            match others.len() {
                0 => {}
                1 => members.problem_with_all(&format!("Unrecognized key: {listed}")),
                _ => members.problem_with_all(&format!("Unrecognized keys: {listed}")),
            }
        }
        let account = if by_id { members.optional_string("accountId") } else { None };
        members.finish()?;
        Ok(Self { account })
    }

    /// Why there is nothing for it: the account with the password has no provider behind it.
    async fn refusal(&self, auth: &Auth, principal: Option<Principal>, own: ContractError) -> Refusal {
        let session = match require_session(auth, principal).await {
            Ok((principal, ..)) => principal,
            Err(Refusal::Failed(failed)) => return Refusal::Failed(failed),
            Err(_) => return Refusal::Anonymous,
        };
        if self.account == Some(session.user_id.as_str()) {
            return own.into();
        }
        no_account().into()
    }
}
