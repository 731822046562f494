//! A new password for the account.

use leptos::prelude::*;

use crate::{
    domain::form::Field,
    ui::{
        components::{
            error_summary::ErrorSummary,
            password_field::{CurrentPasswordField, NewPasswordField},
        },
        page::PasswordRules,
        submission::Submission,
    },
};

/// The form that changes the password. The hidden user name tells a password manager whose it is.
#[component]
pub fn PasswordSection(
    /// The account's e-mail address.
    email: String,
    /// What the new password must be.
    rules: PasswordRules,
    /// What was refused just before.
    submission: Submission,
) -> AnyView {
    view! {
        <section aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <p class="explain">"Changing it signs out every other device."</p>
            <form class="stack" method="post" action="/actions/change-password" novalidate>
                <ErrorSummary submission=submission.clone() target=field_id />
                <input type="text" id="username" autocomplete="username" value=email readonly hidden />
                <CurrentPasswordField
                    id="current-password"
                    name="current_password"
                    label="Current password"
                    error=submission.error(Field::CurrentPassword)
                />
                <NewPasswordField
                    id="new-password"
                    name="new_password"
                    label="New password"
                    rules
                    error=submission.error(Field::Password)
                />
                <button type="submit">"Change password"</button>
            </form>
        </section>
    }
    .into_any()
}

fn field_id(field: Field) -> &'static str {
    match field {
        Field::CurrentPassword => "current-password",
        Field::Password | Field::Email | Field::Name => "new-password",
    }
}
