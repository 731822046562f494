//! A quiet word that something was done.

use leptos::prelude::*;

use crate::{domain::form::FormState, ui::messages};

/// Says what the form submitted just before has done; nothing where there was none.
#[component]
pub fn Notice(
    /// The last form's outcome.
    form: Option<FormState>,
) -> impl IntoView {
    match form {
        Some(FormState::Done(notice)) => Some(view! {
            <p class="notice" role="status">
                <svg viewBox="0 0 24 24" aria-hidden="true"><path d="m5 12.5 4.5 4.5L19 7.5" /></svg>
                {messages::notice(notice)}
            </p>
        }),
        _ => None,
    }
}
