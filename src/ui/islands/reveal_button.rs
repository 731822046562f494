//! The reveal button of a password field.

use leptos::prelude::*;

/// Shows and hides the password in the field next to it. Hidden until the bundle has loaded.
#[island]
pub fn RevealButton() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::listen();
    #[cfg(not(feature = "hydrate"))]
    view! {
        <button
            type="button"
            class="reveal"
            hidden
            aria-label="Show password"
            title="Show password"
            aria-pressed="false"
        >
            <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
                <circle cx="12" cy="12" r="3" />
                <path class="slash" d="M4 4l16 16" />
            </svg>
        </button>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::document;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

    use crate::ui::islands::listener::listen_to;

    /// Shows every reveal button that is still hidden.
    pub fn listen() {
        let Ok(buttons) = document().query_selector_all(".reveal[hidden]") else { return };
        for index in 0..buttons.length() {
            let Some(button) = buttons.get(index).and_then(|node| node.dyn_into::<HtmlElement>().ok()) else {
                continue;
            };
            listen_to(&button, "click", |event| {
                let _ = reveal(event);
            });
            // A click must not take the focus from the field.
            listen_to(&button, "mousedown", Event::prevent_default);
            button.set_hidden(false);
        }
    }

    /// Shows or hides the password. Changing the field's type moves the caret, so it is restored.
    fn reveal(event: &Event) -> Option<()> {
        let button: Element = event.current_target()?.dyn_into().ok()?;
        let field = button.closest(".password").ok()??.query_selector("input").ok()??;
        let field: HtmlInputElement = field.dyn_into().ok()?;
        let show = field.type_() == "password";
        let (start, end) = (field.selection_start().ok()?, field.selection_end().ok()?);
        field.set_type(if show { "text" } else { "password" });
        if let (Some(start), Some(end)) = (start, end) {
            field.set_selection_range(start, end).ok()?;
        }
        button.set_attribute("aria-pressed", if show { "true" } else { "false" }).ok()
    }
}
