//! What opens a session: a session token of this service, or one that was brought along.

use subtle::ConstantTimeEq;

use super::{imported::ImportedToken, token::SessionToken};
use crate::{
    auth::Auth,
    domain::SessionId,
    store::{StoreError, sessions::StoredSession},
};

/// What is presented to open a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionCredential {
    /// A session token.
    Own(SessionToken),
    /// A token of the system the session was brought along from. It is to the session what a session
    /// token is: the one before the first that was handed out here.
    Imported(ImportedToken),
}

impl SessionCredential {
    /// Reads the bearer credential of a program.
    pub fn of_bearer(text: &str) -> Option<Self> {
        let own = text.parse().ok().map(Self::Own);
        own.or_else(|| ImportedToken::of_bearer(text).map(Self::Imported))
    }

    /// Whether it says itself that it is for `session`; an imported one says nothing.
    pub fn names(&self, session: SessionId) -> bool {
        matches!(self, Self::Own(token) if token.session() == session)
    }

    /// Whether it says that it is for another session than `session`.
    pub fn names_another_than(&self, session: SessionId) -> bool {
        matches!(self, Self::Own(token) if token.session() != session)
    }
}

/// A credential and the session it is for.
pub(crate) struct Recognised {
    /// The session.
    pub stored: StoredSession,
    /// Whether the session handed the credential out, at whatever time.
    pub handed_out: bool,
    secret_hash: Vec<u8>,
}

impl Recognised {
    /// Whether it is the credential that `stored` is the hash of, compared in constant time.
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.secret_hash.ct_eq(stored).into()
    }
}

impl Auth {
    /// Finds the session a credential is for.
    pub(crate) async fn recognise(&self, presented: &SessionCredential) -> Result<Option<Recognised>, StoreError> {
        Ok(match presented {
            SessionCredential::Own(token) => {
                let stored = self.store.session_of_token(token.session()).await?;
                stored.map(|stored| Recognised {
                    handed_out: token.is_of_family(&stored.family_key),
                    secret_hash: token.secret_hash().to_vec(),
                    stored,
                })
            }
            SessionCredential::Imported(token) => {
                let Some(imported) = self.store.imported_session(token.digest()).await? else { return Ok(None) };
                let stored = self.store.session_of_token(imported.id).await?;
                stored.map(|stored| Recognised { handed_out: true, secret_hash: imported.first_secret_hash, stored })
            }
        })
    }
}
