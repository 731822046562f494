//! `POST /actions/revoke-session` and `POST /actions/revoke-other-sessions`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::unless_bug,
    request::{FormRequest, rejected},
};
use crate::domain::form::{ALL_SESSIONS, FormError, FormKind, Notice};

/// Ends one session of the user. A session that has ended already, or an invalid id, is a success too. With `all`,
/// the next page shows all sessions again.
#[server(prefix = "/actions", endpoint = "revoke-session", input = PostUrl)]
pub async fn submit_revoke_session(
    #[server(default)] session_id: String,
    #[server(default)] all: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Sessions) else { return Ok(()) };
    if let Ok(session) = session_id.parse()
        && let Err(error) = request.auth.sessions.revoke(principal, session, &request.requester).await
    {
        request.reject(rejected(FormKind::Sessions, unless_bug(error, FormError::RevocationPending)), "");
        if !all.is_empty() {
            leptos_axum::redirect(ALL_SESSIONS);
        }
        return Ok(());
    }
    request.succeed(Notice::SessionEnded, if all.is_empty() { FormKind::Sessions.page() } else { ALL_SESSIONS });
    Ok(())
}

/// Ends every other session of the user.
#[server(prefix = "/actions", endpoint = "revoke-other-sessions", input = PostUrl)]
pub async fn submit_revoke_other_sessions() -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Sessions) else { return Ok(()) };
    match request.auth.sessions.revoke_others(principal, &request.requester).await {
        Ok(_) => request.succeed(Notice::OtherSessionsEnded, FormKind::Sessions.page()),
        Err(error) => request.reject(rejected(FormKind::Sessions, unless_bug(error, FormError::RevocationPending)), ""),
    }
    Ok(())
}
