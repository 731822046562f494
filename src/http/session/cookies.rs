//! Reads and writes all cookies of the service.

use std::{sync::Arc, time::Duration};

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use tower_cookies::{
    Cookie, Cookies, Key,
    cookie::{SameSite, time},
};

use super::{
    ceremony::CeremonyKind,
    changes::SessionChange,
    confirmation::{CONFIRMATION_LIFETIME, WaitingForm},
    imported_cookie,
    mail_request::MailRequested,
    second_step::WaitingSignIn,
};
use crate::{
    auth::{
        factors::{
            devices::DeviceTrust,
            passkeys::{CEREMONY_LIFETIME, CeremonySecret},
        },
        requester::{DeviceCookie, TrustedCookie},
        sessions::{credential::SessionCredential, imported::ImportedToken},
        sign_in::PENDING_LIFETIME,
        throttle::DEVICE_LIFETIME,
    },
    config::TrustedOrigins,
    crypto::opaque::OpaqueToken,
    domain::{Timestamp, UserId, form::FormState, seconds, session::CookieLifetime},
    http::cookie_names::CookieNames,
};

/// How long the result of a form waits for the next page.
const FORM_LIFETIME: Duration = Duration::from_mins(1);

/// How long values to fill in wait for the page of their form: the user follows a link after reading the page.
const FILLED_LIFETIME: Duration = Duration::from_mins(5);

/// How long the secret of a link waits for its form. The secret itself expires too.
const LINK_LIFETIME: Duration = Duration::from_hours(1);

/// How long a browser can use the code that it asked for: as long as the code is valid.
const CODE_LIFETIME: Duration = Duration::from_mins(10);

/// How long a browser counts as that of a new user. A message can be a day late.
const UNVERIFIED_LIFETIME: Duration = Duration::from_hours(48);

/// The cookies of one request and its response.
#[derive(Clone)]
pub struct CookieJar {
    cookies: Cookies,
    names: Arc<CookieNames>,
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
    pub const fn new(cookies: Cookies, names: Arc<CookieNames>, secure: bool) -> Self {
        Self { cookies, names, secure }
    }

    /// Reads the session cookies, without percent-decoding. Two cookies of one name are both ignored: a
    /// sibling host may have set one ("cookie tossing"). An imported token counts only without a session cookie, and in
    /// a request that may use it (`imported_cookie::is_accepted`).
    pub fn session(&self, headers: &HeaderMap, origins: &TrustedOrigins) -> SessionCookies {
        let [access, session] = [&self.names.access, &self.names.session].map(|name| values(headers, name));
        let credential = if session.is_empty() {
            let imported = self.imported(headers).filter(|_| imported_cookie::is_accepted(headers, origins));
            imported.map(SessionCredential::Imported)
        } else {
            single(&session).and_then(|text| text.parse().ok()).map(SessionCredential::Own)
        };
        SessionCookies {
            access_token: single(&access),
            any: !access.is_empty() || !session.is_empty() || credential.is_some(),
            session: credential,
        }
    }

    /// The imported token in the cookie of Better Auth, unverified.
    pub fn imported(&self, headers: &HeaderMap) -> Option<ImportedToken> {
        single(&values(headers, self.names.imported)).and_then(|text| ImportedToken::of_cookie(&text))
    }

    /// The device cookie, unverified. Two cookies of this name are both ignored.
    pub fn device(&self, headers: &HeaderMap) -> Option<DeviceCookie> {
        single(&values(headers, &self.names.device)).map(DeviceCookie)
    }

    /// Writes the device cookie. It stays when the user signs out.
    pub fn remember_device(&self, device: DeviceCookie) {
        self.set(&self.names.device, device.0, Some(DEVICE_LIFETIME));
    }

    /// Writes the session cookies.
    pub fn apply(&self, change: &SessionChange, now: Timestamp) {
        match change {
            SessionChange::Start { session, access, lifetime } => {
                let max_age = lifetime.idle_expires_at.since(now);
                self.set(&self.names.session, session.expose(), lifetime.persistent.then_some(max_age));
                self.set_access(access.token.expose(), access.expires_at, *lifetime, now);
            }
            SessionChange::Refresh { access, lifetime } => {
                self.set_access(access.token.expose(), access.expires_at, *lifetime, now);
            }
            SessionChange::End => {
                self.remove(&self.names.session);
                self.remove(&self.names.access);
            }
        }
    }

    /// Removes the cookie of Better Auth.
    pub fn remove_imported(&self) {
        self.remove(self.names.imported);
    }

    /// Stores a form's result, encrypted: it may contain an e-mail address.
    pub fn leave_form(&self, state: &FormState, key: &Key) {
        let lifetime = if matches!(state, FormState::Filled(_)) { FILLED_LIFETIME } else { FORM_LIFETIME };
        if let Ok(json) = serde_json::to_string(state) {
            self.cookies.private(key).add(self.cookie(&self.names.form, json, Some(lifetime)));
        }
    }

    /// Whether the request has the result of a form.
    pub fn has_form(&self) -> bool {
        self.cookies.get(&self.names.form).is_some()
    }

    /// Forgets the result of a form that no page has shown.
    pub fn drop_form(&self) {
        if self.has_form() {
            self.remove(&self.names.form);
        }
    }

    /// The result of a form, which stays.
    pub fn waiting_form(&self, key: &Key) -> Option<FormState> {
        let sealed = self.cookies.private(key).get(&self.names.form)?;
        serde_json::from_str(sealed.value()).ok()
    }

    /// Removes and returns the result of the form that was sent before the page at `path`. A result that waits for
    /// another page stays.
    pub fn take_form(&self, key: &Key, path: &str) -> Option<FormState> {
        let sealed = self.cookies.private(key).get(&self.names.form)?;
        let state: Option<FormState> = serde_json::from_str(sealed.value()).ok();
        if state.as_ref().is_some_and(|state| !state.is_for(path)) {
            return None;
        }
        self.remove(&self.names.form);
        state
    }

    /// Keeps the secret of a link, encrypted, so that the address of the page does not contain it.
    pub fn keep_link(&self, token: &str, key: &Key) {
        self.cookies.private(key).add(self.cookie(&self.names.link, token.to_owned(), Some(LINK_LIFETIME)));
    }

    /// The secret of the link that was opened last.
    pub fn link(&self, key: &Key) -> Option<String> {
        Some(self.cookies.private(key).get(&self.names.link)?.value().to_owned())
    }

    /// Removes the secret of a link.
    pub fn drop_link(&self) {
        self.remove(&self.names.link);
    }

    /// Notes that this browser asked for a message with a code, or for a link that signs in. Encrypted: it contains an
    /// address.
    pub fn keep_mail_request(&self, request: &MailRequested, key: &Key) {
        if let Ok(json) = serde_json::to_string(request) {
            self.cookies.private(key).add(self.cookie(&self.names.code, json, Some(CODE_LIFETIME)));
        }
    }

    /// The last request of [`keep_mail_request`](Self::keep_mail_request).
    pub fn mail_request(&self, key: &Key) -> Option<MailRequested> {
        serde_json::from_str(self.cookies.private(key).get(&self.names.code)?.value()).ok()
    }

    /// Forgets the request of [`keep_mail_request`](Self::keep_mail_request).
    pub fn drop_mail_request(&self) {
        self.remove(&self.names.code);
    }

    /// Keeps a sign-in that waits for the second factor, encrypted.
    pub fn keep_second_step(&self, waiting: &WaitingSignIn, key: &Key) {
        if let Ok(json) = serde_json::to_string(waiting) {
            self.cookies.private(key).add(self.cookie(&self.names.second_step, json, Some(PENDING_LIFETIME)));
        }
    }

    /// The sign-in of [`keep_second_step`](Self::keep_second_step).
    pub fn second_step(&self, key: &Key) -> Option<WaitingSignIn> {
        serde_json::from_str(self.cookies.private(key).get(&self.names.second_step)?.value()).ok()
    }

    /// Forgets the sign-in of [`keep_second_step`](Self::keep_second_step).
    pub fn drop_second_step(&self) {
        self.remove(&self.names.second_step);
    }

    /// Keeps a form that waits until the user has confirmed their identity, encrypted: it may contain a password.
    pub fn keep_confirmation(&self, waiting: &WaitingForm, key: &Key) {
        let sealed = self.cookie(&self.names.confirmation, waiting.to_text(), Some(CONFIRMATION_LIFETIME));
        self.cookies.private(key).add(sealed);
    }

    /// The form of [`keep_confirmation`](Self::keep_confirmation), of any session and age.
    pub fn confirmation(&self, key: &Key) -> Option<WaitingForm> {
        WaitingForm::of_text(self.cookies.private(key).get(&self.names.confirmation)?.value())
    }

    /// Forgets the form of [`keep_confirmation`](Self::keep_confirmation).
    pub fn drop_confirmation(&self) {
        self.remove(&self.names.confirmation);
    }

    /// The cookie of a trusted device, unverified. Two cookies of this name are both ignored.
    pub fn trusted(&self, headers: &HeaderMap) -> Option<TrustedCookie> {
        single(&values(headers, &self.names.trusted)).map(TrustedCookie)
    }

    /// Writes the cookie of a trusted device. It stays when the user signs out.
    pub fn trust_device(&self, trust: &DeviceTrust, now: Timestamp) {
        self.set(&self.names.trusted, trust.token.expose(), Some(trust.expires_at.since(now)));
    }

    /// Removes the cookie of a trusted device.
    pub fn drop_trust(&self) {
        self.remove(&self.names.trusted);
    }

    /// Keeps the secret of a passkey ceremony. A browser has one ceremony of each kind: the last that began.
    pub fn keep_ceremony(&self, kind: CeremonyKind, secret: &OpaqueToken) {
        self.set(kind.cookie(&self.names), secret.expose(), Some(CEREMONY_LIFETIME));
    }

    /// Removes and returns the secret of [`keep_ceremony`](Self::keep_ceremony), unverified.
    pub fn take_ceremony(&self, kind: CeremonyKind) -> Option<CeremonySecret> {
        let name = kind.cookie(&self.names);
        let kept = self.cookies.get(name)?;
        self.remove(name);
        CeremonySecret::parse(kept.value())
    }

    /// Notes that this browser has sent the sign-up or the password of a user whose address is not verified.
    pub fn keep_unverified(&self, user: UserId, key: &Key) {
        self.cookies.private(key).add(self.cookie(&self.names.unverified, user.to_string(), Some(UNVERIFIED_LIFETIME)));
    }

    /// The user of [`keep_unverified`](Self::keep_unverified).
    pub fn unverified(&self, key: &Key) -> Option<UserId> {
        self.cookies.private(key).get(&self.names.unverified)?.value().parse().ok()
    }

    /// Forgets the user of [`keep_unverified`](Self::keep_unverified).
    pub fn drop_unverified(&self) {
        self.remove(&self.names.unverified);
    }

    fn set_access(&self, token: &str, expires_at: Timestamp, lifetime: CookieLifetime, now: Timestamp) {
        let max_age = expires_at.since(now);
        self.set(&self.names.access, token.to_owned(), lifetime.persistent.then_some(max_age));
    }

    fn set(&self, name: &str, value: String, max_age: Option<Duration>) {
        self.cookies.add(self.cookie(name, value, max_age));
    }

    fn remove(&self, name: &str) {
        self.set(name, String::new(), Some(Duration::ZERO));
    }

    /// Without `max_age` the cookie lasts until the browser closes.
    fn cookie(&self, name: &str, value: String, max_age: Option<Duration>) -> Cookie<'static> {
        let mut cookie = Cookie::build((name.to_owned(), value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .build();
        if let Some(max_age) = max_age {
            let seconds = i64::try_from(seconds::rounded_up(max_age)).unwrap_or(i64::MAX);
            cookie.set_max_age(time::Duration::seconds(seconds));
        }
        cookie
    }
}

/// All values of the cookies of this name; empty for one that is not UTF-8. A cookie affects no other.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let lines = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    let pairs = lines.flat_map(|line| line.split(|byte| *byte == b';')).filter_map(|pair| {
        let (key, value) = pair.split_at(pair.iter().position(|byte| *byte == b'=')?);
        Some((key.trim_ascii(), value[1..].trim_ascii()))
    });
    let named = pairs.filter(|(key, _)| *key == name.as_bytes());
    named.map(|(_, value)| std::str::from_utf8(value).unwrap_or_default()).collect()
}

fn single(values: &[&str]) -> Option<String> {
    match values {
        [value] if !value.is_empty() => Some((*value).to_owned()),
        _ => None,
    }
}
