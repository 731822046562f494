//! `/account/delete`: the form that deletes the account, or requests a link that does.

use leptos::prelude::*;

use super::frame::{AccountFrame, Section};
use crate::{
    domain::form::{Field, FormKind, FormState},
    ui::{
        components::{
            field::{UsernameField, field_id},
            form::PostForm,
            password_field::CurrentPasswordField,
        },
        feedback::Feedback,
        page::{Load, Page},
    },
};

const PASSWORD: &str = "delete-password";

/// How the user confirms the deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionStep {
    /// With the password.
    Password,
    /// With the button alone: the account has no password, and the user signed in recently or confirms their identity next.
    Button,
    /// With a link in a message.
    Link,
    /// With another sign-in first.
    SignIn,
}

/// The form that deletes the account.
pub struct DeletePage {
    /// The account's e-mail address.
    pub email: String,
    /// How the user confirms the deletion.
    pub step: DeletionStep,
}

impl Page for DeletePage {
    const HAS_FORMS: bool = true;
    const ISLANDS: Option<Load> = Some(Load::WhenUsed);

    fn title(&self) -> Option<&'static str> {
        Some("Delete account · Your account")
    }

    fn description(&self) -> &'static str {
        "Delete your account and sign out every device."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let Self { email, step } = self;
        let confirmation = match step {
            DeletionStep::Password => with_password(email.clone(), form),
            DeletionStep::Button => with_button(form),
            DeletionStep::Link => with_link(form),
            DeletionStep::SignIn => after_sign_in(),
        };
        view! {
            <AccountFrame section=Section::Delete email>
                <section aria-labelledby="delete-account">
                    <h2 id="delete-account">"Delete account"</h2>
                    <p class="explain">
                        "Deletes your profile and password for good and signs out every device. This can’t be undone."
                    </p>
                    {confirmation}
                </section>
            </AccountFrame>
        }
        .into_any()
    }
}

fn with_password(email: String, form: Option<&FormState>) -> AnyView {
    let feedback = Feedback::new(FormKind::Deletion, form);
    view! {
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
    }
    .into_any()
}

fn with_button(form: Option<&FormState>) -> AnyView {
    view! {
        <PostForm action="/actions/delete-account" feedback=Feedback::new(FormKind::Deletion, form) target=field_id>
            <button type="submit" class="danger">"Delete account"</button>
        </PostForm>
    }
    .into_any()
}

fn with_link(form: Option<&FormState>) -> AnyView {
    view! {
        <PostForm
            action="/actions/request-deletion"
            feedback=Feedback::new(FormKind::DeletionRequest, form)
            target=field_id
        >
            <p>"Your last sign-in was a while ago, so confirm the deletion with a link that we send you by e-mail."</p>
            <button type="submit">"Send me a link"</button>
        </PostForm>
    }
    .into_any()
}

fn after_sign_in() -> AnyView {
    view! { <p>"Your last sign-in was a while ago. To delete your account, sign out, and sign in again."</p> }
        .into_any()
}
