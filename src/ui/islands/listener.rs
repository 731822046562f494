//! Event listeners of the islands.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventTarget};

/// Calls `handle` for each event of this kind, until the page ends.
pub fn listen_to(target: &EventTarget, kind: &str, handle: impl Fn(&Event) + 'static) {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| handle(&event));
    // The call can only fail for an argument of another type.
    let _ = target.add_event_listener_with_callback(kind, listener.as_ref().unchecked_ref());
    listener.forget();
}
