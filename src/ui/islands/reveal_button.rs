//! The reveal button of a password field.

use leptos::prelude::*;

/// Makes the page's reveal buttons work. They are hidden until the bundle has loaded.
#[island]
pub fn RevealButton() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::listen();
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
