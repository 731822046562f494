//! What a user signs in with. There is one account for each user, the one with the password; its id is
//! the user's own, as its `accountId` is.

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use serde_json::Value;

use super::{
    body::{ContractBody, Members},
    error::{ContractError, Refusal},
    objects::AccountObject,
    query::Query,
    sessions::{require_fresh_session, require_session},
};
use crate::auth::{Auth, Principal};

/// `GET /list-accounts`
pub async fn list(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
) -> Result<Json<Vec<AccountObject>>, Refusal> {
    let (principal, ..) = require_session(&auth, principal).await?;
    let credential = auth.password_credential(principal.user_id).await?;
    Ok(Json(credential.iter().map(AccountObject::from).collect()))
}

/// `POST /unlink-account`: the last one stays, and there is one.
pub async fn unlink(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of(&body);
    members.string("accountId");
    members.finish()?;
    let principal = require_fresh_session(&auth, principal).await?;
    Err(match auth.password_credential(principal.user_id).await? {
        Some(_) => {
            ContractError::bad_request("FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account").into()
        }
        None => not_found(),
    })
}

/// `POST /get-access-token` and `POST /refresh-token`: other providers' tokens, of which there are none.
pub async fn provider_token(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    let selected = Selection::of(Members::of_any(&body))?;
    Err(selected.refusal(&auth, principal, "PROVIDER_NOT_SUPPORTED", "Provider credential is not supported.").await)
}

/// `GET /account-info`: what another provider says of the user.
pub async fn info(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Query(query): Query,
) -> Result<Json<Value>, Refusal> {
    let selected = Selection::of(Members::of_query(&query))?;
    let message = "Account is not associated with a configured social provider.";
    Err(selected.refusal(&auth, principal, "PROVIDER_NOT_CONFIGURED", message).await)
}

fn not_found() -> Refusal {
    ContractError::bad_request("ACCOUNT_NOT_FOUND", "Account not found").into()
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
        let account = members.optional_string("accountId").filter(|_| by_id);
        members.finish()?;
        Ok(Self { account })
    }

    /// Why there is nothing for it: the account with the password has no provider behind it.
    async fn refusal(&self, auth: &Auth, principal: Option<Principal>, code: &'static str, message: &str) -> Refusal {
        let session = match require_session(auth, principal).await {
            Ok((principal, ..)) => principal,
            Err(Refusal::Failed(failed)) => return Refusal::Failed(failed),
            Err(_) => return Refusal::Anonymous,
        };
        if self.account == Some(session.user_id.as_str()) {
            return ContractError::bad_request(code, message).into();
        }
        not_found()
    }
}
