//! The account's security log.

use leptos::prelude::*;

use crate::{
    domain::{
        Timestamp, device,
        event::{Event, EventKind},
    },
    ui::{components::time::DateTime, format, messages},
};

/// One page of the security log, newest entry first.
#[component]
pub fn ActivitySection(
    /// The entries to show.
    events: Vec<Event>,
    /// Whether newer events exist.
    has_newer: bool,
    /// The cursor of the older events.
    older: Option<i64>,
    /// The current time.
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
            {(has_newer || older.is_some()).then(|| view! {
                <nav class="pager" aria-label="Activity">
                    {has_newer.then(|| view! { <a class="button" href="/account#activity">"Newest activity"</a> })}
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
                    {is_suspicious(event.kind).then(|| view! {
                        <span class="alert-icon" aria-hidden="true">"!"</span><span class="unseen">"Take a look: "</span>
                    })}
                    {messages::event(event.kind)}
                </p>
                <p class="row-detail">
                    <span>{device}</span> " "
                    {event.address.map(|address| view! { <span class="wrap">{address.to_string()}</span> })}
                </p>
            </div>
            <p class="row-side row-detail">
                <span class="row-ago">{format::ago(event.at, now)}</span> " " <DateTime at=event.at />
            </p>
        </li>
    }
}

/// Whether the event is marked for the user's attention.
const fn is_suspicious(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::LoginFail
            | EventKind::LoginFailMax
            | EventKind::TokenReuse
            | EventKind::TokenInvalid
            | EventKind::PasswordChangeFail
            | EventKind::AuthorizationFail
            | EventKind::MaliciousCsrf
    )
}
