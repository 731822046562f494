//! The user's profile.

use leptos::prelude::*;

use crate::{
    domain::{Name, form::Field},
    ui::{
        components::{
            field::{NameField, field_id},
            form::PostForm,
        },
        feedback::Feedback,
    },
};

/// The form that changes the name.
#[component]
pub fn ProfileSection(
    /// The saved name.
    name: Name,
    /// The errors of the form.
    feedback: Feedback,
) -> AnyView {
    let value = feedback.value(Field::Name).unwrap_or_else(|| name.as_str().to_owned());
    view! {
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
    }
    .into_any()
}
