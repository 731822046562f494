//! The only place that makes cookies: their names, attributes and lifetimes.
//!
//! On https the names carry the `__Host-` prefix, which makes browsers insist on `Secure`, `Path=/`
//! and no `Domain`: no other host, a sibling included, can set or read them (RFC 6265bis §4.1.3.2).

use std::time::Duration;

use axum::http::{HeaderMap, header::COOKIE};
use tower_cookies::{
    Cookie, Cookies, Key,
    cookie::{SameSite, time},
};

use super::changes::SessionChange;
use crate::{
    auth::sessions::{credential::SessionCredential, imported::ImportedToken},
    domain::{Timestamp, form::FormState, session::CookieLifetime},
};

/// How long a form's outcome waits for the next page.
const FORM_LIFETIME: Duration = Duration::from_mins(1);

/// The names the cookies have.
#[derive(Clone, Copy, Debug)]
struct Names {
    access: &'static str,
    session: &'static str,
    form: &'static str,
    /// Under which a browser has kept a session that was brought along from Better Auth: on https only the
    /// name that no page on plain http can set.
    imported: &'static str,
}

const HTTPS: Names = Names {
    access: "__Host-latchkey_access",
    session: "__Host-latchkey_session",
    form: "__Host-latchkey_form",
    imported: "__Secure-better-auth.session_token",
};

/// Browsers refuse the prefix on http, which is for localhost only.
const HTTP: Names = Names {
    access: "latchkey_access",
    session: "latchkey_session",
    form: "latchkey_form",
    imported: "better-auth.session_token",
};

/// What the cookie with the session token is called.
pub const fn session_name(https: bool) -> &'static str {
    if https { HTTPS.session } else { HTTP.session }
}

/// Reads and writes this service's cookies.
#[derive(Clone)]
pub struct CookieJar {
    cookies: Cookies,
    names: Names,
    secure: bool,
}

/// What a browser presents as its session.
#[derive(Clone, Debug, Default)]
pub struct Presented {
    /// The access token, unverified.
    pub access: Option<String>,
    /// The session token, unverified; `None` too if it is not even of the right form. Where the browser
    /// has none, what it still keeps from before its session was brought along.
    pub session: Option<SessionCredential>,
    /// Whether there is any session cookie at all, good or bad.
    pub any: bool,
}

impl CookieJar {
    /// The jar of a request; `secure` on https.
    pub fn new(cookies: Cookies, secure: bool) -> Self {
        Self { cookies, names: if secure { HTTPS } else { HTTP }, secure }
    }

    /// What the browser presents, letter for letter. Two cookies of one name can only be somebody's
    /// trick (a sibling host "tossing" its own): then neither counts.
    pub fn presented(&self, headers: &HeaderMap) -> Presented {
        let [access, session] = [self.names.access, self.names.session].map(|name| values(headers, name));
        let only = |values: &[&str]| match values {
            [value] if !value.is_empty() => Some((*value).to_owned()),
            _ => None,
        };
        let own = || only(&session).and_then(|text| text.parse().ok()).map(SessionCredential::Own);
        let imported = || {
            let kept = only(&values(headers, self.names.imported));
            kept.and_then(|text| ImportedToken::of_cookie(&text)).map(SessionCredential::Imported)
        };
        let presented = if session.is_empty() { imported() } else { own() };
        Presented {
            access: only(&access),
            any: !access.is_empty() || !session.is_empty() || presented.is_some(),
            session: presented,
        }
    }

    /// Writes what is to happen to the session.
    pub fn apply(&self, change: &SessionChange, now: Timestamp) {
        match change {
            SessionChange::Start { session, access, lifetime } => {
                let life = lifetime.idle_expires_at.since(now);
                self.set(self.names.session, session.expose(), lifetime.persistent.then_some(life));
                self.set_access(access.token.expose(), access.expires_at, *lifetime, now);
                self.forget_imported();
            }
            // The answer that carries the session token may have been lost: an imported cookie stays.
            SessionChange::Refresh { access, lifetime } => {
                self.set_access(access.token.expose(), access.expires_at, *lifetime, now);
            }
            SessionChange::End => {
                self.set(self.names.session, String::new(), Some(Duration::ZERO));
                self.set(self.names.access, String::new(), Some(Duration::ZERO));
                self.forget_imported();
            }
        }
    }

    fn forget_imported(&self) {
        if self.cookies.get(self.names.imported).is_some() {
            self.set(self.names.imported, String::new(), Some(Duration::ZERO));
        }
    }

    fn set_access(&self, token: &str, expires_at: Timestamp, lifetime: CookieLifetime, now: Timestamp) {
        self.set(self.names.access, token.to_owned(), lifetime.persistent.then_some(expires_at.since(now)));
    }

    /// Leaves a form's outcome for the next page: sealed, since it may hold an e-mail address.
    pub fn leave_form(&self, state: &FormState, key: &Key) {
        if let Ok(json) = serde_json::to_string(state) {
            self.cookies.private(key).add(self.cookie(self.names.form, json, Some(FORM_LIFETIME)));
        }
    }

    /// Takes the outcome of the form sent before this page.
    pub fn take_form(&self, key: &Key) -> Option<FormState> {
        self.cookies.get(self.names.form)?;
        let sealed = self.cookies.private(key).get(self.names.form);
        self.set(self.names.form, String::new(), Some(Duration::ZERO));
        serde_json::from_str(sealed?.value()).ok()
    }

    fn set(&self, name: &'static str, value: String, life: Option<Duration>) {
        self.cookies.add(self.cookie(name, value, life));
    }

    /// `life` of `None` means until the browser closes.
    fn cookie(&self, name: &'static str, value: String, life: Option<Duration>) -> Cookie<'static> {
        let mut cookie =
            Cookie::build((name, value)).path("/").http_only(true).secure(self.secure).same_site(SameSite::Lax).build();
        if let Some(life) = life {
            cookie.set_max_age(time::Duration::seconds(whole_seconds(life)));
        }
        cookie
    }
}

/// Rounded up: what the clock moves on within a request shortens no cookie.
fn whole_seconds(life: Duration) -> i64 {
    i64::try_from(life.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
}

/// The values of every cookie of this name.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let headers = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim()).collect()
}
