//! `/verify-email`, in a session of the user

use leptos::prelude::*;

use crate::{
    domain::form::{FormKind, FormState},
    ui::{
        components::{field::field_id, form::PostForm},
        feedback::Feedback,
        page::Page,
    },
};

const TITLE: &str = "Verify your address";

/// The button that verifies the address.
pub struct VerifyEmailPage {
    /// The account's address.
    pub email: String,
    /// Tells links apart: another tab may have opened the link of another account since.
    pub label: String,
}

impl Page for VerifyEmailPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "Verify the e-mail address of your account."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::EmailVerification, form);
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <p class="lead wrap">"Is " <bdi>{self.email}</bdi> " your e-mail address?"</p>
                <PostForm action="/actions/verify-email" feedback target=field_id>
                    <input type="hidden" name="link" value=self.label />
                    <button type="submit" class="primary">"Verify address"</button>
                </PostForm>
            </section>
        }
        .into_any()
    }
}
