//! `POST /actions/request-sign-in`, `POST /actions/sign-in-with-code` and `POST /actions/sign-in-with-link`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    request::{FormRequest, rejected},
};
use crate::{
    auth::{
        codes::PresentedCode,
        error::InternalError,
        sign_in::{
            SignInStep,
            by_mail::{LinkError, MailRequest, MailSignedIn, NewUserProfile},
        },
    },
    domain::{
        ReturnAddress,
        form::{Field, FormError, FormKind, FormState, Notice, RejectedForm, Remember},
        return_address::with_next,
    },
    http::session::mail_request::MailRequested,
    mail::sign_in::SignInParts,
};

/// The value of `from` on the sign-in page, where the address can be empty.
const SIGN_IN_PAGE: &str = "sign-in";

/// Asks for a message with a code and a link. The answer is the same for all addresses.
#[server(prefix = "/actions", endpoint = "request-sign-in", input = PostUrl)]
pub async fn submit_sign_in_request(
    #[server(default)] email: String,
    #[server(default)] remember: Remember,
    #[server(default)] next: String,
    #[server(default)] from: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::EmailSignIn;
    if !is_offered(&request) {
        return Ok(());
    }
    if email.trim().is_empty() && from == SIGN_IN_PAGE {
        let filled = RejectedForm::new(form, Vec::new()).with_remember(remember);
        request.changes.show_form(FormState::Filled(filled));
        let next = request.settings.return_address(&next);
        leptos_axum::redirect(&with_next(form.page(), next.as_ref().map(ReturnAddress::as_str)));
        return Ok(());
    }
    match ask(&request, &email, remember, &next).await {
        Ok(()) => leptos_axum::redirect(FormKind::SignInCode.page()),
        Err(errors) => {
            let rejected = rejected(form, errors).with_value(Field::Email, &email);
            request.reject(rejected.with_remember(remember), &next);
        }
    }
    Ok(())
}

async fn ask(request: &FormRequest, email: &str, remember: Remember, next: &str) -> Result<(), FormErrors> {
    let key = &request.settings.form_key;
    let browser = request.jar.browser_secret(key).map_err(InternalError::from)?;
    let earlier = request.jar.mail_request(key);
    let next = request.settings.return_address(next).map(|next| next.as_str().to_owned());
    let mail = MailRequest {
        email,
        name: "",
        remember: remember.is_persistent(),
        parts: SignInParts::CodeAndLink,
        return_to: next.clone(),
        new_user_return_to: None,
        error_return_to: None,
    };
    request.auth.sign_in.request_mail(mail, &browser, &request.requester).await?;
    let (next, now) = (next.unwrap_or_default(), request.auth.now());
    let requested = MailRequested::new(&browser, email, remember.is_persistent(), &next, now);
    if earlier.is_some_and(|earlier| earlier.email == requested.email) {
        request.changes.show_form(FormState::Done(Notice::CodeSentAgain));
    }
    request.jar.keep_mail_request(&requested, key);
    Ok(())
}

/// Signs in with the code, in the browser that asked for it.
#[server(prefix = "/actions", endpoint = "sign-in-with-code", input = PostUrl)]
pub async fn submit_sign_in_code(#[server(default)] code: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    if !is_offered(&request) {
        return Ok(());
    }
    // After ten minutes, or in another browser.
    let Some(requested) = request.jar.mail_request(&request.settings.form_key) else {
        leptos_axum::redirect(FormKind::EmailSignIn.page());
        return Ok(());
    };
    match check(&request, &requested, &code).await {
        Ok(signed_in) => finish(&request, signed_in).await,
        Err(errors) => request.reject(rejected(FormKind::SignInCode, errors), ""),
    }
    Ok(())
}

async fn check(request: &FormRequest, requested: &MailRequested, code: &str) -> Result<MailSignedIn, FormErrors> {
    if code.trim().is_empty() {
        return Err(FormError::CodeMissing.into());
    }
    let browser = requested.browser().map(|browser| browser.digest());
    let presented = PresentedCode { email: &requested.email, code, browser };
    let profile = NewUserProfile::default();
    Ok(request.auth.sign_in.with_code(presented, profile, &request.requester).await?)
}

/// Signs in with the link that the browser has opened.
#[server(prefix = "/actions", endpoint = "sign-in-with-link", input = PostUrl)]
pub async fn submit_sign_in_link(#[server(default)] link: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::SignInLink;
    if !is_offered(&request) {
        return Ok(());
    }
    let Some(token) = request.link(&link) else {
        leptos_axum::redirect(form.page());
        return Ok(());
    };
    match request.auth.sign_in.with_link(&token, &request.requester).await {
        Ok(signed_in) => finish(&request, signed_in).await,
        // The page says what happened to the link.
        Err(LinkError::Invalid) => leptos_axum::redirect(form.page()),
        Err(error) => request.reject(rejected(form, error), ""),
    }
    Ok(())
}

/// Starts the session, or asks for the second factor. The user continues as the message was requested.
async fn finish(request: &FormRequest, signed_in: MailSignedIn) {
    let MailSignedIn { step, sign_in, created } = signed_in;
    let next = sign_in.new_user_return_to.filter(|_| created).or(sign_in.return_to).unwrap_or_default();
    request.jar.drop_link();
    request.jar.drop_mail_request();
    match step {
        SignInStep::Complete(signed_in) => {
            request.start_session(&signed_in, &next, created.then_some(Notice::AccountCreated)).await;
        }
        SignInStep::SecondFactor(pending) => request.ask_second_step(&pending, &next),
    }
}

/// Otherwise the page of the form, which does not exist, answers.
fn is_offered(request: &FormRequest) -> bool {
    let offered = request.auth.sign_in.by_mail_is_offered();
    if !offered {
        leptos_axum::redirect(FormKind::EmailSignIn.page());
    }
    offered
}
