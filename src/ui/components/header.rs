//! The header of every page.

use leptos::prelude::*;

use crate::ui::page::Viewer;

/// The product's name, and links to sign in or out.
#[component]
pub fn Header(
    /// The signed-in user.
    viewer: Option<Viewer>,
    /// Whether to link to sign-up.
    sign_up: bool,
    /// The product's name.
    product: String,
) -> impl IntoView {
    view! {
        <header class="top">
            <a class="mark" href="/">
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <rect class="mark-plate" x="1" y="1" width="22" height="22" rx="6" />
                    <path class="mark-hole" d="M12 5.5a3.75 3.75 0 0 0-1.9 6.98L9.2 18h5.6l-.9-5.52A3.75 3.75 0 0 0 12 5.5Z" />
                </svg>
                {product}
            </a>
            {match viewer {
                Some(viewer) => view! {
                    <nav aria-label="Account">
                        <a class="viewer" href="/account"><bdi>{viewer.name}</bdi></a>
                        <form method="post" action="/actions/sign-out">
                            <button type="submit" class="quiet">"Sign out"</button>
                        </form>
                    </nav>
                }.into_any(),
                None => view! {
                    <nav aria-label="Account">
                        <a href="/sign-in">"Sign in"</a>
                        {sign_up.then(|| view! { <a href="/sign-up">"Create account"</a> })}
                    </nav>
                }.into_any(),
            }}
        </header>
    }
}
