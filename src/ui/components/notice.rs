//! The confirmation of the last form post.

use leptos::prelude::*;

use crate::{domain::form::FormState, ui::messages};

/// Confirms a successful form post. It has the focus when the page loads, so that screen readers announce it.
#[component]
pub fn NoticeBanner(
    /// The outcome of the last form post.
    form: Option<FormState>,
) -> impl IntoView {
    match form {
        Some(FormState::Done(notice)) => Some(view! {
            <p class="notice" role="status" tabindex="-1" autofocus>
                <svg viewBox="0 0 24 24" aria-hidden="true"><path d="m5 12.5 4.5 4.5L19 7.5" /></svg>
                {messages::notice(notice)}
            </p>
        }),
        _ => None,
    }
}
