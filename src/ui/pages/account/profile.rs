//! What the account is called.

use leptos::prelude::*;

use crate::{
    domain::{Name, form::Field},
    ui::{
        components::{error_summary::ErrorSummary, field::NameField},
        submission::Submission,
    },
};

/// The form that changes the name.
#[component]
pub fn Profile(
    /// The name as it is.
    name: Name,
    /// What was refused just before.
    submission: Submission,
) -> AnyView {
    let value = submission.name().unwrap_or_else(|| name.as_str().to_owned());
    view! {
        <section aria-labelledby="profile">
            <h2 id="profile">"Profile"</h2>
            <form class="stack" method="post" action="/actions/update-profile" novalidate>
                <ErrorSummary submission=submission.clone() target=|_| "name" />
                <NameField
                    value=Some(value)
                    error=submission.error(Field::Name)
                    hint="Left empty, your address is used instead."
                />
                <button type="submit">"Save name"</button>
            </form>
        </section>
    }
    .into_any()
}
