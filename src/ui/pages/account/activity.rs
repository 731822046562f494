//! `/account/activity`: the account's security log.

use leptos::prelude::*;

use super::frame::{AccountFrame, Section};
use crate::{
    domain::{
        Timestamp, device,
        event::{Event, EventKind},
        form::FormState,
    },
    ui::{
        components::time::DateTime,
        format,
        islands::LocalTimes,
        messages,
        page::{Load, Page},
    },
};

/// One page of the security log.
pub struct ActivityPage {
    /// The account's e-mail address.
    pub email: String,
    /// The entries to show, newest first.
    pub events: Vec<Event>,
    /// Whether newer events exist.
    pub has_newer: bool,
    /// The cursor of the older events. `None`: there are no older events.
    pub older: Option<i64>,
    /// The current time, for "5 minutes ago".
    pub now: Timestamp,
}

impl Page for ActivityPage {
    const ISLANDS: Option<Load> = Some(Load::WhenIdle);

    fn title(&self) -> Option<&'static str> {
        Some("Activity · Your account")
    }

    fn description(&self) -> &'static str {
        "See sign-ins and changes to your account."
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let Self { email, events, has_newer, older, now } = self;
        view! {
            <AccountFrame section=Section::Activity email>
                <section aria-labelledby="activity">
                    <h2 id="activity">"Recent activity"</h2>
                    {entries(events, now)}
                    {(has_newer || older.is_some()).then(|| view! { <Pager has_newer older /> })}
                </section>
                <LocalTimes />
            </AccountFrame>
        }
        .into_any()
    }
}

fn entries(events: Vec<Event>, now: Timestamp) -> AnyView {
    if events.is_empty() {
        return view! { <p class="explain">"Sign-ins and changes to your account will appear here."</p> }.into_any();
    }
    let rows = events.into_iter().map(|event| view! { <Entry event now /> }).collect_view();
    view! { <ol class="rows">{rows}</ol> }.into_any()
}

#[component]
fn Pager(has_newer: bool, older: Option<i64>) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Activity">
            {has_newer.then(|| view! { <a class="button" href="/account/activity">"Newest activity"</a> })}
            {older.map(|id| view! {
                <a class="button" href=format!("/account/activity?before={id}")>"Older activity"</a>
            })}
        </nav>
    }
}

#[component]
fn Entry(event: Event, now: Timestamp) -> impl IntoView {
    let source = match event.count {
        Some(1) => "One more time".to_owned(),
        Some(count) => format!("{count} more times"),
        None => device::describe(event.user_agent.as_deref()),
    };
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
                    <span>{source}</span> " "
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
            | EventKind::TokenStale
            | EventKind::TokenInvalid
            | EventKind::PasswordChangeFail
            | EventKind::FactorsReset
            | EventKind::RecoveryCodeUsed
            | EventKind::PasskeyCounterFail
            | EventKind::SecondStepFail
            | EventKind::AuthorizationFail
            | EventKind::MaliciousCsrf
    )
}

#[cfg(test)]
mod tests {
    use super::{super::tests::draw, *};
    use crate::domain::UserId;

    const NOW: Timestamp = Timestamp::from_millis(1_795_256_100_000);

    #[test]
    fn activity_shows_times_and_link_to_older() {
        let event = Event {
            id: 7,
            at: NOW,
            kind: EventKind::LoginSuccess,
            user_id: UserId::new(NOW, [1; 10]),
            session_id: None,
            address: None,
            user_agent: None,
            detail: None,
            count: None,
        };
        let email = "ada@example.com".to_owned();
        let page = ActivityPage { email, events: vec![event], has_newer: false, older: Some(7), now: NOW };
        let html = draw(page, None);
        assert!(html.contains("datetime=\"2026-11-21T10:15:00.000Z\"") && html.contains("just now"), "{html}");
        assert!(html.contains("href=\"/account/activity?before=7\"") && !html.contains("Newest activity"));
    }
}
