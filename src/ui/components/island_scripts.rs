//! The script that loads the browser bundle and hydrates the islands.

use leptos::{nonce::use_nonce, prelude::*};

use crate::ui::page::Assets;

/// Hydrates every island of the page. The pages have no nested islands, so Leptos' larger loader
/// (`HydrationScripts`) is not needed.
#[component]
pub fn IslandScripts(
    /// The paths of the bundle.
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
