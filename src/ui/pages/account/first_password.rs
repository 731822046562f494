//! The section of `/account/security` for an account without a password.

use leptos::prelude::*;

use crate::{
    domain::form::{Field, FormKind, FormState},
    ui::{
        components::{
            field::UsernameField,
            form::PostForm,
            password_field::{NewPasswordField, PasswordRules},
        },
        feedback::Feedback,
    },
};

const NEW: &str = "new-password";

/// The form that sets the first password.
#[component]
pub fn FirstPasswordSection(
    /// The account's e-mail address.
    email: String,
    /// The rules for the password.
    rules: PasswordRules,
    /// Whether the user signed in recently enough, or can confirm their identity.
    is_offered: bool,
    /// The outcome of the last form post.
    form: Option<FormState>,
) -> AnyView {
    let feedback = Feedback::new(FormKind::FirstPassword, form.as_ref());
    if !is_offered {
        return view! {
            <section aria-labelledby="password">
                <h2 id="password">"Password"</h2>
                <p class="explain">
                    "You have no password. To set one, sign out and sign in again: your last sign-in is too long ago."
                </p>
            </section>
        }
        .into_any();
    }
    view! {
        <section aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <p class="explain">
                "You have no password: you sign in by e-mail. Setting one signs out every other device."
            </p>
            <PostForm action="/actions/set-password" feedback=feedback.clone() target=|_| NEW>
                <UsernameField id="username" email />
                <NewPasswordField
                    id=NEW
                    name="new_password"
                    label="New password"
                    rules
                    error=feedback.error(Field::Password)
                />
                <button type="submit">"Set password"</button>
            </PostForm>
        </section>
    }
    .into_any()
}
