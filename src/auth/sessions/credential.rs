//! The credentials that authenticate a session: a session token, or an imported one.

use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::{Sessions, imported::ImportedToken, token::SessionToken};
use crate::{
    domain::SessionId,
    store::{StoreError, sessions::StoredSession},
};

/// A presented session credential, unverified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionCredential {
    /// A session token of this service.
    Own(SessionToken),
    /// A token of the system that the session was imported from. It counts as the token before the first
    /// one that this service issued.
    Imported(ImportedToken),
}

impl SessionCredential {
    /// Parses the bearer credential of a program.
    pub fn of_bearer(text: &str) -> Option<Self> {
        let own = text.parse().ok().map(Self::Own);
        own.or_else(|| ImportedToken::of_bearer(text).map(Self::Imported))
    }

    /// Whether the credential names `session`. An imported token names none.
    pub fn names(&self, session: SessionId) -> bool {
        matches!(self, Self::Own(token) if token.session() == session)
    }

    /// Whether the credential names a session other than `session`.
    pub fn names_another_than(&self, session: SessionId) -> bool {
        matches!(self, Self::Own(token) if token.session() != session)
    }
}

/// A credential and its session.
pub(super) struct FoundSession {
    /// The session.
    pub(super) stored: Arc<StoredSession>,
    /// Whether the session ever issued the credential.
    pub(super) was_issued: bool,
    secret_hash: Vec<u8>,
}

impl FoundSession {
    /// Whether `stored` is the credential's hash, compared in constant time.
    pub(super) fn matches(&self, stored: &[u8]) -> bool {
        self.secret_hash.ct_eq(stored).into()
    }
}

impl Sessions {
    /// Whether the token is of an imported session, active or not. `false` too if the database is unavailable.
    pub async fn is_imported(&self, token: ImportedToken) -> bool {
        self.store.imported_session(token.digest()).await.is_ok_and(|session| session.is_some())
    }

    /// The session that a credential names.
    pub(super) async fn find(&self, presented: &SessionCredential) -> Result<Option<FoundSession>, StoreError> {
        Ok(match presented {
            SessionCredential::Own(token) => {
                let secret_hash = token.secret_hash().to_vec();
                if let Some(stored) = self.find_recent(token.session(), &secret_hash) {
                    return Ok(Some(FoundSession { was_issued: true, secret_hash, stored }));
                }
                let stored = self.store.session_of_token(token.session()).await?;
                stored.map(|stored| FoundSession {
                    was_issued: token.is_of_family(&stored.family_key),
                    secret_hash,
                    stored,
                })
            }
            SessionCredential::Imported(token) => {
                let Some(imported) = self.store.imported_session(token.digest()).await? else { return Ok(None) };
                let stored = self.store.session_of_token(imported.id).await?;
                stored.map(|stored| FoundSession { was_issued: true, secret_hash: imported.first_secret_hash, stored })
            }
        })
    }

    /// The session, if it was read within the last second and this hash was its current one. For any other hash the
    /// database decides: another process may have rotated the token since.
    fn find_recent(&self, id: SessionId, secret_hash: &[u8]) -> Option<Arc<StoredSession>> {
        let recent = self.store.recent_session_of_token(id)?;
        bool::from(secret_hash.ct_eq(&recent.secret_hash)).then_some(recent)
    }
}
