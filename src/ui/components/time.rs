//! A date and time, readable for people and programs.

use leptos::prelude::*;

use crate::{domain::Timestamp, ui::format};

/// A date and time in UTC. The island `LocalTimes` rewrites it in the browser's time zone.
#[component]
pub fn DateTime(
    /// The time.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=at.to_rfc3339() title=format::date_time(at)>{format::date_time(at)}</time> }
}
