//! The end of the account.

use leptos::prelude::*;

use crate::{
    domain::form::Field,
    ui::{
        components::{error_summary::ErrorSummary, password_field::CurrentPasswordField},
        submission::Submission,
    },
};

/// The form that deletes the account; typing the password confirms it.
#[component]
pub fn Deletion(
    /// The account's e-mail address, for password managers.
    email: String,
    /// What was refused just before.
    submission: Submission,
) -> AnyView {
    view! {
        <section aria-labelledby="delete-account">
            <h2 id="delete-account">"Delete account"</h2>
            <p class="explain">
                "Deletes your profile and password for good and signs out every device. This can’t be undone."
            </p>
            <form class="stack" method="post" action="/actions/delete-account" novalidate>
                <ErrorSummary submission=submission.clone() target=|_: Field| FIELD />
                <input type="text" id="delete-username" autocomplete="username" value=email readonly hidden />
                <CurrentPasswordField
                    id=FIELD
                    name="current_password"
                    label="Your password, to confirm"
                    error=submission.error(Field::CurrentPassword)
                />
                <button type="submit" class="danger">"Delete account"</button>
            </form>
        </section>
    }
    .into_any()
}

const FIELD: &str = "delete-password";
