//! `POST /actions/sign-out`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::unless_bug,
    request::{FormRequest, rejected},
};
use crate::domain::form::{FormError, FormKind};

/// Ends the current session. The cookies are cleared in any case. If the end could not be stored, the sign-in page says
/// so.
#[server(prefix = "/actions", endpoint = "sign-out", input = PostUrl)]
pub async fn submit_sign_out() -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    if let Some(principal) = request.identity()
        && let Err(error) = request.auth.sessions.sign_out(principal, &request.requester).await
    {
        request.changes.end_session();
        request.reject(rejected(FormKind::SignIn, unless_bug(error, FormError::SignOutPending)), "");
        return Ok(());
    }
    request.end_session();
    Ok(())
}
