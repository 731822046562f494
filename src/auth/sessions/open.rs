//! Opening a session.

use super::{Sessions, token::SessionToken};
use crate::{
    auth::{
        audit::{EventDetail, FirstFactor, SecondFactor},
        error::InternalError,
        principal::Principal,
        requester::{DeviceCookie, Requester},
        token::IssuedToken,
    },
    crypto::random::random_bytes,
    domain::{
        SessionId, Timestamp, UserId,
        authentication::{AuthContext, AuthMethod, AuthMethods},
        event::EventKind,
        session::Session,
        user::User,
    },
    store::{credentials::CredentialsVersion, passkeys::PasskeyUse, sessions::NewSession},
};

/// A signed-in user with a new session.
#[derive(Debug)]
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// The new session.
    pub session: Session,
    /// The token that renews the session.
    pub session_token: SessionToken,
    /// The first access token.
    pub access: IssuedToken,
    /// The cookie of the device. Without it, the next sign-in on the device is counted like one on a new device.
    pub device: Option<DeviceCookie>,
}

/// A user whose credentials were verified, and the version of the credentials at that moment.
#[derive(Debug)]
pub struct VerifiedUser {
    /// The user.
    pub user: User,
    /// How the user proved their identity.
    pub methods: AuthMethods,
    /// If the account's credentials have a newer version, no session is opened.
    pub version: CredentialsVersion,
}

/// A session for the database, and its first token.
pub(in crate::auth) struct PreparedSession {
    pub(in crate::auth) new: NewSession,
    token: SessionToken,
}

impl SignedIn {
    /// The signed-in user and session.
    pub fn principal(&self) -> Principal {
        Principal::of_session(&self.session)
    }
}

/// The detail of the event of a sign-in or a confirmation.
pub(super) const fn detail(methods: AuthMethods) -> EventDetail {
    let is_password = methods.contains(AuthMethod::Password);
    let is_mail = methods.contains(AuthMethod::EmailCode) || methods.contains(AuthMethod::EmailLink);
    let first = if is_password { FirstFactor::Password } else { FirstFactor::Email };
    if methods.contains(AuthMethod::Passkey) {
        if is_password || is_mail {
            EventDetail::TwoFactors(first, SecondFactor::Passkey)
        } else {
            EventDetail::Passkey
        }
    } else if methods.contains(AuthMethod::Totp) {
        EventDetail::TwoFactors(first, SecondFactor::Totp)
    } else if methods.contains(AuthMethod::RecoveryCode) {
        EventDetail::TwoFactors(first, SecondFactor::RecoveryCode)
    } else if is_password {
        EventDetail::Password
    } else if methods.contains(AuthMethod::EmailCode) {
        EventDetail::EmailCode
    } else {
        EventDetail::EmailLink
    }
}

impl Sessions {
    /// Stores a session of a verified user, and notifies the user of a new device in a new network. `None` if the
    /// credentials have changed since they were verified.
    pub(in crate::auth) async fn open(
        &self,
        verified: &VerifiedUser,
        persistent: bool,
        requester: &Requester,
    ) -> Result<Option<PreparedSession>, InternalError> {
        self.settle(verified.user.id).await?;
        let authentication = AuthContext::new(verified.methods, self.clock.now());
        let prepared = self.prepare(verified.user.id, authentication, persistent, requester)?;
        let notice = self.notices.new_sign_in(&verified.user, verified.version, requester).await?;
        let surplus = self.store.open_session(&prepared.new, verified.version, notice).await?;
        Ok(surplus.map(|surplus| {
            self.deny_tokens_of(&surplus);
            prepared
        }))
    }

    /// As [`open`](Self::open), and records the use of the passkey. `None` too if the passkey is gone or its counter has
    /// grown meanwhile.
    pub(in crate::auth) async fn open_with_passkey(
        &self,
        verified: &VerifiedUser,
        used: PasskeyUse,
        persistent: bool,
        requester: &Requester,
    ) -> Result<Option<PreparedSession>, InternalError> {
        self.settle(verified.user.id).await?;
        let authentication = AuthContext::new(verified.methods, self.clock.now());
        let prepared = self.prepare(verified.user.id, authentication, persistent, requester)?;
        let notice = self.notices.new_sign_in(&verified.user, verified.version, requester).await?;
        let surplus = self.store.open_session_with_passkey(&prepared.new, verified.version, used, notice).await?;
        Ok(surplus.map(|surplus| {
            self.deny_tokens_of(&surplus);
            prepared
        }))
    }

    /// Records the sign-in and issues the first access token of an opened session.
    pub(in crate::auth) fn complete_sign_in(
        &self,
        verified: VerifiedUser,
        opened: PreparedSession,
        requester: &Requester,
    ) -> Result<SignedIn, InternalError> {
        let VerifiedUser { user, methods, version } = verified;
        self.audit.record(EventKind::LoginSuccess, user.id, requester, detail(methods));
        self.complete(user, version, opened, requester)
    }

    /// A session for the caller to store in a transaction of its own.
    pub(in crate::auth) fn prepare(
        &self,
        user_id: UserId,
        authentication: AuthContext,
        persistent: bool,
        requester: &Requester,
    ) -> Result<PreparedSession, InternalError> {
        let now = self.clock.now();
        let id = SessionId::new(now, random_bytes()?);
        let family_key = random_bytes::<32>()?;
        let token = SessionToken::generate(id, &family_key)?;
        // A whole second, like the times in tokens: every token can last until the session's last moment.
        let absolute_expires_at = Timestamp::from_millis(now.plus(self.lifetimes.absolute).seconds() * 1000);
        let session = Session {
            id,
            user_id,
            created_at: now,
            authentication,
            last_seen_at: now,
            idle_expires_at: self.idle_expiry(persistent, absolute_expires_at),
            absolute_expires_at,
            persistent,
            address: requester.address,
            user_agent: requester.user_agent.clone(),
        };
        let secret_hash = token.secret_hash();
        Ok(PreparedSession { new: NewSession { session, family_key, secret_hash }, token })
    }

    /// Issues the first access token of a session that has been stored, and the cookie of its device.
    pub(in crate::auth) fn complete(
        &self,
        user: User,
        credentials: CredentialsVersion,
        opened: PreparedSession,
        requester: &Requester,
    ) -> Result<SignedIn, InternalError> {
        let PreparedSession { new: NewSession { session, .. }, token } = opened;
        let access = self.tokens.issue(&user, &session)?;
        let device = self.notices.device_cookie(&user, credentials);
        let signed_in = SignedIn { user, session, session_token: token, access, device };
        self.audit.record(EventKind::SessionCreated, signed_in.principal(), requester, None);
        Ok(signed_in)
    }
}
