//! The server functions behind the forms: read the input, call the use case, say where to go next.
//!
//! They answer a plain form post with a redirect. What was wrong travels to the next page as a
//! [`FormState`](crate::domain::form::FormState), so that one code path serves browsers with and
//! without JavaScript.

pub(crate) mod outcome;
pub mod run;

use leptos::{prelude::*, server_fn::codec::PostUrl};

use outcome::{Outcome, Visit};

use crate::{
    auth::{
        accounts::{
            delete::{DeleteUserError, Proof},
            sign_up::SignUp,
        },
        password::change::{PasswordChange, PasswordChanged},
        sign_in::password::SignIn,
    },
    domain::{
        Name,
        form::{FormError, FormKind, Notice},
        user::ProfileChange,
    },
};

/// Makes an account and signs its owner in.
#[server(prefix = "/actions", endpoint = "sign-up", input = PostUrl)]
pub async fn submit_sign_up(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] remember: String,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let visit = Visit::of_request()?;
    let form = SignUp { email: &email, name: &name, password: &password, image: None, remember: remember == "true" };
    match visit.auth.sign_up(form, &visit.requester).await {
        Ok(signed_in) => visit.enter(&signed_in, &next).await,
        Err(error) => visit.refuse(Outcome::from(error).at(FormKind::SignUp).showing(&email, &name), "/sign-up", &next),
    }
    Ok(())
}

/// Opens a session.
#[server(prefix = "/actions", endpoint = "sign-in", input = PostUrl)]
pub async fn submit_sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] remember: String,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let visit = Visit::of_request()?;
    let form = SignIn { email: &email, password: &password, remember: remember == "true" };
    match visit.auth.sign_in(form, &visit.requester).await {
        Ok(signed_in) => visit.enter(&signed_in, &next).await,
        Err(error) => visit.refuse(Outcome::from(error).at(FormKind::SignIn).showing(&email, ""), "/sign-in", &next),
    }
    Ok(())
}

/// Ends this session.
#[server(prefix = "/actions", endpoint = "sign-out", input = PostUrl)]
pub async fn submit_sign_out() -> Result<(), ServerFnError> {
    let visit = Visit::of_request()?;
    if let Some(principal) = visit.principal
        && let Err(error) = visit.auth.sign_out(principal, &visit.requester).await
    {
        visit.refuse(Outcome::from(error).at(FormKind::Sessions), "/account", "");
        return Ok(());
    }
    visit.changes.end_session();
    visit.done(Notice::SignedOut, "/");
    Ok(())
}

/// Changes the name.
#[server(prefix = "/actions", endpoint = "update-profile", input = PostUrl)]
pub async fn submit_profile(#[server(default)] name: String) -> Result<(), ServerFnError> {
    let visit = Visit::of_request()?;
    let Some(principal) = visit.require_principal() else { return Ok(()) };
    let saved = match Name::parse(&name) {
        Ok(name) => {
            let change = ProfileChange { name: Some(name), image: None };
            visit.auth.update_profile(principal, change, &visit.requester).await.map_err(Outcome::from)
        }
        Err(invalid) => Err(Outcome::from(FormError::Name(invalid))),
    };
    match saved {
        Ok(_) => visit.done(Notice::ProfileSaved, "/account"),
        Err(outcome) => visit.refuse(outcome.at(FormKind::Profile).showing("", &name), "/account", ""),
    }
    Ok(())
}

/// Replaces the password and ends every other session.
#[server(prefix = "/actions", endpoint = "change-password", input = PostUrl)]
pub async fn submit_password(
    #[server(default)] current_password: String,
    #[server(default)] new_password: String,
) -> Result<(), ServerFnError> {
    let visit = Visit::of_request()?;
    let Some(principal) = visit.require_principal() else { return Ok(()) };
    let change = PasswordChange { current: &current_password, new: &new_password, new_session: true };
    match visit.auth.change_password(principal, change, &visit.requester).await {
        Ok(changed) => {
            if let PasswordChanged::NewSession(signed_in) = changed {
                visit.changes.start_session(&signed_in);
            }
            visit.done(Notice::PasswordChanged, "/account");
        }
        Err(error) => visit.refuse(Outcome::from(error).at(FormKind::Password), "/account", ""),
    }
    Ok(())
}

/// Ends one session of this user.
#[server(prefix = "/actions", endpoint = "revoke-session", input = PostUrl)]
pub async fn submit_revoke_session(#[server(default)] session_id: String) -> Result<(), ServerFnError> {
    let visit = Visit::of_request()?;
    let Some(principal) = visit.require_principal() else { return Ok(()) };
    let ended = match session_id.parse() {
        Ok(session) => visit.auth.revoke_session(principal, session, &visit.requester).await.map_err(Outcome::from),
        Err(_) => Ok(false),
    };
    match ended {
        // One that has ended already is what the person wanted.
        Ok(_) => visit.done(Notice::SessionEnded, "/account"),
        Err(outcome) => visit.refuse(outcome.at(FormKind::Sessions), "/account", ""),
    }
    Ok(())
}

/// Ends every other session of this user.
#[server(prefix = "/actions", endpoint = "revoke-other-sessions", input = PostUrl)]
pub async fn submit_revoke_other_sessions() -> Result<(), ServerFnError> {
    let visit = Visit::of_request()?;
    let Some(principal) = visit.require_principal() else { return Ok(()) };
    match visit.auth.revoke_other_sessions(principal, &visit.requester).await {
        Ok(_) => visit.done(Notice::OtherSessionsEnded, "/account"),
        Err(error) => visit.refuse(Outcome::from(error).at(FormKind::Sessions), "/account", ""),
    }
    Ok(())
}

/// Deletes the account, once its password has been typed again.
#[server(prefix = "/actions", endpoint = "delete-account", input = PostUrl)]
pub async fn submit_delete_account(#[server(default)] current_password: String) -> Result<(), ServerFnError> {
    let visit = Visit::of_request()?;
    let Some(principal) = visit.require_principal() else { return Ok(()) };
    match visit.auth.delete_user(principal, Proof::Password(&current_password), &visit.requester).await {
        Ok(()) => {
            visit.changes.end_session();
            visit.done(Notice::AccountDeleted, "/");
        }
        // The session has ended elsewhere, perhaps with the account: nothing was deleted here.
        Err(DeleteUserError::Gone) => {
            visit.changes.end_session();
            visit.ask_to_sign_in();
        }
        Err(error) => visit.refuse(Outcome::from(error).at(FormKind::Deletion), "/account", ""),
    }
    Ok(())
}
