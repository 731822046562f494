//! Notices: messages about an account that its user did not ask for (ASVS 6.3.5, 6.3.7).
//!
//! The store writes a notice in the transaction of the change. A verified address gets notices, and no other: one that
//! is not verified may belong to another person.

use std::{net::IpAddr, sync::Arc};

use super::{
    principal::SessionRef,
    requester::{DeviceCookie, Requester},
    throttle::{DeviceCookies, Network},
};
use crate::{
    clock::Clock,
    domain::{Email, device, user::User},
    mail::{
        Letter, Outbox,
        letter::{Client, FactorsChange},
    },
    store::{
        Store, StoreError,
        credentials::CredentialsVersion,
        outbox::{LimitedMail, MailLimit},
    },
};

/// The most notices of new sign-ins to one account.
const SIGN_INS: MailLimit = MailLimit { per_hour: 3, per_day: 3 };

/// The most notices of every other kind to one account.
const CHANGES: MailLimit = MailLimit { per_hour: 5, per_day: 15 };

/// Writes notices.
pub(super) struct Notices {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) devices: Arc<DeviceCookies>,
    /// `None`: the service sends no mail.
    pub(super) outbox: Option<Arc<Outbox>>,
    /// Whether sign-ins are notified.
    pub(super) sign_ins: bool,
}

impl Notices {
    /// The cookie of a device on which the user has just signed in. `None`: it cannot be sealed.
    pub fn device_cookie(&self, user: &User, credentials: CredentialsVersion) -> Option<DeviceCookie> {
        self.devices.issue(&Email::presented(&user.email).ok()?, credentials, self.clock.now())
    }

    /// The notice of a sign-in on a device and in a network that are both new for the user. `None` for the user's first
    /// sign-in.
    pub async fn new_sign_in(
        &self,
        user: &User,
        credentials: CredentialsVersion,
        requester: &Requester,
    ) -> Result<Option<LimitedMail>, StoreError> {
        if !self.sign_ins || self.is_known_device(user, credentials, requester) {
            return Ok(None);
        }
        let Some(email) = self.recipient(user) else { return Ok(None) };
        let known = self.store.addresses_of_sessions(user.id).await?;
        let is_first = user.last_sign_in_at.is_none() && known.is_empty();
        if is_first || is_among(&known, requester) {
            return Ok(None);
        }
        Ok(self.sealed(&Letter::NewSignIn { email, client: requester.into() }, SIGN_INS))
    }

    /// The notice of a new password that the user has set in a session.
    pub fn password_changed(&self, user: &User, requester: &Requester) -> Option<LimitedMail> {
        let email = self.recipient(user)?;
        self.sealed(&Letter::PasswordChanged { email, client: requester.into() }, CHANGES)
    }

    /// The notice of the end of a session whose token `requester` presented again.
    pub async fn session_ended(
        &self,
        session: SessionRef,
        requester: &Requester,
    ) -> Result<Option<LimitedMail>, StoreError> {
        let SessionRef { user_id, session_id } = session;
        let Some(user) = self.store.enabled_user(user_id).await? else { return Ok(None) };
        let Some(email) = self.recipient(&user) else { return Ok(None) };
        let session = self.store.session(user_id, session_id, self.clock.now()).await?;
        let Some(session) = session else { return Ok(None) };
        let letter = Letter::SessionEnded {
            email,
            device: device::describe(session.user_agent.as_deref()),
            signed_in_at: session.created_at.millis(),
            client: requester.into(),
        };
        Ok(self.sealed(&letter, CHANGES))
    }

    /// The notice of a change or a use of the second factors.
    pub fn factors_changed(&self, user: &User, change: FactorsChange, requester: &Requester) -> Option<LimitedMail> {
        let email = self.recipient(user)?;
        self.sealed(&Letter::FactorsChanged { email, change, client: requester.into() }, CHANGES)
    }

    /// The notice of the deletion of the account, to the address that it had.
    pub fn account_deleted(&self, user: &User, requester: &Requester) -> Option<LimitedMail> {
        let email = self.recipient(user)?;
        self.sealed(&Letter::AccountDeleted { email, client: requester.into() }, CHANGES)
    }

    /// The address for notices.
    fn recipient(&self, user: &User) -> Option<String> {
        (self.outbox.is_some() && user.email_verified).then(|| user.email.clone())
    }

    /// Whether the user has signed in on the device since the last change of the credentials.
    fn is_known_device(&self, user: &User, credentials: CredentialsVersion, requester: &Requester) -> bool {
        let (Some(cookie), Ok(email)) = (&requester.device, Email::presented(&user.email)) else { return false };
        let device = self.devices.verify(cookie, &email, self.clock.now());
        device.is_some_and(|device| device.credentials == credentials)
    }

    /// The change must not fail because its notice cannot be sealed.
    fn sealed(&self, letter: &Letter, limit: MailLimit) -> Option<LimitedMail> {
        match self.outbox.as_ref()?.seal(letter) {
            Ok(mail) => Some(LimitedMail { mail, limit }),
            Err(error) => {
                tracing::error!(%error, kind = letter.kind(), "a notice could not be queued");
                None
            }
        }
    }
}

/// Whether the requester is in the network of one of the addresses.
fn is_among(known: &[IpAddr], requester: &Requester) -> bool {
    let site = |address: &IpAddr| Network::of(*address).site();
    requester.address.is_some_and(|address| known.iter().any(|known| site(known) == site(&address)))
}

impl From<&Requester> for Client {
    fn from(requester: &Requester) -> Self {
        let network = requester.address.map(|address| Network::of(address).site().to_string());
        Self { device: device::describe(requester.user_agent.as_deref()), network }
    }
}
