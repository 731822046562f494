//! Sign in.

use leptos::prelude::*;

use super::with_next;
use crate::{
    domain::form::Field,
    ui::{
        components::{
            error_summary::ErrorSummary,
            field::{EmailField, NextField, RememberField},
            password_field::CurrentPasswordField,
        },
        page::SignInPage,
        submission::Submission,
    },
};

/// The form that opens a session. Typing starts at the e-mail address, unless there is an error to
/// read first.
#[component]
pub fn SignIn(
    /// What the page knows.
    page: SignInPage,
    /// What was refused just before.
    submission: Submission,
) -> impl IntoView {
    let sign_up = with_next("/sign-up", page.next.as_ref());
    view! {
        <section class="narrow">
            <h1>"Sign in"</h1>
            <form class="stack" method="post" action="/actions/sign-in" novalidate>
                <ErrorSummary submission=submission.clone() target=field_id />
                <EmailField
                    value=submission.email()
                    error=submission.error(Field::Email)
                    autofocus=!submission.failed()
                />
                <CurrentPasswordField
                    id="password"
                    name="password"
                    label="Password"
                    error=submission.error(Field::Password)
                />
                <RememberField />
                <NextField next=page.next />
                <button type="submit" class="primary">"Sign in"</button>
            </form>
            <p class="aside">"New here? " <a href=sign_up>"Create an account"</a></p>
        </section>
    }
}

fn field_id(field: Field) -> &'static str {
    match field {
        Field::Email | Field::Name => "email",
        Field::Password | Field::CurrentPassword => "password",
    }
}
