//! Loads the bundle and wakes the islands. Only pages with islands have it.

use leptos::{nonce::use_nonce, prelude::*};

use crate::ui::page::Assets;

/// Hydrates every island of the page as soon as the bundle is there. Islands never nest here, so that
/// Leptos' own loader (`HydrationScripts`), which can do more, is not needed.
#[component]
pub fn IslandScripts(
    /// Where the bundle is.
    assets: Assets,
) -> impl IntoView {
    let Assets { script, wasm, .. } = assets;
    let loader = format!(
        "import*as m from{script:?};await m.default({{module_or_path:{wasm:?}}});m.hydrate();\
         for(const e of document.querySelectorAll('leptos-island'))m[e.dataset.component](e)"
    );
    view! {
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=use_nonce()>{loader}</script>
    }
}
