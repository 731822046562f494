//! Imports a Better Auth installation in one transaction, as often as needed.
//!
//! A repeated import adds new records. It updates a profile that is newer in the old database, and a
//! password as long as the user has not signed in here. Everything else stays as it is.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use zeroize::Zeroizing;

use super::{
    report::{Report, SessionSkipped, UserSkipped},
    session::{ConversionError, SessionConverter},
    source::{Source, SourceError, SourceSession, SourceUser},
    user::ImportedUser,
};
use crate::{
    auth::password::hasher::PasswordHash,
    crypto::random::NoRandomness,
    domain::{Timestamp, UserId, event::EventKind},
    store::{
        Store, StoreError,
        import::{Import, KnownUser, Profile},
    },
};

/// The options of an import.
pub struct Settings {
    /// The old secret, which signs the old cookies; without it no sessions are imported.
    pub secret: Option<Zeroizing<Vec<u8>>>,
    /// The maximum lifetime of a session, from its creation in the old database.
    pub session_max: Duration,
    /// Whether to roll back instead of committing.
    pub dry_run: bool,
}

/// Imports all records of `source` into `store`. Calls `progress` with the number of users read so far.
pub async fn import(
    store: &Store,
    mut source: Source,
    settings: &Settings,
    now: Timestamp,
    mut progress: impl FnMut(u64),
) -> Result<Report, ImportError> {
    let mut run =
        Run { import: store.begin_import().await?, settings, now, report: Report::default(), seen: HashSet::new() };
    if settings.secret.is_none() {
        run.report.sessions_without_secret = Some(source.count_sessions().await?);
    }
    let mut read = 0;
    loop {
        let page = source.next_users().await?;
        if page.is_empty() {
            break;
        }
        read += page.len() as u64;
        let users = run.import_users(page).await?;
        if let Some(secret) = &settings.secret {
            run.import_sessions(source.sessions_of_page().await?, &users, secret).await?;
        }
        progress(read);
    }
    let Run { import, mut report, .. } = run;
    report.dry_run = settings.dry_run;
    if settings.dry_run {
        import.rollback().await?;
    } else {
        import.commit().await?;
    }
    Ok(report)
}

/// An import in progress.
struct Run<'a> {
    import: Import,
    settings: &'a Settings,
    now: Timestamp,
    report: Report,
    /// The users read so far.
    seen: HashSet<UserId>,
}

/// The imported users of a page.
type PageUsers = HashMap<UserId, Action>;

/// How a user was imported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Inserted,
    Merged,
}

/// The rows to insert for a page.
#[derive(Default)]
struct Inserts {
    users: Vec<Profile>,
    passwords: Vec<(UserId, String)>,
    email_owners: HashMap<String, UserId>,
}

impl Run<'_> {
    async fn import_users(&mut self, page: Vec<SourceUser>) -> Result<PageUsers, ImportError> {
        let users = self.convert_users(page);
        let ids: Vec<_> = users.iter().map(|user| user.profile.id).collect();
        let keys: Vec<_> = users.iter().map(|user| user.profile.email.key()).collect();
        let known = self.import.known_users(&ids).await?;
        let owners = self.import.mailbox_owners(&keys).await?;
        let created_before = self.import.users_with_event(&ids, EventKind::UserCreated).await?;
        let (mut inserts, mut imported) = (Inserts::default(), PageUsers::new());
        for user in users {
            let (id, key) = (user.profile.id, user.profile.email.key());
            // A user with two credential accounts appears twice.
            if !self.seen.insert(id) {
                continue;
            }
            if let Some(existing) = known.get(&id) {
                if [key, user.profile.email.former_key()].contains(&existing.email_key.as_str()) {
                    self.merge(user, existing).await?;
                    imported.insert(id, Action::Merged);
                } else {
                    self.report.skip_user(id.as_str(), UserSkipped::OtherAddressHere);
                }
            } else if created_before.contains(&id) {
                self.report.skip_user(id.as_str(), UserSkipped::DeletedHere);
            } else if let Some(owner) = inserts.email_owners.get(key).or_else(|| owners.get(key)).copied() {
                let same_import = self.seen.contains(&owner);
                let reason =
                    if same_import { UserSkipped::SameMailbox(owner) } else { UserSkipped::MailboxTaken(owner) };
                self.report.skip_user(id.as_str(), reason);
            } else {
                self.insert(user, &mut inserts);
                imported.insert(id, Action::Inserted);
            }
        }
        self.import.add_users(&inserts.users, self.now).await?;
        self.import.add_passwords(inserts.passwords, self.now).await?;
        Ok(imported)
    }

    fn convert_users(&mut self, page: Vec<SourceUser>) -> Vec<ImportedUser> {
        let mut users = Vec::new();
        for user in page {
            let id = user.id.clone();
            match ImportedUser::from_source(user) {
                Ok(user) => users.push(user),
                Err(reason) => self.report.skip_user(&id, reason),
            }
        }
        users
    }

    fn insert(&mut self, user: ImportedUser, inserts: &mut Inserts) {
        let ImportedUser { profile, password, warnings } = user;
        let id = profile.id;
        self.report.warn_all(id, warnings);
        match password {
            Ok(hash) => {
                inserts.passwords.push((id, hash));
                self.report.passwords.imported += 1;
            }
            Err(warning) => self.report.warn(id, warning),
        }
        inserts.email_owners.insert(profile.email.key().to_owned(), id);
        inserts.users.push(profile);
        self.report.users.imported += 1;
    }

    async fn merge(&mut self, user: ImportedUser, existing: &KnownUser) -> Result<(), ImportError> {
        let ImportedUser { profile, password, warnings } = user;
        let id = profile.id;
        if profile.updated_at > existing.updated_at {
            self.report.warn_all(id, warnings);
            self.import.change_profile(&profile).await?;
            self.report.users.updated += 1;
        } else {
            self.report.users.already_here += 1;
        }
        match (password, &existing.password_hash) {
            (Ok(hash), None) => {
                self.import.add_passwords(vec![(id, hash)], self.now).await?;
                self.report.passwords.imported += 1;
            }
            (Ok(hash), Some(stored)) if hash != *stored && is_imported(stored) => {
                if self.import.replace_password(id, stored, hash, self.now).await? {
                    self.report.passwords.updated += 1;
                } else {
                    self.report.passwords.already_here += 1;
                }
            }
            (_, Some(_)) => self.report.passwords.already_here += 1,
            (Err(warning), None) => self.report.warn(id, warning),
        }
        Ok(())
    }

    async fn import_sessions(
        &mut self,
        sessions: Vec<SourceSession>,
        users: &PageUsers,
        secret: &[u8],
    ) -> Result<(), ImportError> {
        let merged: Vec<_> = users.iter().filter(|(_, action)| **action == Action::Merged).map(|(id, _)| *id).collect();
        let changed_password = self.import.users_with_event(&merged, EventKind::PasswordChange).await?;
        let mut converter = SessionConverter::new(secret, self.settings.session_max, self.now);
        let mut accepted = Vec::new();
        for session in sessions {
            let owner = session.user_id.parse::<UserId>().ok().filter(|owner| users.contains_key(owner));
            let result = match owner {
                None => Err(SessionSkipped::User.into()),
                Some(owner) if changed_password.contains(&owner) => Err(SessionSkipped::PasswordChanged.into()),
                Some(owner) => converter.convert(&session, owner),
            };
            match result {
                Ok(new) => accepted.push(new),
                Err(ConversionError::Skipped(reason)) => self.report.skip_session(&session.id, reason),
                Err(ConversionError::Randomness(error)) => return Err(error.into()),
            }
        }
        let hashes: Vec<_> = accepted.iter().map(|session| session.token_hash).collect();
        let known = self.import.known_tokens(&hashes).await?;
        let total = accepted.len();
        accepted.retain(|session| !known.contains(session.token_hash.as_slice()));
        self.report.sessions.already_here += (total - accepted.len()) as u64;
        self.report.sessions.imported += accepted.len() as u64;
        Ok(self.import.add_sessions(&accepted).await?)
    }
}

/// Whether a hash is as it was imported: a sign-in or a password change replaces it.
fn is_imported(stored: &str) -> bool {
    PasswordHash::from_stored(stored.to_owned()).is_from_better_auth()
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The old database cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The database of this service failed.
    #[error("nothing was imported: {0}")]
    Store(#[from] StoreError),
    /// The random number generator failed.
    #[error("nothing was imported: {0}")]
    Randomness(#[from] NoRandomness),
}
