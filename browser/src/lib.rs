//! The browser's WebAssembly: the islands of [`latchkey::ui::islands`], and an allocator.
#![cfg(target_arch = "wasm32")]

// Links the islands. Each exports its function to JavaScript.
use latchkey as _;

/// A small allocator: the default one is a tenth of the bundle.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
