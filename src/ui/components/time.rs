//! A moment for people and for machines.

use leptos::prelude::*;

use crate::{domain::Timestamp, ui::words};

/// The exact moment, in UTC until the browser knows better.
#[component]
pub fn Moment(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=at.to_rfc3339() title=words::moment(at)>{words::moment(at)}</time> }
}
