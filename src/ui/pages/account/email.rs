//! The section of `/account/security` that changes the e-mail address.

use leptos::prelude::*;

use crate::{
    domain::{form::Field, session::StepUp},
    ui::{
        components::{
            field::{Description, UsernameField},
            form::PostForm,
            password_field::CurrentPasswordField,
        },
        feedback::Feedback,
    },
};

const EMAIL: &str = "new-email";
const PASSWORD: &str = "email-password";

/// The form that asks for another address.
#[component]
pub fn EmailSection(
    /// The account's e-mail address.
    email: String,
    /// What the change asks for.
    step_up: StepUp,
    /// The errors of the last request.
    feedback: Feedback,
) -> impl IntoView {
    let asks_password = step_up == StepUp::Password;
    let body = match step_up {
        StepUp::SignIn => view! {
            <p class="explain">
                "To change it, sign out and sign in again: your last sign-in is too long ago."
            </p>
        }
        .into_any(),
        StepUp::None | StepUp::Password | StepUp::Confirm => view! {
            <p class="explain">
                "We’ll send a link to the new address. Following it changes the address and signs out every other device."
            </p>
            <EmailForm email asks_password feedback />
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="email-address">
            <h2 id="email-address">"E-mail address"</h2>
            {body}
        </section>
    }
}

#[component]
fn EmailForm(email: String, asks_password: bool, feedback: Feedback) -> impl IntoView {
    let target = |field| if field == Field::CurrentPassword { PASSWORD } else { EMAIL };
    let description = Description { error: feedback.error(Field::Email), ..Description::default() };
    let password = asks_password.then(|| {
        view! {
            <UsernameField id="email-username" email />
            <CurrentPasswordField
                id=PASSWORD
                name="current_password"
                label="Your password, to confirm"
                error=feedback.error(Field::CurrentPassword)
            />
        }
    });
    view! {
        <PostForm action="/actions/request-email-change" feedback=feedback.clone() target>
            <div class="field">
                <label for=EMAIL>"New e-mail address"</label>
                <input
                    type="email"
                    id=EMAIL
                    name="email"
                    value=feedback.value(Field::Email)
                    autocomplete="email"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    aria-invalid=description.invalid()
                    aria-describedby=description.ids(EMAIL)
                />
                {description.view(EMAIL)}
            </div>
            {password}
            <button type="submit">"Change address"</button>
        </PostForm>
    }
}
