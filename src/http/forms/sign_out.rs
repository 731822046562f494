//! `POST /actions/sign-out`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::request::{FormRequest, rejected};
use crate::domain::form::FormKind;

/// Ends the current session.
#[server(prefix = "/actions", endpoint = "sign-out", input = PostUrl)]
pub async fn submit_sign_out() -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    if let Some(principal) = request.principal
        && let Err(error) = request.auth.sessions.sign_out(principal, &request.requester).await
    {
        request.reject(rejected(FormKind::Sessions, error), "");
        return Ok(());
    }
    request.end_session();
    Ok(())
}
