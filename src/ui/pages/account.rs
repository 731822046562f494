//! `/account`

mod activity;
mod deletion;
mod password;
mod profile;
mod sessions;

use leptos::prelude::*;

use crate::{
    domain::{
        SessionId, Timestamp,
        event::Event,
        form::{FormKind, FormState},
        session::Session,
        user::User,
    },
    ui::{components::password_field::PasswordRules, feedback::Feedback, islands::LocalTimes, page::Page},
};
use activity::ActivitySection;
use deletion::DeletionSection;
use password::PasswordSection;
use profile::ProfileSection;
use sessions::SessionsSection;

/// The user's profile, password, sessions and security log.
pub struct AccountPage {
    /// The signed-in user.
    pub user: User,
    /// The session of this request.
    pub current: SessionId,
    /// All active sessions of the user, `current` included.
    pub sessions: Vec<Session>,
    /// One page of the security log, newest entry first.
    pub events: Vec<Event>,
    /// Whether newer events exist.
    pub has_newer_events: bool,
    /// The cursor of the older events. `None`: there are no older events.
    pub older_events: Option<i64>,
    /// The rules for a new password.
    pub rules: PasswordRules,
    /// The current time, for "5 minutes ago".
    pub now: Timestamp,
}

impl Page for AccountPage {
    const HAS_ISLANDS: bool = true;

    fn title(&self) -> Option<&'static str> {
        Some("Your account")
    }

    fn view(self, form: Option<&FormState>) -> AnyView {
        let Self { user, current, sessions, events, has_newer_events, older_events, rules, now } = self;
        let feedback = |kind| Feedback::new(kind, form);
        let email = user.email;
        view! {
            <div class="account">
                <h1>"Your account"</h1>
                <p class="lead wrap">{email.clone()}</p>
                <ProfileSection name=user.name feedback=feedback(FormKind::Profile) />
                <PasswordSection email=email.clone() rules feedback=feedback(FormKind::Password) />
                <SessionsSection sessions current now feedback=feedback(FormKind::Sessions) />
                <ActivitySection events has_newer=has_newer_events older=older_events now />
                <DeletionSection email feedback=feedback(FormKind::Deletion) />
                <LocalTimes />
            </div>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use leptos::nonce::Nonce;

    use super::*;
    use crate::{
        domain::{
            Name, UserId,
            event::EventKind,
            form::{FormError, RejectedForm},
        },
        ui::{
            page::{Assets, Document},
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
            has_newer_events: false,
            older_events: None,
            rules: PasswordRules { min_length: 8, composition: false },
            now: NOW,
        }
    }

    fn draw(page: AccountPage, form: Option<FormState>) -> String {
        let assets = Assets { stylesheet: String::new(), script: String::new(), wasm: String::new() };
        render(page, Document { viewer: None, sign_up: true, form, assets, reload: None }, Nonce::from_value("n"))
    }

    fn wrong_password(form: FormKind) -> FormState {
        FormState::Failed(RejectedForm::new(form, vec![FormError::CurrentPassword]))
    }

    #[test]
    fn sessions_list_current_first_without_button() {
        let other = SessionId::new(NOW, [2; 10]);
        let html = draw(account(&[other]), None);
        assert!(html.find("wget").unwrap() < html.find("curl").unwrap());
        assert_eq!(html.matches("action=\"/actions/revoke-session\"").count(), 1);
        assert!(html.contains(&format!("name=\"session_id\" value=\"{other}\"")));
        assert!(html.contains("Sign out everywhere else"));
    }

    #[test]
    fn sessions_with_only_current_have_no_button() {
        let html = draw(account(&[]), None);
        assert!(!html.contains("revoke-session") && !html.contains("Sign out everywhere else"));
    }

    #[test]
    fn password_form_has_username_for_managers() {
        let html = draw(account(&[]), None);
        assert!(html.contains(r#"autocomplete="username" value="ada@example.com" readonly hidden"#), "{html}");
    }

    #[test]
    fn error_is_shown_in_the_section_of_its_form() {
        let html = draw(account(&[]), Some(wrong_password(FormKind::Password)));
        let (before, after) = html.split_once("action=\"/actions/change-password\"").unwrap();
        assert!(!before.contains("role=\"alert\""));
        assert!(after.contains("role=\"alert\"") && after.contains("href=\"#current-password\""), "{after}");
        assert!(before.contains("value=\"Ada\""), "the saved name is shown");
    }

    #[test]
    fn deletion_asks_for_password_and_shows_error() {
        let html = draw(account(&[]), None);
        let (_, section) = html.split_once("action=\"/actions/delete-account\"").unwrap();
        assert!(section.contains(r#"name="current_password""#) && section.contains(r#"type="password""#), "{section}");
        assert!(html.contains("This can’t be undone."));
        let html = draw(account(&[]), Some(wrong_password(FormKind::Deletion)));
        let (before, after) = html.split_once("action=\"/actions/delete-account\"").unwrap();
        assert!(!before.contains("role=\"alert\""));
        assert!(after.contains("role=\"alert\"") && after.contains("href=\"#delete-password\""), "{after}");
    }

    #[test]
    fn activity_shows_times_and_link_to_older() {
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
