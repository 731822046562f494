//! What is wrong with a form, above it: read out and focused as soon as the page is there.

use leptos::prelude::*;

use crate::{
    domain::form::Field,
    ui::{messages, submission::Submission},
};

/// Lists a refused form's errors and leads to the fields they are about; nothing where there are none.
/// `target` names the field's id on this page.
#[component]
pub fn ErrorSummary(
    /// The refused form.
    submission: Submission,
    /// The id of a field on this page.
    target: fn(Field) -> &'static str,
) -> impl IntoView {
    submission.failed().then(|| {
        let items = submission.errors().iter().map(|error| {
            let message = messages::form_error(*error);
            match error.field() {
                Some(field) => view! { <li><a href=format!("#{}", target(field))>{message}</a></li> }.into_any(),
                None => view! { <li>{message}</li> }.into_any(),
            }
        });
        view! {
            <div class="summary" role="alert" tabindex="-1" autofocus>
                <p class="summary-title">"That didn’t go through"</p>
                <ul>{items.collect_view()}</ul>
            </div>
        }
    })
}
