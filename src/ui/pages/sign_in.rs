//! `/sign-in`

use leptos::prelude::*;

use crate::{
    domain::{
        ReturnAddress,
        form::{Field, FormError, FormKind, FormState, PasskeyProblem},
        return_address::with_next,
    },
    ui::{
        components::{
            field::{ContinueTo, EmailField, NextField, RememberField, field_id},
            form::PostForm,
            passkeys::{PasskeyButton, PasskeyUse},
            password_field::CurrentPasswordField,
        },
        feedback::Feedback,
        page::{Load, Page},
    },
};

/// The sign-in form.
#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page that the settings offer")]
pub struct SignInPage {
    /// The address to redirect to afterwards.
    pub next: Option<ReturnAddress>,
    /// Why a signed-in user signs in again.
    pub again: Option<SignInAgain>,
    /// Whether the page links to sign-up.
    pub sign_up: bool,
    /// Whether the page links to the reset of a forgotten password.
    pub reset: bool,
    /// Whether the page offers a code by e-mail.
    pub by_mail: bool,
    /// Whether the page offers passkeys.
    pub passkeys: bool,
}

/// A sign-in that is too old or too weak for the next page.
pub struct SignInAgain {
    /// The address of the signed-in user.
    pub email: String,
    /// Whether only a passkey is strong enough.
    pub needs_passkey: bool,
}

impl SignInAgain {
    fn reason(&self) -> &'static str {
        if self.needs_passkey {
            "The page that you want to open needs a sign-in with your passkey. Sign in with it to continue."
        } else {
            "The page that you want to open needs a recent sign-in. Sign in again to continue."
        }
    }
}

impl Page for SignInPage {
    const HAS_FORMS: bool = true;
    const ISLANDS: Option<Load> = Some(Load::WhenUsed);

    fn title(&self) -> Option<&'static str> {
        Some("Sign in")
    }

    fn description(&self) -> &'static str {
        "Sign in to your account with e-mail address and password."
    }

    fn is_constant(&self) -> bool {
        self.next.is_none() && self.again.is_none()
    }

    fn has_passkeys(&self) -> bool {
        self.passkeys
    }

    fn form_redirect_origin(&self) -> Option<&str> {
        self.next.as_ref()?.origin()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::SignIn, form);
        // An error summary or a notice has the focus. A filled-in address leaves the password to type.
        let is_first = feedback.is_empty() && !matches!(form, Some(FormState::Done(_)));
        let email = feedback.value(Field::Email).or_else(|| self.again.as_ref().map(|again| again.email.clone()));
        let focused = is_first.then(|| email.as_ref().map_or(Field::Email, |_| Field::Password));
        // The password manager should forget it.
        let unknown = feedback.errors().contains(&FormError::Passkey(PasskeyProblem::Unknown));
        let sign_up = with_next("/sign-up", self.next.as_ref().map(ReturnAddress::as_str));
        view! {
            <section class="narrow">
                <h1>"Sign in"</h1>
                <ContinueTo action="Sign in" next=self.next.clone() />
                {self.again.as_ref().map(|again| view! { <p class="lead">{again.reason()}</p> })}
                <PostForm action="/actions/sign-in" feedback=feedback.clone() target=field_id>
                    <EmailField
                        value=email
                        error=feedback.error(Field::Email)
                        passkeys=self.passkeys
                        autofocus=focused == Some(Field::Email)
                    />
                    <CurrentPasswordField
                        id="password"
                        name="password"
                        label="Password"
                        error=feedback.error(Field::Password)
                        autofocus=focused == Some(Field::Password)
                    />
                    {self.reset.then(|| view! {
                        <p class="aside"><a href="/forgot-password">"Forgot your password?"</a></p>
                    })}
                    <RememberField checked=feedback.remember() />
                    <NextField next=self.next />
                    <button type="submit" class="primary">"Sign in"</button>
                    {self.passkeys.then(|| view! {
                        <PasskeyButton
                            action="/actions/sign-in-passkey"
                            kind=PasskeyUse::Get
                            label="Sign in with a passkey"
                        />
                    })}
                    {unknown.then(|| view! { <div hidden data-unknown-passkey=""></div> })}
                    {self.by_mail.then(|| view! {
                        <button type="submit" formaction="/actions/request-sign-in" name="from" value="sign-in">
                            "E-mail me a code"
                        </button>
                    })}
                </PostForm>
                {self.sign_up.then(|| view! {
                    <p class="aside">"New here? " <a href=sign_up>"Create an account"</a></p>
                })}
            </section>
        }
        .into_any()
    }
}
