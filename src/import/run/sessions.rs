//! The sessions of imported users.

use super::{BatchUsers, ImportError, Importer, Run};
use crate::{
    domain::UserId,
    import::{
        report::SessionSkipped,
        session::{ConversionError, SessionConverter},
        source::SourceSession,
    },
};

impl Run<'_, '_> {
    pub(super) async fn import_sessions(
        &mut self,
        sessions: Vec<SourceSession>,
        users: &BatchUsers,
    ) -> Result<(), ImportError> {
        let Importer { settings, now, report, .. } = &mut *self.importer;
        let Some(secrets) = &settings.secrets else { return Ok(()) };
        let mut converter = SessionConverter::new(secrets.signing(), settings.session_max, *now);
        let mut accepted = Vec::new();
        for session in sessions {
            let owner = session.user_id.parse::<UserId>().ok().filter(|owner| users.contains(owner));
            let result = match owner {
                None => Err(SessionSkipped::User.into()),
                Some(owner) if self.changed_password.contains(&owner) => Err(SessionSkipped::PasswordChanged.into()),
                Some(owner) if self.proved_here.contains(&owner) => Err(SessionSkipped::Unverified.into()),
                Some(owner) if self.factors.are_on(owner) => Err(SessionSkipped::SecondFactor.into()),
                Some(owner) => converter.convert(&session, owner),
            };
            match result {
                Ok(new) => accepted.push(new),
                Err(ConversionError::Skipped(reason)) => report.skip_session(&session.id, reason),
                Err(ConversionError::Randomness(error)) => return Err(error.into()),
            }
        }
        let hashes: Vec<_> = accepted.iter().map(|session| session.token_hash).collect();
        let known = self.import.known_tokens(&hashes).await?;
        let total = accepted.len();
        accepted.retain(|session| !known.contains(session.token_hash.as_slice()));
        report.sessions.already_here += (total - accepted.len()) as u64;
        report.sessions.imported += accepted.len() as u64;
        Ok(self.import.add_sessions(&accepted).await?)
    }
}
