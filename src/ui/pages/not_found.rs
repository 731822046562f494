//! The page for an unknown address.

use leptos::prelude::*;

use crate::{domain::form::FormState, ui::page::Page};

const TITLE: &str = "Page not found";

/// The page for an unknown address.
pub struct NotFoundPage;

impl Page for NotFoundPage {
    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        "There is no page at this address."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <p class="lead">"There is nothing at this address. It may have been mistyped, or the page has moved."</p>
                <p class="actions"><a class="button" href="/">"Go to the start page"</a></p>
            </section>
        }
        .into_any()
    }
}
