//! The account: everything its owner may see and change.

mod activity;
mod deletion;
mod password;
mod profile;
mod sessions;

use leptos::prelude::*;

use crate::{
    domain::{
        Timestamp,
        form::{FormKind, FormState},
    },
    ui::{islands::LocalTimes, page::AccountPage, submission::Submission},
};
use activity::Activity;
use deletion::Deletion;
use password::PasswordSection;
use profile::Profile;
use sessions::Sessions;

/// Five sections, each with its own forms and their errors.
#[component]
pub fn Account(
    /// What the page knows.
    page: AccountPage,
    /// What the form submitted just before has to say.
    form: Option<FormState>,
    /// When the page is drawn.
    now: Timestamp,
) -> impl IntoView {
    let AccountPage { user, current, sessions, events, paged, older_events, rules } = page;
    let submission = |kind| Submission::of(kind, form.as_ref());
    let email = user.email.clone();
    view! {
        <div class="account">
            <h1>"Your account"</h1>
            <p class="lead wrap">{email.clone()}</p>
            <Profile name=user.name submission=submission(FormKind::Profile) />
            <PasswordSection email=email.clone() rules submission=submission(FormKind::Password) />
            <Sessions sessions current now submission=submission(FormKind::Sessions) />
            <Activity events paged older=older_events now />
            <Deletion email submission=submission(FormKind::Deletion) />
            <LocalTimes />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use leptos::nonce::Nonce;

    use crate::{
        domain::{
            Name, SessionId, Timestamp, UserId,
            event::{Event, EventKind},
            form::{FormError, FormKind, FormState},
            session::Session,
            user::User,
        },
        ui::{
            page::{AccountPage, Assets, Document, Page, PasswordRules},
            shell::render,
        },
    };

    const NOW: Timestamp = Timestamp::from_millis(1_795_256_100_000);

    fn session(id: SessionId, user_id: UserId, user_agent: &str) -> Session {
        Session {
            id,
            user_id,
            created_at: NOW,
            last_seen_at: NOW,
            idle_expires_at: NOW,
            absolute_expires_at: NOW,
            persistent: true,
            address: None,
            user_agent: Some(user_agent.to_owned()),
        }
    }

    fn account(other_sessions: &[SessionId]) -> AccountPage {
        let (id, current) = (UserId::new(NOW, [1; 10]), SessionId::new(NOW, [1; 10]));
        let user = User {
            id,
            email: "ada@example.com".to_owned(),
            email_verified: false,
            name: Name::parse("Ada").unwrap(),
            image: None,
            created_at: NOW,
            updated_at: NOW,
            last_sign_in_at: None,
        };
        let others = other_sessions.iter().map(|other| session(*other, id, "curl/8"));
        AccountPage {
            user,
            current,
            sessions: others.chain([session(current, id, "wget/1")]).collect(),
            events: Vec::new(),
            paged: false,
            older_events: None,
            rules: PasswordRules { min_length: 8, composition: false },
        }
    }

    fn draw(page: AccountPage, form: Option<FormState>) -> String {
        let assets = Assets { stylesheet: String::new(), script: String::new(), wasm: String::new() };
        let page = Page::Account(Box::new(page));
        render(Document { page, viewer: None, form, assets, now: NOW, reload: None }, Nonce::from_value("n"))
    }

    #[test]
    fn this_device_comes_first_and_only_others_can_be_signed_out() {
        let other = SessionId::new(NOW, [2; 10]);
        let html = draw(account(&[other]), None);
        assert!(html.find("wget").unwrap() < html.find("curl").unwrap());
        assert_eq!(html.matches("action=\"/actions/revoke-session\"").count(), 1);
        assert!(html.contains(&format!("name=\"session_id\" value=\"{other}\"")));
        assert!(html.contains("Sign out everywhere else"));
    }

    #[test]
    fn a_lone_device_has_nothing_to_sign_out() {
        let html = draw(account(&[]), None);
        assert!(!html.contains("revoke-session") && !html.contains("Sign out everywhere else"));
    }

    #[test]
    fn a_password_manager_is_told_whose_password_changes() {
        let html = draw(account(&[]), None);
        assert!(html.contains(r#"autocomplete="username" value="ada@example.com" readonly hidden"#), "{html}");
    }

    #[test]
    fn an_error_stands_in_the_section_of_its_form() {
        let errors = vec![FormError::CurrentPassword];
        let form = FormKind::Password;
        let state = FormState::Failed { form, errors, email: String::new(), name: String::new() };
        let html = draw(account(&[]), Some(state));
        let (before, after) = html.split_once("action=\"/actions/change-password\"").unwrap();
        assert!(!before.contains("role=\"alert\""));
        assert!(after.contains("role=\"alert\"") && after.contains("href=\"#current-password\""), "{after}");
        assert!(before.contains("value=\"Ada\""), "the saved name is still there");
    }

    #[test]
    fn deleting_the_account_asks_for_the_password_and_tells_of_a_wrong_one_there() {
        let html = draw(account(&[]), None);
        let (_, section) = html.split_once("action=\"/actions/delete-account\"").unwrap();
        assert!(section.contains(r#"name="current_password""#) && section.contains(r#"type="password""#), "{section}");
        assert!(html.contains("This can’t be undone."));
        let (form, errors) = (FormKind::Deletion, vec![FormError::CurrentPassword]);
        let state = FormState::Failed { form, errors, email: String::new(), name: String::new() };
        let html = draw(account(&[]), Some(state));
        let (before, after) = html.split_once("action=\"/actions/delete-account\"").unwrap();
        assert!(!before.contains("role=\"alert\""));
        assert!(after.contains("role=\"alert\"") && after.contains("href=\"#delete-password\""), "{after}");
    }

    #[test]
    fn the_log_gives_each_time_to_people_and_to_machines_and_leads_on() {
        let mut page = account(&[]);
        page.older_events = Some(7);
        page.events = vec![Event {
            id: 7,
            at: NOW,
            kind: EventKind::LoginSuccess,
            user_id: page.user.id,
            session_id: None,
            address: None,
            user_agent: None,
            detail: None,
        }];
        let html = draw(page, None);
        assert!(html.contains("datetime=\"2026-11-21T10:15:00.000Z\"") && html.contains("just now"), "{html}");
        assert!(html.contains("href=\"/account?before=7#activity\""));
    }
}
