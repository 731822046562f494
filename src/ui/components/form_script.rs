//! The script that shows that a form is being sent.

use leptos::{nonce::use_nonce, prelude::*};

/// Marks the button of a form while the form is sent, and prevents sending it twice.
///
/// The mark ends with the page, so that the back/forward cache keeps a usable page. If the user stops the request, the
/// form is usable again after 10 seconds: browsers report no event.
const SCRIPT: &str = include_str!("form_script.js");

/// The script, for pages with a form. It is small and does not need the browser bundle.
#[component]
pub fn FormScript() -> impl IntoView {
    view! { <script nonce=use_nonce()>{SCRIPT}</script> }
}
