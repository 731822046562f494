//! Adding a passkey.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{
    ceremony::{self, Ceremony, CeremonySecret},
    conditional::Mediation,
    registration::{CreationState, InvalidResponse, NewKey, PasskeyUser},
};
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        factors::Factors,
        principal::Principal,
        requester::Requester,
        throttle::Purpose,
    },
    crypto::random::{NoRandomness, random_bytes},
    domain::{
        LinkPurpose, PasskeyId, PasskeyName, Timestamp, device,
        event::EventKind,
        passkey::{Attachment, MAX_PASSKEYS, NewPasskey, Passkey},
        session::Session,
    },
    mail::letter::FactorsChange,
    store::{
        StoreError,
        credentials::CredentialsVersion,
        passkeys::{AddPasskey, PasskeyAdded},
    },
};

const PURPOSE: LinkPurpose = LinkPurpose::PasskeyRegistration;

/// What a user or an application wants of a new passkey.
#[derive(Clone, Debug, Default)]
pub struct NewPasskeyOptions {
    /// The name, if the completion brings none. Not a valid name: none.
    pub name: Option<String>,
    /// Where the authenticator is. `None`: the browser asks.
    pub attachment: Option<Attachment>,
    /// How it is made.
    pub mediation: Mediation,
}

/// Why no passkey was added.
#[derive(Debug, thiserror::Error)]
pub enum AddPasskeyError {
    /// The session is not recent.
    #[error("the session is not recent")]
    NotRecent,
    /// The session has ended, the account is gone, or its credentials have changed since the ceremony began.
    #[error("the account is gone, or its credentials have changed")]
    Gone,
    /// No challenge waits in this browser: it was used, or has expired.
    #[error("no challenge waits for a response")]
    ChallengeNotFound,
    /// The challenge is of another user or session.
    #[error("the challenge is of another session")]
    OtherSession,
    /// The response does not verify.
    #[error(transparent)]
    Invalid(#[from] InvalidResponse),
    /// An account has this passkey.
    #[error("the passkey is registered")]
    Duplicate,
    /// The account has [`MAX_PASSKEYS`].
    #[error("the account has {MAX_PASSKEYS} passkeys")]
    TooMany,
    /// Nothing was added.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(AddPasskeyError: InternalError, StoreError, NoRandomness);

/// What verifies the response.
#[derive(Serialize, Deserialize)]
struct Registration {
    user: String,
    session: Uuid,
    version: i64,
    handle: Uuid,
    name: Option<PasskeyName>,
    #[serde(default)]
    mediation: Mediation,
    state: CreationState,
}

impl Registration {
    /// Whether the session that began the ceremony completes it.
    fn is_of(&self, session: &Session) -> bool {
        self.user == session.user_id.as_str() && self.session == session.id.uuid()
    }
}

impl Factors {
    /// Begins to add a passkey. Needs a recent sign-in. A restricted session can add the first second factor only.
    pub async fn begin_passkey(
        &self,
        principal: Principal,
        options: NewPasskeyOptions,
        requester: &Requester,
    ) -> Result<Ceremony, AddPasskeyError> {
        let admitted = self.throttle.check_network(Purpose::Ceremony, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, principal, requester)?;
        let owner = principal.user_id();
        // First: a change of the credentials from here on ends the ceremony.
        let new = random_handle()?;
        let (handle, version) = self.store.passkey_enrolment(owner, new).await?.ok_or(AddPasskeyError::Gone)?;
        let (session, user) = self.sessions.current(principal).await?.ok_or(AddPasskeyError::Gone)?;
        if !self.sessions.is_fresh(&session) || !self.can_add(&session).await? {
            return Err(AddPasskeyError::NotRecent);
        }
        let existing = self.store.passkeys(owner).await?;
        if existing.len() >= MAX_PASSKEYS {
            return Err(AddPasskeyError::TooMany);
        }
        let passkey_user = PasskeyUser { handle, email: &user.email, display_name: user.display_name() };
        let (options_json, state) = self.relying_party()?.creation(passkey_user, &existing, options.attachment)?;
        let registration = Registration {
            user: owner.to_string(),
            session: session.id.uuid(),
            version: version.0,
            handle,
            name: options.name.and_then(|name| PasskeyName::parse(&name).ok()),
            mediation: options.mediation,
            state,
        };
        let begun = (options_json, registration);
        Ok(ceremony::begin(&self.store, &self.clock, PURPOSE, Some(owner), begun).await?)
    }

    /// Adds the passkey of a response. The session that began the ceremony completes it, and is no longer restricted. A
    /// factor that was added since, which a restricted session must present, has ended the ceremony.
    pub async fn add_passkey(
        &self,
        principal: Principal,
        secret: &CeremonySecret,
        response: &Value,
        name: Option<PasskeyName>,
        requester: &Requester,
    ) -> Result<Passkey, AddPasskeyError> {
        let admitted = self.throttle.check_network(Purpose::Ceremony, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, principal, requester)?;
        let begun: Option<Registration> = ceremony::take(&self.store, &self.clock, PURPOSE, secret).await?;
        let begun = begun.ok_or(AddPasskeyError::ChallengeNotFound)?;
        let (session, user) = self.sessions.current(principal).await?.ok_or(AddPasskeyError::Gone)?;
        if !begun.is_of(&session) {
            return Err(AddPasskeyError::OtherSession);
        }
        if !self.sessions.is_fresh(&session) {
            return Err(AddPasskeyError::NotRecent);
        }
        let key = self.relying_party()?.register(response, &begun.state, begun.mediation)?;
        let name = name.or(begun.name).unwrap_or_else(|| default_name(requester));
        let now = self.clock.now();
        let notice = self.notices.factors_changed(&user, FactorsChange::PasskeyAdded, requester);
        let new = new_passkey(key, name, now)?;
        let version = CredentialsVersion(begun.version);
        let raised = self.rule().restricts(session.authentication).then_some(session.id);
        let add = AddPasskey { owner: user.id, new, handle: begun.handle, version, raised, notice };
        let added = match self.store.add_passkey(add, now).await? {
            PasskeyAdded::Added(passkey) => *passkey,
            PasskeyAdded::Duplicate => return Err(AddPasskeyError::Duplicate),
            PasskeyAdded::TooMany => return Err(AddPasskeyError::TooMany),
            PasskeyAdded::Gone => return Err(AddPasskeyError::Gone),
        };
        self.audit.record(EventKind::PasskeyAdded, principal, requester, None);
        Ok(added)
    }
}

/// A new handle. Random, so that it reveals nothing about the user (WebAuthn Level 3 §14.6.1).
pub(in crate::auth) fn random_handle() -> Result<Uuid, NoRandomness> {
    Ok(uuid::Builder::from_random_bytes(random_bytes()?).into_uuid())
}

/// The device, by which users tell passkeys without a name apart.
pub(in crate::auth) fn default_name(requester: &Requester) -> PasskeyName {
    PasskeyName::cleaned(&device::describe(requester.user_agent.as_deref()))
}

/// The data of a verified passkey, whose authenticator knows the handle.
pub(in crate::auth) fn new_passkey(key: NewKey, name: PasskeyName, now: Timestamp) -> Result<NewPasskey, NoRandomness> {
    Ok(NewPasskey {
        id: PasskeyId::new(now, random_bytes()?),
        name,
        public_key: key.public_key.to_cose(),
        credential_id: key.credential_id,
        counter: key.counter,
        is_synced: key.is_synced,
        backed_up: key.backed_up,
        transports: key.transports,
        aaguid: key.aaguid,
        handle_known: true,
    })
}
