//! `POST /actions/sign-in-passkey/options` and the options of the other forms with a passkey, for the script of the page.
//!
//! The answer is JSON with `options`, or with the `page` that says why there are none. A request that the user has not
//! made ("conditional mediation") gets neither then: the page stays as it is.

use axum::{
    Json,
    extract::{Form, FromRequestParts, rejection::FormRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{errors::FormErrors, passkeys::given, request::rejected};
use crate::{
    auth::{
        Principal, Requester,
        accounts::passkey_sign_up::PasskeySignUp,
        error::InternalError,
        factors::passkeys::{AddPasskeyError, Ceremony, Mediation, NewPasskeyOptions},
        sign_in::second_factor::SecondStepError,
    },
    domain::{
        ReturnAddress,
        form::{Field, FormError, FormKind, FormState, RejectedForm, Remember},
        return_address::with_next,
        session::StepUp,
    },
    http::{
        extract::principal,
        session::{ceremony::CeremonyKind, changes::ResponseChanges, cookies::CookieJar},
        state::AppState,
        step_up,
    },
};

/// The request for options.
pub struct OptionsRequest {
    state: AppState,
    requester: Requester,
    principal: Option<Principal>,
    /// The user of a session that may only set up a second factor.
    restricted: Option<Principal>,
    changes: ResponseChanges,
    jar: CookieJar,
}

/// The fields of the form, without passwords.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    email: String,
    name: String,
    next: String,
    remember: Remember,
    mediation: String,
}

/// What the script gets.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Options(Value),
    Page(String),
}

type Posted = Result<Form<Fields>, FormRejection>;

/// The options of a sign-in.
pub async fn sign_in(request: OptionsRequest, posted: Posted) -> Result<Response, StatusCode> {
    let fields = read(posted)?;
    Ok(match request.state.auth.sign_in.begin_passkey(None, &request.requester).await {
        Ok(ceremony) => request.begin(CeremonyKind::SignIn, ceremony),
        Err(error) => {
            let rejected = rejected(FormKind::SignIn, error).with_value(Field::Email, &fields.email);
            request.refuse(rejected.with_remember(fields.remember), &fields)
        }
    })
}

/// The options of a sign-up.
pub async fn sign_up(request: OptionsRequest, posted: Posted) -> Result<Response, StatusCode> {
    let fields = read(posted)?;
    let remember = fields.remember.is_persistent();
    let form = PasskeySignUp { email: &fields.email, name: &fields.name, remember, return_to: None };
    Ok(match request.state.auth.accounts.begin_passkey_sign_up(form, &request.requester).await {
        Ok(ceremony) => request.begin(CeremonyKind::SignUp, ceremony),
        Err(error) => {
            let rejected = rejected(FormKind::SignUp, error);
            let values = rejected.with_value(Field::Email, &fields.email).with_value(Field::Name, &fields.name);
            request.refuse(values.with_remember(fields.remember), &fields)
        }
    })
}

/// The options of the second step.
pub async fn second_step(request: OptionsRequest, posted: Posted) -> Result<Response, StatusCode> {
    let fields = read(posted)?;
    let waiting = request.jar.second_step(&request.state.settings.form_key);
    let next = waiting.as_ref().map(|waiting| waiting.next.clone()).unwrap_or_default();
    let begun = match waiting.and_then(|waiting| waiting.pending()) {
        Some(pending) => request.state.auth.sign_in.begin_passkey_step(&pending, &request.requester).await,
        None => Err(SecondStepError::Ended),
    };
    Ok(match begun {
        Ok(ceremony) => request.begin(CeremonyKind::SecondStep, ceremony),
        Err(SecondStepError::Interrupted(error)) => request.refuse(rejected(FormKind::SecondStep, error), &fields),
        Err(_) => {
            request.jar.drop_second_step();
            let ended = rejected(FormKind::SignIn, FormError::SecondStepEnded);
            request.refuse(ended, &Fields { next, ..fields })
        }
    })
}

/// The options of a confirmation: the passkeys of the signed-in user.
pub async fn confirm(request: OptionsRequest, posted: Posted) -> Result<Response, StatusCode> {
    let (fields, form) = (read(posted)?, FormKind::Confirmation);
    let Some(principal) = request.principal else {
        return Ok(OptionsRequest::answer(Answer::Page(with_next("/sign-in", Some(form.page()))), &fields));
    };
    Ok(match request.state.auth.sign_in.begin_passkey(Some(principal.user_id()), &request.requester).await {
        Ok(ceremony) => request.begin(CeremonyKind::SignIn, ceremony),
        Err(error) => request.refuse(rejected(form, error), &fields),
    })
}

/// The options of a new passkey, also for a restricted session.
pub async fn add(request: OptionsRequest, posted: Posted) -> Result<Response, StatusCode> {
    let fields = read(posted)?;
    let form = if request.restricted.is_some() { FormKind::RequiredSetUp } else { FormKind::NewPasskey };
    let Some(principal) = request.restricted.or(request.principal) else {
        return Ok(OptionsRequest::answer(Answer::Page(with_next("/sign-in", Some(form.page()))), &fields));
    };
    Ok(match request.add(principal, &fields).await {
        Ok(ceremony) => request.begin(CeremonyKind::Registration, ceremony),
        Err(Refusal::NotRecent) if principal.is_restricted() => {
            request.refuse(rejected(form, FormError::NotRecent), &fields)
        }
        Err(Refusal::NotRecent) => {
            OptionsRequest::answer(Answer::Page(request.confirm_page(principal, form).await), &fields)
        }
        Err(Refusal::Errors(errors)) => {
            request.refuse(rejected(form, errors).with_value(Field::PasskeyName, &fields.name), &fields)
        }
    })
}

/// Why a passkey cannot be added.
enum Refusal {
    NotRecent,
    Errors(FormErrors),
}

fn read(posted: Posted) -> Result<Fields, StatusCode> {
    posted.map(|Form(fields)| fields).map_err(|_| StatusCode::BAD_REQUEST)
}

impl Fields {
    fn is_conditional(&self) -> bool {
        self.mediation == "conditional"
    }
}

impl OptionsRequest {
    async fn add(&self, principal: Principal, fields: &Fields) -> Result<Ceremony, Refusal> {
        let name = given(&fields.name).map_err(|problem| Refusal::Errors(problem.into()))?;
        let name = name.map(|name| name.as_str().to_owned());
        let mediation = if fields.is_conditional() { Mediation::Conditional } else { Mediation::Modal };
        let options = NewPasskeyOptions { name, mediation, ..NewPasskeyOptions::default() };
        let begun = self.state.auth.factors.begin_passkey(principal, options, &self.requester).await;
        begun.map_err(|error| match error {
            AddPasskeyError::NotRecent => Refusal::NotRecent,
            error => Refusal::Errors(error.into()),
        })
    }

    /// The page where the user confirms their identity, or signs in again with a passkey, and continues at the form.
    async fn confirm_page(&self, principal: Principal, form: FormKind) -> String {
        let auth = &self.state.auth;
        let can_confirm = async {
            let Some((session, _)) = auth.sessions.current(principal).await? else { return Ok(false) };
            Ok::<_, InternalError>(auth.sign_in.step_up(&session).await? != StepUp::SignIn)
        };
        // The pages say why the database does not answer.
        if can_confirm.await.unwrap_or_default() {
            with_next(FormKind::Confirmation.page(), Some(form.page()))
        } else {
            step_up::recent_sign_in_address(form)
        }
    }

    /// Answers with the options, and keeps the secret of the ceremony in the browser.
    fn begin(&self, kind: CeremonyKind, ceremony: Ceremony) -> Response {
        self.jar.keep_ceremony(kind, &ceremony.secret);
        Json(Answer::Options(ceremony.options)).into_response()
    }

    /// Answers with the page of the form, which says why it is rejected.
    fn refuse(&self, form: RejectedForm, fields: &Fields) -> Response {
        let next = self.state.settings.return_address(&fields.next);
        let page = with_next(form.form().page(), next.as_ref().map(ReturnAddress::as_str));
        if !fields.is_conditional() {
            self.changes.show_form(FormState::Failed(form));
        }
        Self::answer(Answer::Page(page), fields)
    }

    fn answer(answer: Answer, fields: &Fields) -> Response {
        if fields.is_conditional() { StatusCode::NO_CONTENT.into_response() } else { Json(answer).into_response() }
    }
}

impl FromRequestParts<AppState> for OptionsRequest {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, StatusCode> {
        let authentication = principal::authentication(parts);
        if let Some(status) = authentication.failure() {
            return Err(status);
        }
        let (changes, jar) = (parts.extensions.get().cloned(), parts.extensions.get().cloned());
        // The session middleware adds both.
        let (Some(changes), Some(jar)) = (changes, jar) else { return Err(StatusCode::INTERNAL_SERVER_ERROR) };
        let requester = parts.extensions.get().cloned().unwrap_or_default();
        Ok(Self {
            state: state.clone(),
            requester,
            principal: authentication.principal(),
            restricted: authentication.restricted(),
            changes,
            jar,
        })
    }
}
