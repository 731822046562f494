//! `/account/two-step`: the set-up of an authenticator app.

use leptos::prelude::*;

use super::frame::{AccountFrame, Section};
use crate::{
    domain::{
        factors::TotpKey,
        form::{Field, FormKind, FormState},
    },
    ui::{
        components::{
            field::{CodeField, field_id},
            form::PostForm,
            totp_steps::TotpSteps,
        },
        feedback::Feedback,
        page::Page,
    },
};

/// The key of the app, and the form for its first code.
pub struct TwoStepPage {
    /// The account's e-mail address.
    pub email: String,
    /// The key.
    pub key: TotpKey,
}

impl Page for TwoStepPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some("Two-step sign-in · Your account")
    }

    fn description(&self) -> &'static str {
        "Set up an authenticator app."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::TotpConfirmation, form);
        let Self { email, key } = self;
        view! {
            <AccountFrame section=Section::Security email>
                <section aria-labelledby="two-step">
                    <h2 id="two-step">"Set up an authenticator app"</h2>
                    <TotpSteps key />
                    <PostForm action="/actions/confirm-totp" feedback=feedback.clone() target=field_id>
                        <CodeField error=feedback.error(Field::Code) autofocus=false />
                        <button type="submit" class="primary">"Turn on two-step sign-in"</button>
                    </PostForm>
                    <p class="aside"><a href="/account/security">"Cancel"</a></p>
                </section>
            </AccountFrame>
        }
        .into_any()
    }
}
