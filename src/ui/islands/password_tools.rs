//! The reveal button and the character count of a password field.

use leptos::{ev, prelude::*};

/// Adds a reveal button and a character count to the password field inside it. The count is shown for new
/// passwords, whose field has a `minlength`.
///
/// It changes the document directly: signals and effects would make the bundle 20 % larger.
#[island]
pub fn PasswordTools(
    /// The label, the field and its description.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="password" on:input=|event| browser::count(&event)>
            {children()}
            // Hidden without the bundle. `mousedown` must not take the focus from the field.
            <button
                type="button"
                class="reveal"
                hidden
                prop:hidden=false
                aria-label="Show password"
                title="Show password"
                aria-pressed="false"
                on:mousedown=|event: ev::MouseEvent| event.prevent_default()
                on:click=|event| browser::reveal(&event)
            >
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
                    <circle cx="12" cy="12" r="3" />
                    <path class="slash" d="M4 4l16 16" />
                </svg>
            </button>
            <p class="count" aria-hidden="true"></p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::JsString;
    use leptos::ev;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, EventTarget, HtmlInputElement};

    /// Writes the length of the password as the server counts it: code points in normal form C. The text is neutral: a
    /// password that is long enough can be refused for other reasons.
    pub fn count(event: &ev::Event) {
        let _ = try_count(event);
    }

    fn try_count(event: &ev::Event) -> Option<()> {
        let field: HtmlInputElement = cast(event.target())?;
        let minimum = usize::try_from(field.min_length()).ok()?;
        let output = cast::<Element>(event.current_target())?.query_selector(".count").ok()??;
        let characters = String::from(JsString::from(field.value()).normalize("NFC")).chars().count();
        let text = match characters {
            0 => String::new(),
            few if few < minimum => few.to_string() + " of " + &minimum.to_string() + " characters",
            enough => enough.to_string() + " characters",
        };
        output.set_text_content(Some(&text));
        Some(())
    }

    /// Shows or hides the password. Changing the field's type moves the caret, so it is restored.
    pub fn reveal(event: &ev::MouseEvent) {
        let _ = try_reveal(event);
    }

    fn try_reveal(event: &ev::MouseEvent) -> Option<()> {
        let button: Element = cast(event.current_target())?;
        let field = button.parent_element()?.query_selector("input").ok()??;
        let field: HtmlInputElement = field.dyn_into().ok()?;
        let show = field.type_() == "password";
        let (start, end) = (field.selection_start().ok()?, field.selection_end().ok()?);
        field.set_type(if show { "text" } else { "password" });
        if let (Some(start), Some(end)) = (start, end) {
            field.set_selection_range(start, end).ok()?;
        }
        button.set_attribute("aria-pressed", if show { "true" } else { "false" }).ok()
    }

    fn cast<T: JsCast>(target: Option<EventTarget>) -> Option<T> {
        target?.dyn_into().ok()
    }
}

#[cfg(not(feature = "hydrate"))]
mod browser {
    use leptos::ev;

    /// No events on the server.
    pub fn count(_: &ev::Event) {}

    /// No events on the server.
    pub fn reveal(_: &ev::MouseEvent) {}
}
