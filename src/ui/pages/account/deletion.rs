//! The form that deletes the account.

use leptos::prelude::*;

use crate::{
    domain::form::Field,
    ui::{
        components::{field::UsernameField, form::PostForm, password_field::CurrentPasswordField},
        feedback::Feedback,
    },
};

const PASSWORD: &str = "delete-password";

/// The form that deletes the account. The password confirms the deletion.
#[component]
pub fn DeletionSection(
    /// The account's e-mail address.
    email: String,
    /// The errors of the form.
    feedback: Feedback,
) -> AnyView {
    view! {
        <section aria-labelledby="delete-account">
            <h2 id="delete-account">"Delete account"</h2>
            <p class="explain">
                "Deletes your profile and password for good and signs out every device. This can’t be undone."
            </p>
            <PostForm action="/actions/delete-account" feedback=feedback.clone() target=|_| PASSWORD>
                <UsernameField id="delete-username" email />
                <CurrentPasswordField
                    id=PASSWORD
                    name="current_password"
                    label="Your password, to confirm"
                    error=feedback.error(Field::CurrentPassword)
                />
                <button type="submit" class="danger">"Delete account"</button>
            </PostForm>
        </section>
    }
    .into_any()
}
