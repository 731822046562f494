//! `/api/auth/error`: the end of a link or a redirect that failed.

use leptos::prelude::*;

use crate::{domain::form::FormState, ui::page::Page};

const TITLE: &str = "Something went wrong";
const ADVICE: &str = "This step could not be completed. Go back to where you started, and try again.";

/// The page after a link or a redirect that failed.
pub struct LinkErrorPage {
    /// The error's code in the contract.
    pub code: &'static str,
}

impl Page for LinkErrorPage {
    fn title(&self) -> Option<&'static str> {
        Some(TITLE)
    }

    fn description(&self) -> &'static str {
        ADVICE
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        view! {
            <section class="narrow">
                <h1>{TITLE}</h1>
                <p class="lead">{ADVICE}</p>
                <p class="actions"><a class="button" href="/">"Go to the start page"</a></p>
                <p class="reference">"Error: " <code>{self.code}</code></p>
            </section>
        }
        .into_any()
    }
}
