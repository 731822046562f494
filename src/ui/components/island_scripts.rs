//! The script that loads the browser bundle and starts the islands.

use leptos::{nonce::use_nonce, prelude::*};

use crate::ui::page::{Assets, Load};

/// Starts every island of the page. The pages have no nested islands, so Leptos' larger loader (`HydrationScripts`) is
/// not needed.
const SCRIPT: &str = include_str!("island_scripts.js");

/// Loads the bundle after the first paint, so that a first visit waits for HTML and CSS only.
#[component]
pub fn IslandScripts(
    /// The paths of the bundle.
    assets: Assets,
    /// When to load it.
    load: Load,
) -> impl IntoView {
    let Assets { script, wasm, .. } = assets;
    let load = match load {
        Load::WhenUsed => "used",
        Load::WhenIdle => "idle",
    };
    view! {
        <script type="module" nonce=use_nonce() data-script=script data-wasm=wasm data-load=load>{SCRIPT}</script>
    }
}
