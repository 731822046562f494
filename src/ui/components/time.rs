//! A date and time, readable for people and programs.

use leptos::prelude::*;

use crate::domain::Timestamp;

/// The smallest unit that a [`DateTime`] shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Minutes.
    #[default]
    Minute,
    /// Seconds.
    Second,
}

/// A date and time in UTC. The island `LocalTimes` rewrites it in the browser's time zone.
#[component]
pub fn DateTime(
    /// The time.
    at: Timestamp,
    /// The smallest unit.
    #[prop(optional)]
    precision: Precision,
) -> impl IntoView {
    let seconds = precision == Precision::Second;
    let text = if seconds { at.to_text_with_seconds() } else { at.to_text() };
    let title = text.clone();
    view! { <time datetime=at.to_rfc3339() data-seconds=seconds title=title>{text}</time> }
}
