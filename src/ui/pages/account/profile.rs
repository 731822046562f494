//! `/account`: the user's profile.

use leptos::prelude::*;

use super::frame::{AccountFrame, Section};
use crate::{
    domain::{
        Name,
        form::{Field, FormKind, FormState},
    },
    ui::{
        components::{
            field::{NameField, field_id},
            form::PostForm,
        },
        feedback::Feedback,
        page::Page,
    },
};

/// The form that changes the name.
pub struct ProfilePage {
    /// The account's e-mail address.
    pub email: String,
    /// The saved name.
    pub name: Name,
}

impl Page for ProfilePage {
    const HAS_FORMS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some("Your account")
    }

    fn description(&self) -> &'static str {
        "Change the name of your account."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::Profile, form);
        let value = feedback.value(Field::Name).unwrap_or_else(|| self.name.as_str().to_owned());
        view! {
            <AccountFrame section=Section::Profile email=self.email>
                <section aria-labelledby="profile">
                    <h2 id="profile">"Profile"</h2>
                    <PostForm action="/actions/update-profile" feedback=feedback.clone() target=field_id>
                        <NameField
                            value=Some(value)
                            error=feedback.error(Field::Name)
                            hint="Left empty, your address is used instead."
                        />
                        <button type="submit">"Save name"</button>
                    </PostForm>
                </section>
            </AccountFrame>
        }
        .into_any()
    }
}
