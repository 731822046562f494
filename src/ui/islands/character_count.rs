//! The character count of a new password.

use leptos::prelude::*;

/// Shows the length of the new password of the page. A page has one field for it at most.
#[island]
pub fn CharacterCount() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::listen();
}

#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::{Array, JsString};
    use leptos::prelude::document;
    use wasm_bindgen::JsCast;
    use web_sys::HtmlInputElement;

    use crate::ui::islands::listener::listen_to;

    /// Counts what is typed, and what was typed before the bundle had loaded.
    pub fn listen() {
        let Ok(Some(field)) = document().query_selector(".password input[minlength]") else { return };
        let Ok(field) = field.dyn_into::<HtmlInputElement>() else { return };
        let _ = count(&field);
        listen_to(&field.clone(), "input", move |_| {
            let _ = count(&field);
        });
    }

    /// Writes the length of the password as the server counts it: code points in normal form C. The text is neutral: a
    /// password that is long enough can be refused for other reasons.
    fn count(field: &HtmlInputElement) -> Option<()> {
        let minimum = u32::try_from(field.min_length()).ok()?;
        let output = field.parent_element()?.query_selector(".count").ok()??;
        let characters = Array::from(&JsString::from(field.value()).normalize("NFC")).length();
        let text = match characters {
            0 => String::new(),
            few if few < minimum => few.to_string() + " of " + &minimum.to_string() + " characters",
            enough => enough.to_string() + " characters",
        };
        output.set_text_content(Some(&text));
        Some(())
    }
}
