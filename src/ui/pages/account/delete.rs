//! `/account/delete`: the form that deletes the account.

use leptos::prelude::*;

use super::frame::{AccountFrame, Section};
use crate::{
    domain::form::{Field, FormKind, FormState},
    ui::{
        components::{field::UsernameField, form::PostForm, password_field::CurrentPasswordField},
        feedback::Feedback,
        page::{Load, Page},
    },
};

const PASSWORD: &str = "delete-password";

/// The form that deletes the account. The password confirms the deletion.
pub struct DeletePage {
    /// The account's e-mail address.
    pub email: String,
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
        let feedback = Feedback::new(FormKind::Deletion, form);
        view! {
            <AccountFrame section=Section::Delete email=self.email.clone()>
                <section aria-labelledby="delete-account">
                    <h2 id="delete-account">"Delete account"</h2>
                    <p class="explain">
                        "Deletes your profile and password for good and signs out every device. This can’t be undone."
                    </p>
                    <PostForm action="/actions/delete-account" feedback=feedback.clone() target=|_| PASSWORD>
                        <UsernameField id="delete-username" email=self.email />
                        <CurrentPasswordField
                            id=PASSWORD
                            name="current_password"
                            label="Your password, to confirm"
                            error=feedback.error(Field::CurrentPassword)
                        />
                        <button type="submit" class="danger">"Delete account"</button>
                    </PostForm>
                </section>
            </AccountFrame>
        }
        .into_any()
    }
}
