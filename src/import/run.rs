//! Imports users in short transactions, as often as needed.
//!
//! A repeated import adds new records. It updates a profile that is newer in the source, and a password as long as
//! the user has not signed in here. It disables an account that is disabled in the source, also if it was enabled here.
//! Everything else stays as it is. An interrupted import is completed by repeating it.

use std::{
    collections::{HashMap, HashSet},
    mem,
    time::Duration,
};

use tokio::time::Instant;
use zeroize::Zeroizing;

use super::{
    batch::{Batch, BatchSize, Turns},
    report::{Report, SessionSkipped, UserSkipped, Warning},
    session::{ConversionError, SessionConverter},
    source::{Source, SourceError, SourceSession, SourceUser},
    user::ImportedUser,
};
use crate::{
    crypto::random::NoRandomness,
    domain::{Timestamp, UserId, event::EventKind},
    store::{
        Store, StoreError,
        import::{Import, KnownUser, Profile},
    },
};

/// The options of an import.
pub struct Settings {
    /// The old secret of Better Auth, which signs the old cookies; without it no sessions are imported.
    pub secret: Option<Zeroizing<Vec<u8>>>,
    /// The maximum lifetime of a session, from its creation in the old database.
    pub session_max: Duration,
    /// Whether to roll back instead of committing.
    pub dry_run: bool,
}

/// Imports all records of `source` into `store`. Calls `progress` with the number of users read so far.
pub async fn import(
    store: &Store,
    source: Source,
    settings: &Settings,
    now: Timestamp,
    mut progress: impl FnMut(u64),
) -> Result<Report, ImportError> {
    if !settings.dry_run {
        store.migrate().await?;
    }
    let sessions = source.count_sessions().await?;
    let with_secret = settings.secret.is_some();
    let report = Report::new(settings.dry_run, sessions, with_secret);
    let held_back = settings.dry_run && !store.is_migrated().await?;
    let (seen, dry_emails, turns) = (HashSet::new(), HashMap::new(), Turns::default());
    let mut importer = Importer { store, settings, now, report, seen, dry_emails, turns, held_back, held: None };
    let (mut batch, mut size, mut read) = (Batch::default(), BatchSize::default(), 0);
    source
        .read(with_secret, now, async |record| {
            batch.push(record);
            if batch.is_full(size) {
                read += batch.users.len() as u64;
                let taken = importer.write(mem::take(&mut batch)).await?;
                size.adjust(taken);
                progress(read);
            }
            Ok::<_, ImportError>(())
        })
        .await?;
    importer.write(batch).await?;
    if let Some(import) = importer.held {
        import.rollback().await?;
    }
    Ok(importer.report)
}

/// An import in progress.
struct Importer<'a> {
    store: &'a Store,
    settings: &'a Settings,
    now: Timestamp,
    report: Report,
    /// The users read so far.
    seen: HashSet<UserId>,
    /// In a dry run, the owners of the addresses that would be in the database.
    dry_emails: HashMap<String, UserId>,
    turns: Turns,
    /// Whether all batches share one transaction: a dry run into a database that first needs migrations. No service
    /// runs on such a database.
    held_back: bool,
    held: Option<Import>,
}

impl Importer<'_> {
    /// Writes a batch in one transaction, and returns the time that the transaction took.
    async fn write(&mut self, batch: Batch) -> Result<Duration, ImportError> {
        for (line, reason) in batch.unreadable {
            self.report.skip_line(line, reason);
        }
        let users = self.convert_users(batch.users);
        let started = Instant::now();
        let import = match self.held.take() {
            Some(import) => import,
            None if self.held_back => self.store.begin_dry_import().await?,
            None => self.store.begin_import().await?,
        };
        let no_queue = import.has_no_queue();
        let mut run = Run { import, importer: self, disabled: Vec::new(), changed_password: HashSet::new() };
        let imported = run.import_users(users).await?;
        run.import_sessions(batch.sessions, &imported).await?;
        run.import.disable_users(&run.disabled, run.importer.now).await?;
        let import = run.import;
        if self.held_back {
            self.held = Some(import);
        } else if self.settings.dry_run {
            import.rollback().await?;
        } else {
            import.commit(self.now).await?;
        }
        let taken = started.elapsed();
        if let Some(pause) = self.turns.pause_after(taken).filter(|_| no_queue) {
            tokio::time::sleep(pause).await;
        }
        Ok(taken)
    }

    fn convert_users(&mut self, page: Vec<SourceUser>) -> Vec<ImportedUser> {
        let mut users = Vec::new();
        for user in page {
            let (id, line) = (user.id.clone(), user.line);
            match ImportedUser::from_source(user, self.now) {
                Ok(user) => users.push(user),
                Err(reason) => self.report.skip_user(&id, line, reason),
            }
        }
        users
    }
}

/// A transaction of an import.
struct Run<'a, 'b> {
    import: Import,
    importer: &'a mut Importer<'b>,
    /// The existing accounts to disable.
    disabled: Vec<UserId>,
    /// The existing accounts whose password was changed here.
    changed_password: HashSet<UserId>,
}

/// The imported users of a batch.
type BatchUsers = HashSet<UserId>;

/// The rows to insert for a batch.
#[derive(Default)]
struct Inserts {
    users: Vec<Profile>,
    passwords: Vec<(UserId, String)>,
    email_owners: HashMap<String, UserId>,
}

impl Run<'_, '_> {
    async fn import_users(&mut self, users: Vec<ImportedUser>) -> Result<BatchUsers, ImportError> {
        let ids: Vec<_> = users.iter().map(|user| user.profile.id).collect();
        let keys: Vec<_> = users.iter().map(|user| user.profile.email.key()).collect();
        let known = self.import.known_users(&ids).await?;
        let owners = self.import.mailbox_owners(&keys).await?;
        let created_before = self.import.users_with_event(&ids, EventKind::UserCreated).await?;
        let known_ids: Vec<_> = known.keys().copied().collect();
        self.changed_password = self.import.users_with_event(&known_ids, EventKind::PasswordChange).await?;
        let (mut inserts, mut imported) = (Inserts::default(), BatchUsers::new());
        for user in users {
            let (id, line) = (user.profile.id, user.line);
            let (key, former_key) = (user.profile.email.key(), user.profile.email.former_key());
            let owner =
                inserts.email_owners.get(key).or_else(|| self.importer.dry_emails.get(key)).or_else(|| owners.get(key));
            if !self.importer.seen.insert(id) {
                self.importer.report.skip_user(id.as_str(), line, UserSkipped::Twice);
            } else if let Some(existing) = known.get(&id) {
                if [key, former_key].contains(&existing.email_key.as_str()) {
                    let own_password = existing.signed_in || self.changed_password.contains(&id);
                    self.merge(user, existing, own_password).await?;
                    imported.insert(id);
                } else {
                    self.importer.report.skip_user(id.as_str(), line, UserSkipped::OtherAddressHere);
                }
            } else if created_before.contains(&id) {
                self.importer.report.skip_user(id.as_str(), line, UserSkipped::DeletedHere);
            } else if let Some(owner) = owner.copied() {
                let same_import = self.importer.seen.contains(&owner);
                let reason =
                    if same_import { UserSkipped::SameMailbox(owner) } else { UserSkipped::MailboxTaken(owner) };
                self.importer.report.skip_user(id.as_str(), line, reason);
            } else {
                self.insert(user, &mut inserts);
                imported.insert(id);
            }
        }
        self.import.add_users(&inserts.users, self.importer.now).await?;
        self.import.add_passwords(inserts.passwords, self.importer.now).await?;
        if self.importer.settings.dry_run {
            self.importer.dry_emails.extend(inserts.email_owners);
        }
        Ok(imported)
    }

    fn insert(&mut self, user: ImportedUser, inserts: &mut Inserts) {
        let ImportedUser { profile, password, warnings, .. } = user;
        let id = profile.id;
        self.importer.report.warn_all(id, warnings);
        match password {
            Ok(hash) => {
                inserts.passwords.push((id, hash));
                self.importer.report.passwords.imported += 1;
            }
            Err(warning) => self.importer.report.warn(id, warning),
        }
        inserts.email_owners.insert(profile.email.key().to_owned(), id);
        inserts.users.push(profile);
        self.importer.report.users.imported += 1;
    }

    /// `own_password`: the user has used or changed the password here.
    async fn merge(&mut self, user: ImportedUser, existing: &KnownUser, own_password: bool) -> Result<(), ImportError> {
        let ImportedUser { profile, password, warnings, .. } = user;
        let id = profile.id;
        if profile.disabled && !existing.disabled {
            self.disabled.push(id);
            self.importer.report.warn(id, Warning::DisabledInSource);
        }
        if profile.updated_at > existing.updated_at {
            self.importer.report.warn_all(id, warnings);
            self.import.change_profile(&profile).await?;
            self.importer.report.users.updated += 1;
        } else {
            self.importer.report.users.already_here += 1;
        }
        match (password, &existing.password_hash) {
            (Ok(hash), None) => {
                self.import.add_passwords(vec![(id, hash)], self.importer.now).await?;
                self.importer.report.passwords.imported += 1;
            }
            (Ok(hash), Some(stored)) if hash != *stored && !own_password => {
                if self.import.replace_password(id, stored, hash, self.importer.now).await? {
                    self.importer.report.passwords.updated += 1;
                } else {
                    self.importer.report.passwords.already_here += 1;
                }
            }
            (_, Some(_)) => self.importer.report.passwords.already_here += 1,
            (Err(warning), None) => self.importer.report.warn(id, warning),
        }
        Ok(())
    }

    async fn import_sessions(&mut self, sessions: Vec<SourceSession>, users: &BatchUsers) -> Result<(), ImportError> {
        let Importer { settings, now, report, .. } = &mut *self.importer;
        let Some(secret) = &settings.secret else { return Ok(()) };
        let mut converter = SessionConverter::new(secret, settings.session_max, *now);
        let mut accepted = Vec::new();
        for session in sessions {
            let owner = session.user_id.parse::<UserId>().ok().filter(|owner| users.contains(owner));
            let result = match owner {
                None => Err(SessionSkipped::User.into()),
                Some(owner) if self.changed_password.contains(&owner) => Err(SessionSkipped::PasswordChanged.into()),
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

/// Why an import stopped. The batches before the failure are kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The source cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The database of this service failed.
    #[error("the import stopped: {0}; run it again to import the rest")]
    Store(#[from] StoreError),
    /// The random number generator failed.
    #[error("the import stopped: {0}; run it again to import the rest")]
    Randomness(#[from] NoRandomness),
}
