//! Create an account.

use leptos::prelude::*;

use super::with_next;
use crate::{
    domain::form::Field,
    ui::{
        components::{
            error_summary::ErrorSummary,
            field::{EmailField, NameField, NextField, RememberField},
            password_field::NewPasswordField,
        },
        page::SignUpPage,
        submission::Submission,
    },
};

/// The form that makes an account.
#[component]
pub fn SignUp(
    /// What the page knows.
    page: SignUpPage,
    /// What was refused just before.
    submission: Submission,
) -> impl IntoView {
    let sign_in = with_next("/sign-in", page.next.as_ref());
    view! {
        <section class="narrow">
            <h1>"Create your account"</h1>
            <form class="stack" method="post" action="/actions/sign-up" novalidate>
                <ErrorSummary submission=submission.clone() target=field_id />
                <EmailField value=submission.email() error=submission.error(Field::Email) autofocus=false />
                <NewPasswordField
                    id="password"
                    name="password"
                    label="Password"
                    rules=page.rules
                    error=submission.error(Field::Password)
                />
                <NameField
                    value=submission.name()
                    error=submission.error(Field::Name)
                    hint="What we call you. You can change it later."
                />
                <RememberField />
                <NextField next=page.next />
                <button type="submit" class="primary">"Create account"</button>
            </form>
            <p class="aside">"Already have an account? " <a href=sign_in>"Sign in"</a></p>
        </section>
    }
}

fn field_id(field: Field) -> &'static str {
    match field {
        Field::Email => "email",
        Field::Name => "name",
        Field::Password | Field::CurrentPassword => "password",
    }
}
