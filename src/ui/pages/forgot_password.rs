//! `/forgot-password`

use leptos::prelude::*;

use crate::{
    domain::form::{Field, FormKind, FormState},
    ui::{
        components::{
            field::{EmailField, field_id},
            form::PostForm,
        },
        feedback::Feedback,
        page::Page,
    },
};

/// The form that requests a link.
pub struct ForgotPasswordPage;

impl Page for ForgotPasswordPage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some("Reset your password")
    }

    fn description(&self) -> &'static str {
        "Get a link by e-mail that sets a new password."
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::ForgottenPassword, form);
        let autofocus = feedback.is_empty() && !matches!(form, Some(FormState::Done(_)));
        view! {
            <section class="narrow">
                <h1>"Reset your password"</h1>
                <p class="lead">"Enter the e-mail address of your account. We’ll send you a link to set a new password."</p>
                <PostForm action="/actions/request-password-reset" feedback=feedback.clone() target=field_id>
                    <EmailField
                        value=feedback.value(Field::Email)
                        error=feedback.error(Field::Email)
                        autofocus=autofocus
                    />
                    <button type="submit" class="primary">"Send the link"</button>
                </PostForm>
                <p class="aside">"Do you know it after all? " <a href="/sign-in">"Sign in"</a></p>
            </section>
        }
        .into_any()
    }
}
