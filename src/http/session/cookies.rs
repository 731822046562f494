//! Reads and writes all cookies of the service.
//!
//! On https the names have the prefix `__Host-`, so browsers require `Secure`, `Path=/` and no `Domain`:
//! no other host, not even a sibling, can set or read them (RFC 6265bis §4.1.3.2).

use std::time::Duration;

use axum::http::{HeaderMap, header::COOKIE};
use tower_cookies::{
    Cookie, Cookies, Key,
    cookie::{SameSite, time},
};

use super::changes::SessionChange;
use crate::{
    auth::sessions::{credential::SessionCredential, imported::ImportedToken},
    domain::{Timestamp, form::FormState, seconds, session::CookieLifetime},
};

/// How long the result of a form waits for the next page.
const FORM_LIFETIME: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug)]
struct CookieNames {
    access: &'static str,
    session: &'static str,
    form: &'static str,
    /// The session cookie of Better Auth, for imported sessions. On https only the name that no page on
    /// plain http can set.
    imported: &'static str,
}

const HTTPS: CookieNames = CookieNames {
    access: "__Host-latchkey_access",
    session: "__Host-latchkey_session",
    form: "__Host-latchkey_form",
    imported: "__Secure-better-auth.session_token",
};

/// Browsers refuse the prefix on http, which is for localhost only.
const HTTP: CookieNames = CookieNames {
    access: "latchkey_access",
    session: "latchkey_session",
    form: "latchkey_form",
    imported: "better-auth.session_token",
};

/// The name of the session token's cookie.
pub const fn session_name(https: bool) -> &'static str {
    if https { HTTPS.session } else { HTTP.session }
}

/// The cookies of one request and its response.
#[derive(Clone)]
pub struct CookieJar {
    cookies: Cookies,
    names: CookieNames,
    secure: bool,
}

/// The session cookies of a request.
#[derive(Clone, Debug, Default)]
pub struct SessionCookies {
    /// The access token, unverified.
    pub access_token: Option<String>,
    /// The session token, unverified, or the imported token if there is no session token. `None` too if its
    /// format is wrong.
    pub session: Option<SessionCredential>,
    /// Whether the request has any session cookie, valid or not.
    pub any: bool,
}

impl CookieJar {
    /// The jar of a request; `secure` on https.
    pub fn new(cookies: Cookies, secure: bool) -> Self {
        Self { cookies, names: if secure { HTTPS } else { HTTP }, secure }
    }

    /// Reads the session cookies, without percent-decoding. Two cookies of one name are both ignored: a
    /// sibling host may have set one ("cookie tossing").
    pub fn session(&self, headers: &HeaderMap) -> SessionCookies {
        let [access, session] = [self.names.access, self.names.session].map(|name| values(headers, name));
        let credential = if session.is_empty() {
            let imported = single(&values(headers, self.names.imported));
            imported.and_then(|text| ImportedToken::of_cookie(&text)).map(SessionCredential::Imported)
        } else {
            single(&session).and_then(|text| text.parse().ok()).map(SessionCredential::Own)
        };
        SessionCookies {
            access_token: single(&access),
            any: !access.is_empty() || !session.is_empty() || credential.is_some(),
            session: credential,
        }
    }

    /// Writes the session cookies.
    pub fn apply(&self, change: &SessionChange, now: Timestamp) {
        match change {
            SessionChange::Start { session, access, lifetime } => {
                let max_age = lifetime.idle_expires_at.since(now);
                self.set(self.names.session, session.expose(), lifetime.persistent.then_some(max_age));
                self.set_access(access.token.expose(), access.expires_at, *lifetime, now);
                self.remove_imported();
            }
            // Keeps an imported cookie: the response with the session token may be lost.
            SessionChange::Refresh { access, lifetime } => {
                self.set_access(access.token.expose(), access.expires_at, *lifetime, now);
            }
            SessionChange::End => {
                self.remove(self.names.session);
                self.remove(self.names.access);
                self.remove_imported();
            }
        }
    }

    /// Stores a form's result, encrypted: it may contain an e-mail address.
    pub fn leave_form(&self, state: &FormState, key: &Key) {
        if let Ok(json) = serde_json::to_string(state) {
            self.cookies.private(key).add(self.cookie(self.names.form, json, Some(FORM_LIFETIME)));
        }
    }

    /// Removes and returns the result of the form that was sent before this page.
    pub fn take_form(&self, key: &Key) -> Option<FormState> {
        self.cookies.get(self.names.form)?;
        let sealed = self.cookies.private(key).get(self.names.form);
        self.remove(self.names.form);
        serde_json::from_str(sealed?.value()).ok()
    }

    fn set_access(&self, token: &str, expires_at: Timestamp, lifetime: CookieLifetime, now: Timestamp) {
        let max_age = expires_at.since(now);
        self.set(self.names.access, token.to_owned(), lifetime.persistent.then_some(max_age));
    }

    fn set(&self, name: &'static str, value: String, max_age: Option<Duration>) {
        self.cookies.add(self.cookie(name, value, max_age));
    }

    fn remove(&self, name: &'static str) {
        self.set(name, String::new(), Some(Duration::ZERO));
    }

    fn remove_imported(&self) {
        if self.cookies.get(self.names.imported).is_some() {
            self.remove(self.names.imported);
        }
    }

    /// Without `max_age` the cookie lasts until the browser closes.
    fn cookie(&self, name: &'static str, value: String, max_age: Option<Duration>) -> Cookie<'static> {
        let mut cookie =
            Cookie::build((name, value)).path("/").http_only(true).secure(self.secure).same_site(SameSite::Lax).build();
        if let Some(max_age) = max_age {
            let seconds = i64::try_from(seconds::rounded_up(max_age)).unwrap_or(i64::MAX);
            cookie.set_max_age(time::Duration::seconds(seconds));
        }
        cookie
    }
}

/// All values of the cookies of this name.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let headers = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim()).collect()
}

fn single(values: &[&str]) -> Option<String> {
    match values {
        [value] if !value.is_empty() => Some((*value).to_owned()),
        _ => None,
    }
}
