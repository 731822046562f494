//! `POST /actions/second-step` and `POST /actions/second-step-passkey`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    passkey_response::PasskeyResponse,
    request::{FormRequest, rejected},
};
use crate::{
    auth::sign_in::second_factor::{SecondFactor, SecondStepDone, SecondStepError},
    domain::form::{FormError, FormKind, Notice, PasskeyProblem},
    http::session::{ceremony::CeremonyKind, second_step::WaitingSignIn},
};

/// Completes a sign-in with a code of an authenticator app, or with a recovery code.
#[server(prefix = "/actions", endpoint = "second-step", input = PostUrl)]
pub async fn submit_second_step(
    #[server(default)] code: String,
    #[server(default)] recovery: String,
    #[server(default)] trust: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = if recovery.is_empty() { FormKind::SecondStep } else { FormKind::RecoveryStep };
    // After five minutes, or in another browser.
    let Some(waiting) = request.jar.second_step(&request.settings.form_key) else {
        begin_again(&request, FormError::SecondStepEnded, "");
        return Ok(());
    };
    let done = check(&request, &waiting, form, &code, !trust.is_empty()).await;
    answer(&request, &waiting, form, done, wrong(form, &code)).await;
    Ok(())
}

/// Completes a sign-in with a passkey.
#[server(prefix = "/actions", endpoint = "second-step-passkey", input = PostUrl)]
pub async fn submit_passkey_step(
    #[server(default)] response: String,
    #[server(default)] trust: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::SecondStep;
    let Some(waiting) = request.jar.second_step(&request.settings.form_key) else {
        begin_again(&request, FormError::SecondStepEnded, "");
        return Ok(());
    };
    match PasskeyResponse::take(&request, CeremonyKind::SecondStep, &response) {
        Ok(response) => {
            let done = check_passkey(&request, &waiting, &response, !trust.is_empty()).await;
            answer(&request, &waiting, form, done, PasskeyProblem::Invalid.into()).await;
        }
        Err(problem) => request.reject(rejected(form, problem), ""),
    }
    Ok(())
}

async fn answer(
    request: &FormRequest,
    waiting: &WaitingSignIn,
    form: FormKind,
    done: Result<SecondStepDone, SecondStepError>,
    wrong: FormErrors,
) {
    match done {
        Ok(done) => finish(request, waiting, done).await,
        Err(SecondStepError::Ended) => begin_again(request, FormError::SecondStepEnded, &waiting.next),
        Err(SecondStepError::Exhausted) => begin_again(request, FormError::SecondStepExhausted, &waiting.next),
        Err(SecondStepError::Wrong) => request.reject(rejected(form, wrong), ""),
        Err(SecondStepError::Interrupted(interrupted)) => request.reject(rejected(form, interrupted), ""),
    }
}

async fn check_passkey(
    request: &FormRequest,
    waiting: &WaitingSignIn,
    PasskeyResponse { secret, response }: &PasskeyResponse,
    trust: bool,
) -> Result<SecondStepDone, SecondStepError> {
    let pending = waiting.pending().ok_or(SecondStepError::Ended)?;
    request.auth.sign_in.with_passkey_step(&pending, secret, response, trust, &request.requester).await
}

async fn check(
    request: &FormRequest,
    waiting: &WaitingSignIn,
    form: FormKind,
    code: &str,
    trust: bool,
) -> Result<SecondStepDone, SecondStepError> {
    let pending = waiting.pending().ok_or(SecondStepError::Ended)?;
    let factor = SecondFactor::parse(code).ok_or(SecondStepError::Wrong)?;
    // The lost device with the app is no reason to trust this one.
    let trust = trust && form == FormKind::SecondStep;
    request.auth.sign_in.with_second_factor(&pending, &factor, trust, &request.requester).await
}

fn wrong(form: FormKind, code: &str) -> FormErrors {
    let error = match (form, code.trim().is_empty()) {
        (FormKind::RecoveryStep, true) => FormError::RecoveryCodeMissing,
        (FormKind::RecoveryStep, false) => FormError::RecoveryCode,
        (_, true) => FormError::TotpMissing,
        (_, false) => FormError::Totp,
    };
    error.into()
}

/// Starts the session. After a recovery code, the page with the second factors asks to set up a new app, unless the user
/// continues at another page.
async fn finish(request: &FormRequest, waiting: &WaitingSignIn, done: SecondStepDone) {
    request.jar.drop_second_step();
    if let Some(trust) = &done.trust {
        request.jar.trust_device(trust, request.auth.now());
    }
    let is_recovery = done.recovery_codes_left.is_some();
    let next = if is_recovery && waiting.next.is_empty() { FormKind::Factors.page() } else { &waiting.next };
    request.start_session(&done.signed_in, next, is_recovery.then_some(Notice::RecoveryCodeUsed)).await;
}

/// The sign-in page says why the user begins again.
fn begin_again(request: &FormRequest, error: FormError, next: &str) {
    request.jar.drop_second_step();
    request.reject(rejected(FormKind::SignIn, error), next);
}
