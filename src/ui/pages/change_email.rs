//! `/change-email`, in a session of the user

use leptos::prelude::*;

use crate::{
    domain::form::{FormKind, FormState},
    ui::{
        components::{field::field_id, form::PostForm},
        feedback::Feedback,
        page::Page,
    },
};

const TITLE: &str = "Change your address";

/// The button that changes the address.
pub struct ChangeEmailPage {
    /// The account's address.
    pub from: String,
    /// The new address.
    pub to: String,
    /// Tells links apart: another tab may have opened another link since.
    pub label: String,
}

impl Page for ChangeEmailPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "Change the e-mail address of your account."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::EmailConfirmation, form);
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <p class="lead wrap">"From " <bdi>{self.from}</bdi> " to " <bdi>{self.to}</bdi> "."</p>
                <p class="explain">"Every other device is signed out."</p>
                <PostForm action="/actions/change-email" feedback target=field_id>
                    <input type="hidden" name="link" value=self.label />
                    <button type="submit" class="primary">"Change address"</button>
                </PostForm>
            </section>
        }
        .into_any()
    }
}
