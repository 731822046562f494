//! The components that run in the browser. Every page works without them.
//!
//! Three rules keep the bundle small; without them it has 60 % more bytes:
//! - An island has neither properties nor children. It reads and changes the markup next to it.
//! - An island has no view: components render the markup. In the browser, the island listens to events with
//!   `web-sys`. Signals, effects and the listeners of `view!` would bring the reactive runtime.
//! - Nothing calls `leptos::mount::hydrate_islands`, which starts that runtime.

mod character_count;
#[cfg(feature = "hydrate")]
mod listener;
mod local_times;
mod reveal_button;

pub use character_count::CharacterCount;
pub use local_times::LocalTimes;
pub use reveal_button::RevealButton;
