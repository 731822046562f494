//! A form with its error summary.

use leptos::prelude::*;

use crate::{
    domain::form::Field,
    ui::{feedback::Feedback, messages},
};

/// A form that posts its fields to `action`, below the errors of the last post.
#[component]
pub fn PostForm(
    /// The path of the server function.
    action: &'static str,
    /// The errors to list.
    feedback: Feedback,
    /// Maps a field to its element id.
    target: fn(Field) -> &'static str,
    /// The fields and the button.
    children: Children,
) -> impl IntoView {
    view! {
        <form class="stack" method="post" action=action novalidate>
            <ErrorSummary feedback target />
            {children()}
        </form>
    }
}

/// The errors of a rejected form, each with a link to its field. It has the focus when the page loads, so that
/// screen readers announce it.
#[component]
pub fn ErrorSummary(
    /// The errors to list.
    feedback: Feedback,
    /// Maps a field to its element id.
    target: fn(Field) -> &'static str,
) -> impl IntoView {
    (!feedback.is_empty()).then(|| {
        let items = feedback.errors().iter().map(|error| {
            let message = messages::form_error(*error);
            let remedy = feedback.remedy(*error).map(|remedy| view! { " " <a href=remedy.href>{remedy.text}</a> });
            match error.field() {
                Some(field) => {
                    view! { <li><a href=format!("#{}", target(field))>{message}</a>{remedy}</li> }.into_any()
                }
                None => view! { <li>{message}{remedy}</li> }.into_any(),
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
