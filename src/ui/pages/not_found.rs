//! Nothing is at this address.

use leptos::prelude::*;

/// Says so, and leads back.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <section class="narrow">
            <h1>"Page not found"</h1>
            <p class="lead">"There is nothing at this address. It may have been mistyped, or the page has moved."</p>
            <p class="actions"><a class="button" href="/">"Go to the start page"</a></p>
        </section>
    }
}
