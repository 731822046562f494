//! A request that could not be answered.

use leptos::prelude::*;

use crate::ui::{messages, page::ErrorPage};

/// What went wrong, what to do about it, and the words to ask for help with.
#[component]
pub fn Failure(
    /// What the page knows.
    page: ErrorPage,
) -> impl IntoView {
    let (heading, advice) = messages::failure(page.kind);
    view! {
        <section class="narrow">
            <h1>{heading}</h1>
            <p class="lead">{advice}</p>
            <p class="actions"><a class="button" href="/">"Go to the start page"</a></p>
            <p class="reference">
                "If it keeps happening, tell whoever runs this service: error " {page.status} ", request "
                <code>{page.request_id}</code> "."
            </p>
        </section>
    }
}
