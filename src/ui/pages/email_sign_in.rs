//! `/sign-in/email`

use leptos::prelude::*;

use crate::{
    domain::{
        ReturnAddress,
        form::{Field, FormKind, FormState},
        return_address::with_next,
    },
    ui::{
        components::{
            field::{ContinueTo, EmailField, NextField, RememberField, field_id},
            form::PostForm,
        },
        feedback::Feedback,
        page::Page,
    },
};

const TITLE: &str = "Sign in by e-mail";

/// The form that asks for a code.
pub struct EmailSignInPage {
    /// The address to redirect to afterwards.
    pub next: Option<ReturnAddress>,
    /// Whether an address without an account gets one.
    pub sign_up: bool,
}

impl Page for EmailSignInPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "Get a code or a link by e-mail that signs you in without a password."
    }

    fn is_constant(&self) -> bool {
        self.next.is_none()
    }

    fn form_redirect_origin(&self) -> Option<&str> {
        self.next.as_ref()?.origin()
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::EmailSignIn, form);
        let autofocus = feedback.is_empty() && !matches!(form, Some(FormState::Done(_)));
        let with_password = with_next("/sign-in", self.next.as_ref().map(ReturnAddress::as_str));
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <ContinueTo action="Sign in" next=self.next.clone() />
                <p class="lead">
                    "We’ll send you a code and a link. You need no password."
                    {self.sign_up.then_some(" If you have no account yet, you get one.")}
                </p>
                <PostForm action="/actions/request-sign-in" feedback=feedback.clone() target=field_id>
                    <EmailField
                        value=feedback.value(Field::Email)
                        error=feedback.error(Field::Email)
                        autofocus=autofocus
                    />
                    <RememberField checked=feedback.remember() />
                    <NextField next=self.next />
                    <button type="submit" class="primary">"E-mail me a code"</button>
                </PostForm>
                <p class="aside">"Rather with your password? " <a href=with_password>"Sign in"</a></p>
            </section>
        }
        .into_any()
    }
}
