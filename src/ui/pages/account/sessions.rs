//! The signed-in devices.

use leptos::prelude::*;

use crate::{
    domain::{SessionId, Timestamp, device, session::Session},
    ui::{
        components::{form::ErrorSummary, time::DateTime},
        feedback::Feedback,
        format,
    },
};

/// All active sessions, the current one first. Every other session has a button that ends it.
#[component]
pub fn SessionsSection(
    /// All active sessions.
    sessions: Vec<Session>,
    /// The session of this request.
    current: SessionId,
    /// The current time.
    now: Timestamp,
    /// The errors of the section's forms.
    feedback: Feedback,
) -> AnyView {
    let (this, others): (Vec<_>, Vec<_>) = sessions.into_iter().partition(|session| session.id == current);
    let alone = others.is_empty();
    let rows = this.into_iter().chain(others).map(|session| {
        let is_this = session.id == current;
        view! { <Device session is_this now /> }
    });
    view! {
        <section aria-labelledby="sessions">
            <h2 id="sessions">"Where you’re signed in"</h2>
            <ErrorSummary feedback target=|_| "sessions" />
            <ul class="rows">{rows.collect_view()}</ul>
            {if alone {
                view! { <p class="explain">"Other devices will appear here when you sign in on them."</p> }.into_any()
            } else {
                view! {
                    <form method="post" action="/actions/revoke-other-sessions">
                        <button type="submit">"Sign out everywhere else"</button>
                    </form>
                }.into_any()
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Device(session: Session, is_this: bool, now: Timestamp) -> impl IntoView {
    let name = device::describe(session.user_agent.as_deref());
    let seen = format::ago(session.last_seen_at, now);
    let action = if is_this {
        view! { <span class="badge">"This device"</span> }.into_any()
    } else {
        view! {
            <form method="post" action="/actions/revoke-session">
                <input type="hidden" name="session_id" value=session.id.to_string() />
                <button type="submit">
                    "Sign out" <span class="unseen">{format!(" of {name}, last active {seen}")}</span>
                </button>
            </form>
        }
        .into_any()
    };
    view! {
        <li>
            <div class="row-main">
                <p class="row-title">{name.clone()}</p>
                <p class="row-detail">
                    <span>{if is_this { "Active now".to_owned() } else { format!("Last active {seen}") }}</span> " "
                    {session.address.map(|address| view! { <span class="wrap">{address.to_string()}</span> })}
                </p>
                <p class="row-detail"><span>"Signed in " <DateTime at=session.created_at /></span></p>
            </div>
            <div class="row-side">{action}</div>
        </li>
    }
}
