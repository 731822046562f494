//! The account's security log.

use leptos::prelude::*;

use crate::{
    domain::{Timestamp, device, event::Event},
    ui::{components::time::Moment, words},
};

/// What happened lately, newest first, in stretches.
#[component]
pub fn Activity(
    /// The entries to show.
    events: Vec<Event>,
    /// Whether there are newer ones.
    paged: bool,
    /// The cursor of the older ones.
    older: Option<i64>,
    /// When the page is drawn.
    now: Timestamp,
) -> AnyView {
    let empty = events.is_empty();
    let rows = events.into_iter().map(|event| view! { <Entry event now /> }).collect_view();
    view! {
        <section aria-labelledby="activity">
            <h2 id="activity">"Recent activity"</h2>
            {if empty {
                view! {
                    <p class="explain">"Sign-ins and changes to your account will appear here."</p>
                }.into_any()
            } else {
                view! { <ol class="rows">{rows}</ol> }.into_any()
            }}
            {(paged || older.is_some()).then(|| view! {
                <nav class="pager" aria-label="Activity">
                    {paged.then(|| view! { <a class="button" href="/account#activity">"Newest activity"</a> })}
                    {older.map(|id| view! {
                        <a class="button" href=format!("/account?before={id}#activity")>"Older activity"</a>
                    })}
                </nav>
            })}
        </section>
    }
    .into_any()
}

#[component]
fn Entry(event: Event, now: Timestamp) -> impl IntoView {
    let device = device::describe(event.user_agent.as_deref());
    view! {
        <li>
            <div class="row-main">
                <p class="row-title">
                    {words::is_alarming(event.kind).then(|| view! {
                        <span class="alert-icon" aria-hidden="true">"!"</span><span class="unseen">"Take a look: "</span>
                    })}
                    {words::event(event.kind)}
                </p>
                <p class="row-detail">
                    <span>{device}</span> " "
                    {event.address.map(|address| view! { <span class="wrap">{address.to_string()}</span> })}
                </p>
            </div>
            <p class="row-side row-detail">
                <span class="row-ago">{words::ago(event.at, now)}</span> " " <Moment at=event.at />
            </p>
        </li>
    }
}
