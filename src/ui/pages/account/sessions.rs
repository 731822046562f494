//! `/account/sessions`: the signed-in devices.

use leptos::prelude::*;

use super::frame::{AccountFrame, Section};
use crate::{
    domain::{
        SessionId, Timestamp, device,
        form::{ALL_SESSIONS, FormKind, FormState},
        session::Session,
    },
    ui::{
        components::{
            form::ErrorSummary,
            time::{DateTime, Precision},
        },
        feedback::Feedback,
        format,
        islands::LocalTimes,
        page::{Load, Page},
    },
};

/// The number of sessions that the page shows at first, the current one included.
const SHOWN_AT_FIRST: usize = 5;

/// The active sessions, the current one first. Every other session has a button that ends it.
pub struct SessionsPage {
    /// The account's e-mail address.
    pub email: String,
    /// All active sessions of the user, the most recently used first.
    pub sessions: Vec<Session>,
    /// The session of this request.
    pub current: SessionId,
    /// Whether to show all sessions.
    pub all: bool,
    /// The current time, for "5 minutes ago".
    pub now: Timestamp,
}

impl Page for SessionsPage {
    const HAS_FORMS: bool = true;
    const ISLANDS: Option<Load> = Some(Load::WhenIdle);

    fn title(&self) -> Option<&'static str> {
        Some("Devices · Your account")
    }

    fn description(&self) -> &'static str {
        "See where you’re signed in, and sign out any device."
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let feedback = Feedback::new(FormKind::Sessions, form);
        let email = self.email.clone();
        view! {
            <AccountFrame section=Section::Devices email>
                <section aria-labelledby="sessions">
                    <h2 id="sessions">"Where you’re signed in"</h2>
                    <ErrorSummary feedback target=|_| "sessions" />
                    {self.list()}
                </section>
                <LocalTimes />
            </AccountFrame>
        }
        .into_any()
    }
}

impl SessionsPage {
    fn list(self) -> AnyView {
        let Self { sessions, current, all, now, .. } = self;
        let total = sessions.len();
        let shown = if all { total } else { SHOWN_AT_FIRST };
        let (this, others): (Vec<_>, Vec<_>) = sessions.into_iter().partition(|session| session.id == current);
        let rows = this.into_iter().chain(others).take(shown).map(|session| {
            let is_this = session.id == current;
            view! { <Device session is_this all now /> }
        });
        view! {
            <ul class="rows">{rows.collect_view()}</ul>
            {(total > SHOWN_AT_FIRST).then(|| more(total, all))}
            {if total > 1 { sign_out_others() } else { alone() }}
        }
        .into_any()
    }
}

/// The link between the first sessions and all of them.
fn more(total: usize, all: bool) -> AnyView {
    let (path, text) = if all {
        ("/account/sessions", format!("Show only {SHOWN_AT_FIRST}"))
    } else {
        (ALL_SESSIONS, format!("Show all {total} devices"))
    };
    view! { <p class="more"><a class="button" href=path>{text}</a></p> }.into_any()
}

fn sign_out_others() -> AnyView {
    view! {
        <form method="post" action="/actions/revoke-other-sessions">
            <button type="submit">"Sign out everywhere else"</button>
        </form>
    }
    .into_any()
}

fn alone() -> AnyView {
    view! { <p class="explain">"Other devices will appear here when you sign in on them."</p> }.into_any()
}

/// One session. The time of the sign-in tells devices with the same name apart, so it has seconds.
#[component]
fn Device(session: Session, is_this: bool, all: bool, now: Timestamp) -> impl IntoView {
    let name = device::describe(session.user_agent.as_deref());
    let signed_in = session.created_at;
    let seen = if is_this {
        "Active now".to_owned()
    } else {
        format!("Last active {}", format::ago(session.last_seen_at, now))
    };
    let action = if is_this {
        view! { <span class="badge">"This device"</span> }.into_any()
    } else {
        view! {
            <form method="post" action="/actions/revoke-session">
                <input type="hidden" name="session_id" value=session.id.to_string() />
                {all.then(|| view! { <input type="hidden" name="all" value="true" /> })}
                <button type="submit">
                    "Sign out"
                    <span class="unseen">
                        {format!(" of {name}, signed in ")} <DateTime at=signed_in precision=Precision::Second />
                    </span>
                </button>
            </form>
        }
        .into_any()
    };
    view! {
        <li>
            <div class="row-main">
                <p class="row-title">{name}</p>
                <p class="row-detail">
                    <span>{seen}</span> " "
                    {session.address.map(|address| view! { <span class="wrap">{address.to_string()}</span> })}
                </p>
                <p class="row-detail">
                    <span>"Signed in " <DateTime at=signed_in precision=Precision::Second /></span>
                </p>
            </div>
            <div class="row-side">{action}</div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::draw, *};
    use crate::domain::{UserId, authentication::AuthContext};

    const NOW: Timestamp = Timestamp::from_millis(1_795_256_100_000);

    fn session(number: u8, user_agent: &str) -> Session {
        let signed_in = Timestamp::from_millis(NOW.millis() - 1000 * i64::from(number));
        Session {
            id: SessionId::new(NOW, [number; 10]),
            user_id: UserId::new(NOW, [1; 10]),
            created_at: signed_in,
            authentication: AuthContext::unknown(signed_in),
            last_seen_at: signed_in,
            idle_expires_at: NOW,
            absolute_expires_at: NOW,
            persistent: true,
            address: None,
            user_agent: Some(user_agent.to_owned()),
        }
    }

    /// The page in the last of the sessions.
    fn page(sessions: Vec<Session>, all: bool) -> String {
        let current = sessions.last().unwrap().id;
        draw(SessionsPage { email: "ada@example.com".to_owned(), sessions, current, all, now: NOW }, None)
    }

    fn devices(number: u8) -> Vec<Session> {
        (1..=number).map(|number| session(number, "curl/8")).collect()
    }

    #[test]
    fn sessions_list_current_first_without_button() {
        let other = session(1, "curl/8");
        let html = page(vec![other.clone(), session(2, "Wget/1.21")], false);
        assert!(html.find("wget").unwrap() < html.find("curl").unwrap());
        assert_eq!(html.matches("action=\"/actions/revoke-session\"").count(), 1);
        assert!(html.contains(&format!("name=\"session_id\" value=\"{}\"", other.id)));
        assert!(html.contains("Sign out everywhere else") && !html.contains("Show all"));
    }

    #[test]
    fn sessions_with_only_current_have_no_button() {
        let html = page(devices(1), false);
        assert!(!html.contains("revoke-session") && !html.contains("Sign out everywhere else"));
    }

    #[test]
    fn sessions_over_five_are_shown_on_request() {
        let html = page(devices(5), false);
        assert_eq!((html.matches("<li>").count(), html.contains("Show all")), (5 + 5, false), "{html}");
        let html = page(devices(27), false);
        assert_eq!(html.matches("revoke-session").count(), 4, "the current session is the fifth");
        assert!(html.contains("This device"));
        assert!(html.contains(r#"href="/account/sessions?all" class="button">Show all 27"#), "{html}");
        let html = page(devices(27), true);
        assert_eq!(html.matches("revoke-session").count(), 26);
        assert_eq!(html.matches(r#"name="all" value="true""#).count(), 26);
        assert!(html.contains(r#"href="/account/sessions" class="button">Show only 5"#), "{html}");
    }

    #[test]
    fn same_device_is_distinguished_by_sign_in_time() {
        let html = page(devices(3), false);
        let buttons: Vec<_> = html.split("Sign out<span class=\"unseen\"> of curl, signed in ").skip(1).collect();
        assert_eq!(buttons.len(), 2, "{html}");
        assert!(buttons[0].contains("10:14:59 UTC</time></span></button>"), "{}", buttons[0]);
        assert!(buttons[1].contains("10:14:58 UTC</time></span></button>"), "{}", buttons[1]);
    }
}
