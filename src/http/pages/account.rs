//! The pages of the account. Each redirects to the sign-in page without a session, and to the set-up of a second factor
//! with a restricted one.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Query, RawQuery, rejection::QueryRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{passkeys, return_to::ReturnTo};
use crate::{
    auth::{Auth, accounts::delete::RequiredProof, error::InternalError},
    domain::{
        authentication::AuthMethod,
        form::FormKind,
        return_address::with_next,
        session::{Session, StepUp},
        user::User,
    },
    http::{
        state::AppState,
        step_up::set_up_address,
        visitor::{Visitor, internal_error},
    },
    ui::pages::account::{
        activity::ActivityPage,
        delete::{DeletePage, DeletionStep},
        factors::FactorsState,
        profile::ProfilePage,
        recovery_codes::RecoveryCodesPage,
        security::SecurityPage,
        sessions::SessionsPage,
        two_step::TwoStepPage,
    },
};

/// Entries of the security log per page.
const EVENTS: u8 = 20;

/// The signed-in user as the visitor of a page.
pub struct SignedInVisitor {
    visitor: Visitor,
    user: Arc<User>,
    session: Session,
}

impl FromRequestParts<AppState> for SignedInVisitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        match visitor.account.clone() {
            Some((session, user)) => Ok(Self { visitor, user, session }),
            None if visitor.restricted.is_some() => {
                Err(Redirect::to(&set_up_address(Some(&visitor.path))).into_response())
            }
            None => Err(Redirect::to(&with_next("/sign-in", Some(&visitor.path))).into_response()),
        }
    }
}

/// `GET /account`: the profile.
pub async fn profile(SignedInVisitor { visitor, user, session }: SignedInVisitor) -> Response {
    let auth = &visitor.state.auth;
    let verify = !user.email_verified && auth.accounts.mail_is_offered();
    let passkeys = match passkeys::of_profile(auth, &session, &user).await {
        Ok(passkeys) => passkeys,
        Err(error) => return internal_error(error).into_response(),
    };
    visitor.render(StatusCode::OK, ProfilePage { email: user.email.clone(), name: user.name.clone(), verify, passkeys })
}

/// `GET /account/security`: the password, the passkeys, the second factors and the e-mail address.
pub async fn security(SignedInVisitor { visitor, user, session }: SignedInVisitor) -> Response {
    let auth = &visitor.state.auth;
    let first_password = match auth.passwords.credential(user.id).await {
        Ok(password) => password.is_none(),
        Err(error) => return internal_error(error).into_response(),
    };
    let step_up = match auth.sign_in.step_up(&session).await {
        Ok(step_up) => step_up,
        Err(error) => return internal_error(error).into_response(),
    };
    let first_password = first_password.then_some(step_up != StepUp::SignIn);
    let factors = match auth.factors.of(user.id).await {
        Ok(factors) => factors,
        Err(error) => return internal_error(error).into_response(),
    };
    let passkeys = match passkeys::section(auth, &user).await {
        Ok(passkeys) => passkeys,
        Err(error) => return internal_error(error).into_response(),
    };
    let email_change = auth.accounts.mail_is_offered().then_some(step_up);
    let methods = session.authentication.methods;
    let recovered = methods.is_some_and(|methods| methods.contains(AuthMethod::RecoveryCode));
    let can_turn_off = match auth.factors.can_be_removed(user.id).await {
        Ok(can_turn_off) => can_turn_off,
        Err(error) => return internal_error(error).into_response(),
    };
    let factors = FactorsState { factors, step_up, recovered, can_turn_off, now: auth.now() };
    let (email, rules) = (user.email.clone(), visitor.password_rules());
    let page = SecurityPage { email, rules, email_change, first_password, passkeys, factors };
    visitor.render(StatusCode::OK, page)
}

/// `GET /account/two-step`: the set-up of an authenticator app that this session has begun. Redirects without one.
pub async fn two_step(SignedInVisitor { visitor, user, session }: SignedInVisitor) -> Response {
    let key = visitor.state.auth.factors.totp_set_up(&session, &user).await;
    match key {
        Ok(Some(key)) => visitor.render(StatusCode::OK, TwoStepPage { email: user.email.clone(), key }),
        Ok(None) => Redirect::to(FormKind::Factors.page()).into_response(),
        Err(error) => internal_error(error).into_response(),
    }
}

/// `GET /account/recovery-codes`: the codes that the last form has made.
pub async fn recovery_codes(
    SignedInVisitor { visitor, user, .. }: SignedInVisitor,
    ReturnTo(next): ReturnTo,
) -> Response {
    let product = visitor.state.settings.product.clone();
    visitor.render(StatusCode::OK, RecoveryCodesPage { email: user.email.clone(), product, next })
}

/// `GET /account/sessions`: the signed-in devices. `?all` shows all of them.
pub async fn sessions(
    SignedInVisitor { visitor, user, session }: SignedInVisitor,
    RawQuery(query): RawQuery,
) -> Response {
    let auth = &visitor.state.auth;
    let sessions = match auth.sessions.list(user.id).await {
        Ok(sessions) => sessions,
        Err(error) => return internal_error(error).into_response(),
    };
    let all = query.is_some_and(|query| url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "all"));
    let page = SessionsPage { email: user.email.clone(), sessions, current: session.id, all, now: auth.now() };
    visitor.render(StatusCode::OK, page)
}

/// The cursor of the security log: shows entries older than this one.
#[derive(Debug, Default, Deserialize)]
pub struct EventsQuery {
    before: Option<i64>,
}

/// `GET /account/activity`: the security log.
pub async fn activity(
    SignedInVisitor { visitor, user, .. }: SignedInVisitor,
    query: Result<Query<EventsQuery>, QueryRejection>,
) -> Response {
    let auth = &visitor.state.auth;
    let before = query.ok().and_then(|Query(query)| query.before);
    let log = match auth.audit.notable_events(user.id, before, EVENTS).await {
        Ok(log) => log,
        Err(error) => return internal_error(error).into_response(),
    };
    let page = ActivityPage {
        email: user.email.clone(),
        events: log.events,
        has_newer: before.is_some(),
        older: log.next,
        now: auth.now(),
    };
    visitor.render(StatusCode::OK, page)
}

/// `GET /account/delete`: the form that deletes the account.
pub async fn delete(SignedInVisitor { visitor, user, session }: SignedInVisitor) -> Response {
    match deletion_step(&visitor.state.auth, &user, &session).await {
        Ok(step) => visitor.render(StatusCode::OK, DeletePage { email: user.email.clone(), step }),
        Err(error) => internal_error(error).into_response(),
    }
}

/// The button leads to the page that confirms the user's identity, if it is needed.
async fn deletion_step(auth: &Auth, user: &User, session: &Session) -> Result<DeletionStep, InternalError> {
    Ok(match auth.accounts.required_proof(session, user).await? {
        RequiredProof::Password => DeletionStep::Password,
        RequiredProof::None => DeletionStep::Button,
        _ if auth.sign_in.step_up(session).await? == StepUp::Confirm => DeletionStep::Button,
        RequiredProof::Link => DeletionStep::Link,
        RequiredProof::SignIn => DeletionStep::SignIn,
    })
}
