//! Whose code a request presents, and the completion of a sign-in.

use axum::{Json, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::{
        Principal, Requester,
        error::Interrupted,
        sign_in::{
            PendingSignIn,
            second_factor::{SecondFactor, SecondStepError},
        },
    },
    http::{
        api::better_auth::{contract::ContractError, models::UserObject},
        route_error::route_errors,
        session::{changes::ResponseChanges, cookies::CookieJar},
        state::AppState,
    },
};

route_errors! {
    /// A code is not compared.
    pub enum CodeOwnerError: ContractError {
        Unknown => ContractError::new(
            StatusCode::UNAUTHORIZED, "INVALID_TWO_FACTOR_COOKIE", "Invalid two factor cookie",
        ),
        Exhausted => ContractError::bad_request(
            "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", "Too many attempts. Please request a new code.",
        ),
        ..Interrupted(Interrupted),
    }
}

/// The owner of a code.
pub enum CodeOwner {
    /// The user of a session.
    SignedIn(Principal),
    /// A browser whose sign-in waits for the second factor.
    Waiting(PendingSignIn),
}

impl CodeOwner {
    /// The session comes first, as in the contract.
    pub async fn of(principal: Option<Principal>, state: &AppState, jar: &CookieJar) -> Result<Self, CodeOwnerError> {
        if let Some(principal) = principal
            && state.auth.sessions.current(principal).await.map_err(Interrupted::from)?.is_some()
        {
            return Ok(Self::SignedIn(principal));
        }
        let waiting = jar.second_step(&state.settings.form_key).and_then(|waiting| waiting.pending());
        waiting.map(Self::Waiting).ok_or(CodeOwnerError::Unknown)
    }
}

/// An accepted code.
#[derive(Serialize, ToSchema)]
pub struct AcceptedCode {
    /// The session token of a new session. In a session that continues: its id.
    token: String,
    user: UserObject,
}

impl AcceptedCode {
    /// The answer in a session, which continues.
    pub async fn in_session(principal: Principal, state: &AppState) -> Result<Json<Self>, CodeOwnerError> {
        let current = state.auth.sessions.current(principal).await.map_err(Interrupted::from)?;
        let (session, user) = current.ok_or(CodeOwnerError::Unknown)?;
        Ok(Json(Self { token: session.id.to_string(), user: UserObject::from(&*user) }))
    }
}

/// A presented code. `factor` is `None` for a text that no code can be: it is wrong, and not counted.
pub struct Presented<'a> {
    pub factor: Option<SecondFactor>,
    /// Whether this browser needs no second factor for a while.
    pub trust: bool,
    pub requester: &'a Requester,
}

impl Presented<'_> {
    /// Checks the code of a signed-in user, and uses it up.
    pub async fn check(self, principal: Principal, state: &AppState) -> Result<(), SecondStepError> {
        let factor = self.factor.ok_or(SecondStepError::Wrong)?;
        state.auth.sign_in.verify_second_factor(principal, &factor, self.requester).await
    }

    /// Completes the sign-in, and sets the cookies.
    pub async fn complete(
        self,
        pending: &PendingSignIn,
        state: &AppState,
        jar: &CookieJar,
        changes: &ResponseChanges,
    ) -> Result<AcceptedCode, SecondStepError> {
        let sign_in = &state.auth.sign_in;
        let Some(factor) = self.factor else {
            let waits = sign_in.is_pending(pending).await?;
            return Err(if waits { SecondStepError::Wrong } else { SecondStepError::Ended });
        };
        let done = sign_in.with_second_factor(pending, &factor, self.trust, self.requester).await;
        if matches!(done, Ok(_) | Err(SecondStepError::Exhausted)) {
            jar.drop_second_step();
        }
        let done = done?;
        if let Some(trust) = &done.trust {
            jar.trust_device(trust, state.auth.now());
        }
        changes.start_session(&done.signed_in);
        let token = done.signed_in.session_token.expose();
        Ok(AcceptedCode { token, user: UserObject::from(&done.signed_in.user) })
    }
}
