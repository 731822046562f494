//! One request for each operation that needs the database, on every face.

use std::collections::BTreeSet;

use futures::future::{BoxFuture, join_all};
use latchkey::auth::sessions::renew::ROTATION_INTERVAL;

use crate::support::{
    FORM, JSON, MASTER_SECRET, NEW_PASSWORD, PASSWORD, TestApp,
    browser::{ACCESS, Browser, SESSION},
    client::TestResponse,
    person::Person,
};

/// What an operation does with the database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Read,
    Write,
    /// Ends sessions, which this process refuses also if the write fails.
    End,
}
use Effect::{End, Read, Write};

pub struct Answer {
    pub name: String,
    pub effect: Effect,
    pub response: TestResponse,
}

type Fields = &'static [(&'static str, &'static str)];

/// The forms with their fields.
const FORMS: [(Effect, &str, Fields); 11] = [
    (Write, "sign-up", &[("name", "Eve"), ("email", "eve@example.com"), ("password", NEW_PASSWORD)]),
    (Write, "sign-in", &[("email", EMAIL), ("password", PASSWORD)]),
    (Write, "request-password-reset", &[("email", EMAIL)]),
    (Write, "send-verification", &[]),
    (Write, "request-email-change", &[("email", "new@example.com")]),
    (Write, "update-profile", &[("name", "Grace")]),
    (Write, "change-password", &[("current_password", PASSWORD), ("new_password", NEW_PASSWORD)]),
    (End, "revoke-session", &[("session_id", "0197a2f0-0000-7000-8000-000000000000")]),
    (End, "revoke-other-sessions", &[]),
    (Write, "delete-account", &[("current_password", PASSWORD)]),
    (End, "sign-out", &[]),
];

/// The sign-in API, with a session token.
const CONTRACT: [(Effect, &str, &str); 34] = [
    (
        Write,
        "POST /api/auth/sign-up/email",
        r#"{"name":"Eve","email":"eve@example.com","password":"amber kettle 7 bal"}"#,
    ),
    (Write, "POST /api/auth/sign-in/email", r#"{"email":"ada@example.com","password":"violet otter lantern 42"}"#),
    (Read, "GET /api/auth/get-session", ""),
    (Read, "GET /api/auth/list-sessions", ""),
    (Read, "GET /api/auth/list-accounts", ""),
    (Read, "GET /api/auth/token", ""),
    (End, "POST /api/auth/revoke-session", r#"{"token":"0197a2f0-0000-7000-8000-000000000000"}"#),
    (End, "POST /api/auth/revoke-other-sessions", "{}"),
    (End, "POST /api/auth/revoke-sessions", "{}"),
    (Write, "POST /api/auth/update-user", r#"{"name":"Grace"}"#),
    (Write, "POST /api/auth/verify-password", r#"{"password":"violet otter lantern 42"}"#),
    (
        Write,
        "POST /api/auth/change-password",
        r#"{"currentPassword":"violet otter lantern 42","newPassword":"amber kettle balcony 7"}"#,
    ),
    (Write, "POST /api/auth/request-password-reset", r#"{"email":"ada@example.com"}"#),
    (
        Read,
        "POST /api/auth/reset-password",
        r#"{"newPassword":"amber kettle balcony 7","token":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
    ),
    (Read, "GET /api/auth/reset-password/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA?callbackURL=/reset", ""),
    (Write, "POST /api/auth/send-verification-email", r#"{"email":"ada@example.com"}"#),
    (Write, "POST /api/auth/change-email", r#"{"newEmail":"new@example.com"}"#),
    (Read, "GET /api/auth/verify-email?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ""),
    (Write, "POST /api/auth/delete-user", r#"{"password":"violet otter lantern 42"}"#),
    (Write, "GET /api/auth/delete-user/callback?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ""),
    (Write, "POST /api/auth/two-factor/enable", r#"{"password":"violet otter lantern 42"}"#),
    (Write, "POST /api/auth/two-factor/disable", r#"{"password":"violet otter lantern 42"}"#),
    (Read, "POST /api/auth/two-factor/get-totp-uri", r#"{"password":"violet otter lantern 42"}"#),
    (Read, "POST /api/auth/two-factor/generate-backup-codes", r#"{"password":"violet otter lantern 42"}"#),
    (Read, "POST /api/auth/two-factor/verify-totp", r#"{"code":"123456"}"#),
    (Read, "POST /api/auth/two-factor/verify-backup-code", r#"{"code":"aaaaa-aaaaa"}"#),
    (Write, "GET /api/auth/passkey/generate-register-options", ""),
    (Read, "POST /api/auth/passkey/verify-registration", r#"{"response":{}}"#),
    (Write, "GET /api/auth/passkey/generate-authenticate-options", ""),
    (Read, "GET /api/auth/passkey/list-user-passkeys", ""),
    (Read, "POST /api/auth/passkey/update-passkey", r#"{"id":"0197a2f0-0000-7000-8000-000000000000","name":"x"}"#),
    (Read, "POST /api/auth/passkey/delete-passkey", r#"{"id":"0197a2f0-0000-7000-8000-000000000000"}"#),
    (End, "POST /api/auth/sign-out", "{}"),
    // Forward authentication: an access token would be verified without the database.
    (Read, "GET /api/auth/verify", ""),
];

/// The user API below the user's path, with an access token.
const OWN: [(Effect, &str, &str, &str); 7] = [
    (Read, "GET", "", ""),
    (Write, "PATCH", "", r#"{"name":"Grace"}"#),
    (Write, "DELETE", "", r#"{"password":"violet otter lantern 42"}"#),
    (Read, "GET", "/events", ""),
    (Read, "GET", "/sessions", ""),
    (End, "DELETE", "/sessions", ""),
    (End, "DELETE", "/sessions/0197a2f0-0000-7000-8000-000000000000", ""),
];

/// Forward authentication of a browser. Its access token would be verified without the database.
const VERIFY: &str = "GET /api/auth/verify";

/// A sign-in with a passkey, in a browser that began it.
const PASSKEY: &str = "POST /api/auth/passkey/verify-authentication";

/// The user events, with the token of [`EVENTS`].
const USER_EVENTS: &str = "GET /api/events";

const READINESS: &str = "GET /readyz";

/// The pages of a signed-in user.
const ACCOUNT_PAGES: [&str; 5] =
    ["/account", "/account/security", "/account/sessions", "/account/activity", "/account/delete"];

/// The pages that need the database to renew a session.
const OTHER_PAGES: [&str; 2] = ["/", "/docs"];

/// The setting that turns [`USER_EVENTS`] on.
pub const EVENTS: (&str, &str) = ("LATCHKEY_EVENTS_TOKEN", MASTER_SECRET);

/// The operations of the API, as the OpenAPI document names them.
pub fn api() -> BTreeSet<String> {
    let contract = CONTRACT.map(|(_, line, _)| {
        let path = line.split('?').next().unwrap_or_default();
        match path.strip_prefix("GET /api/auth/reset-password/") {
            Some(_) => "GET /api/auth/reset-password/{token}".to_owned(),
            None => path.to_owned(),
        }
    });
    let own = OWN.map(|(_, method, path, _)| {
        let path = if path.starts_with("/sessions/") { "/sessions/{session_id}" } else { path };
        format!("{method} /api/users/{{user_id}}{path}")
    });
    let others = [VERIFY, USER_EVENTS, READINESS, PASSKEY].map(str::to_owned);
    contract.into_iter().chain(own).chain(others).collect()
}

const EMAIL: &str = "ada@example.com";

/// Signed-in users whose requests fail during the outage.
pub struct Operations<'a> {
    app: &'a TestApp,
    ada: Person,
    /// One for each operation that ends sessions.
    others: Vec<Person>,
}

impl<'a> Operations<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        let mut others = Vec::new();
        for number in 0..9 {
            others.push(app.person(&format!("other{number}@example.com")).await);
        }
        let ada = app.person(EMAIL).await;
        // A renewal would write nothing.
        app.wait(ROTATION_INTERVAL);
        Self { app, ada, others }
    }

    /// Ada's browser.
    pub fn browser(&self) -> Browser {
        self.browser_of(&self.ada)
    }

    fn browser_of(&self, person: &Person) -> Browser {
        let browser = Browser::new(self.app);
        browser.set_cookie(ACCESS, &person.access_token);
        browser.set_cookie(SESSION, &person.session_token);
        browser
    }

    /// A browser whose access token has expired.
    fn browser_due_for_renewal(&self) -> Browser {
        let browser = self.browser();
        browser.remove_cookie(ACCESS);
        browser
    }

    /// Runs all operations at the same time.
    pub async fn run(&self) -> Vec<Answer> {
        let mut running: Vec<BoxFuture<'_, Answer>> = Vec::new();
        let mut others = self.others.iter();
        let mut person = |effect| match effect {
            End => others.next().expect("a user for each"),
            Read | Write => &self.ada,
        };
        for (effect, action, fields) in FORMS {
            running.push(Box::pin(self.form(effect, action, fields, person(effect))));
        }
        for (effect, line, body) in CONTRACT {
            let credential = ("authorization", person(effect).session_bearer());
            running.push(Box::pin(self.send(effect, line.to_owned(), body, credential)));
        }
        for (effect, method, path, body) in OWN {
            let person = person(effect);
            let line = format!("{method} {}", person.path(path));
            running.push(Box::pin(self.send(effect, line, body, ("authorization", person.bearer()))));
        }
        for path in ACCOUNT_PAGES {
            running.push(Box::pin(page(self.browser(), path)));
        }
        for path in OTHER_PAGES {
            running.push(Box::pin(page(self.browser_due_for_renewal(), path)));
        }
        for (effect, line, credential) in [
            (Read, VERIFY, ("cookie", self.ada.session_cookie())),
            (Read, USER_EVENTS, ("authorization", format!("Bearer {}", EVENTS.1))),
            (Write, READINESS, ("accept", "*/*".to_owned())),
        ] {
            running.push(Box::pin(self.send(effect, line.to_owned(), "", credential)));
        }
        running.push(Box::pin(self.passkey()));
        join_all(running).await
    }

    async fn passkey(&self) -> Answer {
        let browser = Browser::new(self.app);
        browser.set_cookie("latchkey_passkey_sign_in", &"A".repeat(43));
        let path = PASSKEY.trim_start_matches("POST ");
        let response = browser.post_json(path, &serde_json::json!({ "response": {} })).await;
        Answer { name: PASSKEY.to_owned(), effect: Write, response }
    }

    /// Posts a form, and follows the redirect to the page with the result.
    async fn form(&self, effect: Effect, action: &str, fields: &[(&str, &str)], person: &Person) -> Answer {
        // A signed-in user is redirected away from the pages of these forms.
        let visitor = ["sign-up", "sign-in"].contains(&action);
        let browser = if visitor { Browser::new(self.app) } else { self.browser_of(person) };
        let mut response = browser.post(action, fields).await;
        if response.status.is_redirection() {
            response = browser.get(response.header("location")).await;
        }
        Answer { name: format!("form {action}"), effect, response }
    }

    async fn send(
        &self,
        effect: Effect,
        line: String,
        body: &'static str,
        (header, credential): (&'static str, String),
    ) -> Answer {
        let headers = [(header, credential.as_str()), JSON];
        let response = self.app.send(&line, &headers, body).await;
        Answer { name: line, effect, response }
    }

    /// After an outage the session still works, and the password and the profile are the old ones.
    pub async fn assert_recovered(&self) {
        assert!(self.browser().is_signed_in().await);
        assert!(self.app.has_session(&self.ada.session_token).await);
        let again = Person::sign_in(self.app, EMAIL).await;
        assert_eq!(again.get(self.app, "").await.json()["name"], "Ada");
        assert_eq!(self.app.client().get("/sign-in").header("content-type", FORM.1).await.status, 200);
    }
}

async fn page(browser: Browser, path: &str) -> Answer {
    Answer { name: format!("page {path}"), effect: Read, response: browser.get(path).await }
}
