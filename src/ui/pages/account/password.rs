//! The form that changes the password.

use leptos::prelude::*;

use crate::{
    domain::form::Field,
    ui::{
        components::{
            field::UsernameField,
            form::PostForm,
            password_field::{CurrentPasswordField, NewPasswordField, PasswordRules},
        },
        feedback::Feedback,
    },
};

const CURRENT: &str = "current-password";
const NEW: &str = "new-password";

/// The form that changes the password.
#[component]
pub fn PasswordSection(
    /// The account's e-mail address.
    email: String,
    /// The rules for the new password.
    rules: PasswordRules,
    /// The errors of the form.
    feedback: Feedback,
) -> AnyView {
    let target = |field| if field == Field::CurrentPassword { CURRENT } else { NEW };
    view! {
        <section aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <p class="explain">"Changing it signs out every other device."</p>
            <PostForm action="/actions/change-password" feedback=feedback.clone() target>
                <UsernameField id="username" email />
                <CurrentPasswordField
                    id=CURRENT
                    name="current_password"
                    label="Current password"
                    error=feedback.error(Field::CurrentPassword)
                />
                <NewPasswordField
                    id=NEW
                    name="new_password"
                    label="New password"
                    rules
                    error=feedback.error(Field::Password)
                />
                <button type="submit">"Change password"</button>
            </PostForm>
        </section>
    }
    .into_any()
}
