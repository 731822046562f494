//! Imports users in short transactions, as often as needed.
//!
//! A repeated import adds new records. It updates a profile that is newer in the source, and a password as long as
//! the user has not signed in here. The same holds for a second factor. It disables an account that is disabled in the
//! source, also if it was enabled here. It adds no factor and no passkey again that was removed here, and no credential to
//! an account whose address was verified here only. Everything else stays as it is. An interrupted import is completed by repeating it.

mod factors;
mod passkeys;
mod sessions;

use std::{
    collections::{HashMap, HashSet},
    mem,
    time::Duration,
};

use tokio::time::Instant;

use super::{
    batch::{Batch, BatchSize, Turns},
    factor::{Factor, TotpParameters},
    report::{Kinds, PasskeySkipped, Report, RpId, UserSkipped, Warning},
    secrets::OldSecrets,
    source::{Parts, Source, SourceError, SourcePasskey, SourceUser},
    user::ImportedUser,
};
use crate::{
    auth::{
        error::InternalError,
        factors::{ImportedCodes, TotpSealer},
    },
    crypto::random::NoRandomness,
    domain::{Timestamp, UserId, event::EventKind},
    store::{
        Store, StoreError,
        import::{Import, KnownUser, NewFactor, Profile},
    },
};
use factors::LocalFactors;

/// The options of an import.
pub struct Settings {
    /// The old secrets of Better Auth, which sign the old cookies and encrypt the second factors; without them no sessions
    /// are imported.
    pub secrets: Option<OldSecrets>,
    /// The maximum lifetime of a session, from its creation in the old database.
    pub session_max: Duration,
    /// How second factors are imported.
    pub factors: FactorSettings,
    /// The domain of the passkeys.
    pub rp_id: RpId,
    /// Whether to roll back instead of committing.
    pub dry_run: bool,
}

/// How second factors are imported.
pub struct FactorSettings {
    /// Seals the keys of authenticator apps, as the service does.
    pub sealer: TotpSealer,
    /// Hashes the recovery codes.
    pub codes: ImportedCodes,
    /// What the old authenticator apps show.
    pub parameters: TotpParameters,
    /// Whether a user whose second factor cannot be imported is imported without it.
    pub without: bool,
}

/// Imports all records of `source` into `store`. Calls `progress` with the number of users read so far.
pub async fn import(
    store: &Store,
    source: Source,
    settings: &Settings,
    now: Timestamp,
    mut progress: impl FnMut(u64),
) -> Result<Report, ImportError> {
    let (sessions, factors) = (source.count_sessions().await?, source.count_second_factors().await?);
    let passkeys = source.count_passkeys().await?;
    if factors > 0 && settings.secrets.is_none() && !settings.factors.without {
        return Err(ImportError::SecretMissing(factors));
    }
    if !settings.dry_run {
        store.migrate().await?;
    }
    let has =
        Kinds { sessions: sessions.is_some(), factors: factors > 0, passkeys: passkeys.is_some_and(|all| all > 0) };
    let mut report = Report::new(settings.dry_run, has);
    report.sessions_without_secret = sessions.filter(|_| settings.secrets.is_none());
    report.rp_id = has.passkeys.then(|| settings.rp_id.clone());
    let parts = Parts { sessions: settings.secrets.is_some(), passkeys: matches!(settings.rp_id, RpId::Here(_)) };
    let held_back = settings.dry_run && !store.is_migrated().await?;
    let (seen, dry_emails, turns) = (HashSet::new(), HashMap::new(), Turns::default());
    let mut importer = Importer { store, settings, now, report, seen, dry_emails, turns, held_back, held: None };
    let (mut batch, mut size, mut read) = (Batch::default(), BatchSize::default(), 0);
    source
        .read(parts, now, async |record| {
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
        for id in batch.orphan_passkeys {
            self.report.skip_passkey(&id, PasskeySkipped::User);
        }
        let (users, passkeys) = self.convert_users(batch.users);
        let started = Instant::now();
        let import = match self.held.take() {
            Some(import) => import,
            None if self.held_back => self.store.begin_dry_import().await?,
            None => self.store.begin_import().await?,
        };
        let no_queue = import.has_no_queue();
        let mut run = Run {
            import,
            importer: self,
            disabled: Vec::new(),
            changed_password: HashSet::new(),
            existing: HashSet::new(),
            proved_here: HashSet::new(),
            factors: LocalFactors::default(),
        };
        let imported = run.import_users(users).await?;
        run.import_passkeys(passkeys, &imported).await?;
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

    /// The users with valid values, and their passkeys.
    fn convert_users(&mut self, page: Vec<SourceUser>) -> (Vec<ImportedUser>, Vec<(UserId, SourcePasskey)>) {
        let (secrets, parameters) = (self.settings.secrets.as_ref(), self.settings.factors.parameters);
        let (mut users, mut passkeys) = (Vec::new(), Vec::new());
        for mut user in page {
            let (id, line, own) = (user.id.clone(), user.line, mem::take(&mut user.passkeys));
            match ImportedUser::from_source(user, secrets, parameters, self.now) {
                Ok(user) => {
                    passkeys.extend(own.into_iter().map(|passkey| (user.profile.id, passkey)));
                    users.push(user);
                }
                Err(reason) => {
                    self.report.skip_user(&id, line, reason);
                    for passkey in own {
                        self.report.skip_passkey(&passkey.id, PasskeySkipped::User);
                    }
                }
            }
        }
        (users, passkeys)
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
    /// The accounts that were here before this batch.
    existing: HashSet<UserId>,
    /// The accounts whose address is verified here, and not in the source: the credentials of the source may be another
    /// person's. The proof has discarded those that were imported before.
    proved_here: HashSet<UserId>,
    factors: LocalFactors,
}

/// The imported users of a batch.
type BatchUsers = HashSet<UserId>;

/// The rows to insert for a batch.
#[derive(Default)]
struct Inserts {
    users: Vec<Profile>,
    passwords: Vec<(UserId, String)>,
    factors: Vec<NewFactor>,
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
        self.factors = LocalFactors::load(&self.import, &known_ids).await?;
        self.existing = known_ids.into_iter().collect();
        let (mut inserts, mut imported) = (Inserts::default(), BatchUsers::new());
        for user in users {
            let (id, line) = (user.profile.id, user.line);
            let (key, former_key) = (user.profile.email.key(), user.profile.email.former_key());
            let owner =
                inserts.email_owners.get(key).or_else(|| self.importer.dry_emails.get(key)).or_else(|| owners.get(key));
            if !self.importer.seen.insert(id) {
                self.importer.report.skip_user(id.as_str(), line, UserSkipped::Twice);
            } else if let Some(problem) = self.blocking_problem(&user) {
                self.importer.report.factors.skipped += 1;
                self.importer.report.skip_user(id.as_str(), line, UserSkipped::Factor(problem));
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
                self.insert(user, &mut inserts)?;
                imported.insert(id);
            }
        }
        self.import.add_users(&inserts.users, self.importer.now).await?;
        self.import.add_passwords(inserts.passwords, self.importer.now).await?;
        self.import.add_factors(inserts.factors, self.importer.now).await?;
        if self.importer.settings.dry_run {
            self.importer.dry_emails.extend(inserts.email_owners);
        }
        Ok(imported)
    }

    fn insert(&mut self, user: ImportedUser, inserts: &mut Inserts) -> Result<(), ImportError> {
        let ImportedUser { profile, password, factor, warnings, .. } = user;
        let id = profile.id;
        self.importer.report.warn_all(id, warnings);
        match password {
            Ok(hash) => {
                inserts.passwords.push((id, hash));
                self.importer.report.passwords.imported += 1;
            }
            Err(warning) => self.importer.report.warn(id, warning),
        }
        match factor {
            Factor::None => {}
            Factor::App(factor) => {
                inserts.factors.push(self.seal(id, factor)?);
                self.importer.report.factors.imported += 1;
            }
            Factor::Unusable(problem) => self.importer.report.warn(id, Warning::WithoutFactor(problem)),
        }
        inserts.email_owners.insert(profile.email.key().to_owned(), id);
        inserts.users.push(profile);
        self.importer.report.users.imported += 1;
        Ok(())
    }

    /// `own_password`: the user has used or changed the password here.
    async fn merge(&mut self, user: ImportedUser, existing: &KnownUser, own_password: bool) -> Result<(), ImportError> {
        let ImportedUser { mut profile, password, factor, warnings, .. } = user;
        let id = profile.id;
        let proved_here = existing.email_verified && !profile.email_verified;
        if proved_here {
            self.proved_here.insert(id);
            profile.email_verified = true;
        }
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
            (Ok(_), None) if proved_here => {
                self.importer.report.passwords.skipped += 1;
                self.importer.report.warn(id, Warning::PasswordOfUnverified);
            }
            (Ok(hash), None) => {
                self.import.add_passwords(vec![(id, hash)], self.importer.now).await?;
                self.importer.report.passwords.imported += 1;
            }
            (Ok(hash), Some(stored)) if hash != *stored && !own_password && !proved_here => {
                if self.import.replace_password(id, stored, hash, self.importer.now).await? {
                    self.importer.report.passwords.updated += 1;
                } else {
                    self.importer.report.passwords.already_here += 1;
                }
            }
            (_, Some(_)) => self.importer.report.passwords.already_here += 1,
            (Err(warning), None) => self.importer.report.warn(id, warning),
        }
        self.merge_factor(id, factor, existing.signed_in).await
    }
}

/// Why an import stopped. The batches before the failure are kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The source cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// There are second factors, and no secret that decrypts them.
    #[error(
        "{0} users have a second factor, and the old secret that decrypts it is missing; set BETTER_AUTH_SECRET or use \
         --secret-file (or --without-factors: these users then sign in with the password alone)"
    )]
    SecretMissing(u64),
    /// The key of an authenticator app cannot be sealed, or one that is here cannot be opened.
    #[error("the import stopped: {0}; set LATCHKEY_SECRET to the secret of the service, and run the import again")]
    Sealing(#[from] InternalError),
    /// The database of this service failed.
    #[error("the import stopped: {0}; run it again to import the rest")]
    Store(#[from] StoreError),
    /// The random number generator failed.
    #[error("the import stopped: {0}; run it again to import the rest")]
    Randomness(#[from] NoRandomness),
}
