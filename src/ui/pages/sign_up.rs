//! `/sign-up`

use leptos::prelude::*;

use crate::{
    domain::{
        ReturnAddress,
        form::{Field, FormError, FormKind, FormState},
        return_address::with_next,
    },
    ui::{
        components::{
            field::{ContinueTo, EmailField, NameField, NextField, RememberField, field_id},
            form::PostForm,
            passkeys::{PasskeyButton, PasskeyUse},
            password_field::{NewPasswordField, PasswordRules},
        },
        feedback::{Feedback, Remedy},
        page::{Load, Page},
    },
};

/// The form that creates an account.
pub struct SignUpPage {
    /// The address to redirect to afterwards.
    pub next: Option<ReturnAddress>,
    /// Whether the page offers an account with a passkey and no password.
    pub passkeys: bool,
    /// The rules for the password.
    pub rules: PasswordRules,
}

impl Page for SignUpPage {
    const HAS_FORMS: bool = true;
    const ISLANDS: Option<Load> = Some(Load::WhenUsed);

    fn title(&self) -> Option<&'static str> {
        Some("Create your account")
    }

    fn description(&self) -> &'static str {
        "Create an account with e-mail address and password."
    }

    fn is_constant(&self) -> bool {
        self.next.is_none()
    }

    fn has_passkeys(&self) -> bool {
        self.passkeys
    }

    fn form_redirect_origin(&self) -> Option<&str> {
        self.next.as_ref()?.origin()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let sign_in = with_next("/sign-in", self.next.as_ref().map(ReturnAddress::as_str));
        // The sign-in page fills in the address.
        let instead = Remedy { text: "Sign in instead", href: sign_in.clone() };
        let feedback = Feedback::new(FormKind::SignUp, form).with_remedy(FormError::EmailTaken, instead);
        view! {
            <section class="narrow">
                <h1>"Create your account"</h1>
                <ContinueTo action="Create an account" next=self.next.clone() />
                <PostForm action="/actions/sign-up" feedback=feedback.clone() target=field_id>
                    <EmailField
                        value=feedback.value(Field::Email)
                        error=feedback.error(Field::Email)
                        remedy=feedback.field_remedy(Field::Email)
                        autofocus=false
                    />
                    <NewPasswordField
                        id="password"
                        name="password"
                        label="Password"
                        rules=self.rules
                        error=feedback.error(Field::Password)
                    />
                    <NameField
                        value=feedback.value(Field::Name)
                        error=feedback.error(Field::Name)
                        hint="What we call you. You can change it later."
                    />
                    <RememberField checked=feedback.remember() />
                    <NextField next=self.next />
                    <button type="submit" class="primary">"Create account"</button>
                    {self.passkeys.then(|| view! {
                        <PasskeyButton
                            action="/actions/sign-up-passkey"
                            kind=PasskeyUse::Create
                            label="Create account with a passkey"
                        />
                        <p class="explain if-passkeys">
                            "A passkey replaces the password: you sign in with your fingerprint, face or PIN."
                        </p>
                    })}
                </PostForm>
                <p class="aside">"Already have an account? " <a href=sign_in>"Sign in"</a></p>
            </section>
        }
        .into_any()
    }
}
