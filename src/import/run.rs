//! Bring over the users, passwords and live sessions of a Better Auth installation: all in one
//! transaction, as often as wanted.
//!
//! What is here already is left as its owner has made it since: a run adds what is new there, takes a
//! profile that was changed there later than here, and a password changed there as long as its owner has
//! not signed in here.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use zeroize::Zeroizing;

use super::{
    report::{Remark, Report, SessionSkipped, UserSkipped},
    session::Judge,
    source::{Source, SourceError, SourceSession},
    user::Candidate,
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

/// How to import.
pub struct Settings {
    /// The old installation's secret, with which its cookies are signed; without it sessions stay behind.
    pub secret: Option<Zeroizing<Vec<u8>>>,
    /// How long a session can last here, counted from when it was opened there.
    pub session_max: Duration,
    /// Whether to do everything and keep nothing of it.
    pub dry_run: bool,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The old database.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The database here.
    #[error("nothing was imported: {0}")]
    Store(#[from] StoreError),
    /// The operating system's random number generator.
    #[error("nothing was imported: {0}")]
    Randomness(#[from] NoRandomness),
}

/// Imports everything that `source` holds into `store`. `progress` is told how many users have been
/// read.
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
        let mut candidates = Vec::new();
        for user in page {
            let id = user.id.clone();
            match Candidate::judge(user) {
                Ok(candidate) => candidates.push(candidate),
                Err(reason) => run.report.skip_user(&id, reason),
            }
        }
        let present = run.users(candidates).await?;
        if let Some(secret) = &settings.secret {
            run.sessions(source.sessions_of_page().await?, &present, secret).await?;
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

/// An import under way.
struct Run<'a> {
    import: Import,
    settings: &'a Settings,
    now: Timestamp,
    report: Report,
    /// The users of the old installation read so far.
    seen: HashSet<UserId>,
}

/// A user of this page who is here, and whether they were before.
type Present = HashMap<UserId, Before>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    New,
    Known,
}

/// What a page of users comes to.
#[derive(Default)]
struct Batch {
    users: Vec<Profile>,
    passwords: Vec<(UserId, String)>,
    mailboxes: HashMap<String, UserId>,
}

impl Run<'_> {
    async fn users(&mut self, candidates: Vec<Candidate>) -> Result<Present, ImportError> {
        let ids: Vec<_> = candidates.iter().map(|candidate| candidate.profile.id).collect();
        let keys: Vec<_> = candidates.iter().map(|candidate| candidate.profile.email.key()).collect();
        let known = self.import.known_users(&ids).await?;
        let owners = self.import.mailbox_owners(&keys).await?;
        let made_before = self.import.users_with_event(&ids, EventKind::UserCreated).await?;
        let (mut batch, mut present) = (Batch::default(), Present::new());
        for candidate in candidates {
            let (id, key) = (candidate.profile.id, candidate.profile.email.key());
            // Two credential accounts make one user appear twice.
            if !self.seen.insert(id) {
                continue;
            }
            if let Some(here) = known.get(&id) {
                if here.email_key == key {
                    self.meet(candidate, here).await?;
                    present.insert(id, Before::Known);
                } else {
                    self.report.skip_user(id.as_str(), UserSkipped::OtherAddressHere);
                }
            } else if made_before.contains(&id) {
                self.report.skip_user(id.as_str(), UserSkipped::DeletedHere);
            } else if let Some(owner) = batch.mailboxes.get(key).or_else(|| owners.get(key)).copied() {
                let together = self.seen.contains(&owner);
                let reason = if together { UserSkipped::SameMailbox(owner) } else { UserSkipped::MailboxTaken(owner) };
                self.report.skip_user(id.as_str(), reason);
            } else {
                self.welcome(candidate, &mut batch);
                present.insert(id, Before::New);
            }
        }
        self.import.add_users(&batch.users, self.now).await?;
        self.import.add_passwords(batch.passwords, self.now).await?;
        Ok(present)
    }

    /// A user who is not here yet.
    fn welcome(&mut self, candidate: Candidate, batch: &mut Batch) {
        let Candidate { profile, password, remarks } = candidate;
        let id = profile.id;
        for remark in remarks {
            self.report.remark(id, remark);
        }
        match password {
            Ok(hash) => {
                batch.passwords.push((id, hash));
                self.report.passwords.imported += 1;
            }
            Err(remark) => self.report.remark(id, remark),
        }
        batch.mailboxes.insert(profile.email.key().to_owned(), id);
        batch.users.push(profile);
        self.report.users.imported += 1;
    }

    /// A user who is here already.
    async fn meet(&mut self, candidate: Candidate, here: &KnownUser) -> Result<(), ImportError> {
        let Candidate { profile, password, remarks } = candidate;
        let id = profile.id;
        if profile.updated_at > here.updated_at {
            for remark in remarks {
                self.report.remark(id, remark);
            }
            self.import.change_profile(&profile).await?;
            self.report.users.updated += 1;
        } else {
            self.report.users.already_here += 1;
        }
        match (password, &here.password_hash) {
            (Ok(hash), None) => {
                self.import.add_passwords(vec![(id, hash)], self.now).await?;
                self.report.passwords.imported += 1;
            }
            (Ok(hash), Some(stored)) if hash != *stored && is_untouched(stored) => {
                if self.import.replace_password(id, stored, hash, self.now).await? {
                    self.report.passwords.updated += 1;
                } else {
                    self.report.passwords.already_here += 1;
                }
            }
            (_, Some(_)) => self.report.passwords.already_here += 1,
            (Err(remark), None) => self.report.remark(id, remark),
        }
        Ok(())
    }

    async fn sessions(
        &mut self,
        sessions: Vec<SourceSession>,
        present: &Present,
        secret: &[u8],
    ) -> Result<(), ImportError> {
        let known: Vec<_> = present.iter().filter(|(_, before)| **before == Before::Known).map(|(id, _)| *id).collect();
        let changed = self.import.users_with_event(&known, EventKind::PasswordChange).await?;
        let mut judge = Judge::new(secret, self.settings.session_max, self.now);
        let mut accepted = Vec::new();
        for session in sessions {
            let owner = session.user_id.parse::<UserId>().ok().filter(|owner| present.contains_key(owner));
            let judged = match owner {
                None => Err(SessionSkipped::User),
                Some(owner) if changed.contains(&owner) => Err(SessionSkipped::PasswordChanged),
                Some(owner) => judge.judge(&session, owner)?,
            };
            match judged {
                Ok(new) => accepted.push(new),
                Err(reason) => self.report.skip_session(&session.id, reason),
            }
        }
        let hashes: Vec<_> = accepted.iter().map(|session| session.token_hash).collect();
        let here = self.import.known_tokens(&hashes).await?;
        let before = accepted.len();
        accepted.retain(|session| !here.contains(session.token_hash.as_slice()));
        self.report.sessions.already_here += (before - accepted.len()) as u64;
        self.report.sessions.imported += accepted.len() as u64;
        Ok(self.import.add_sessions(&accepted).await?)
    }
}

/// Whether a password's owner has neither signed in here nor changed it here: then the hash is as it
/// was brought along.
fn is_untouched(stored: &str) -> bool {
    PasswordHash::from_stored(stored.to_owned()).is_from_better_auth()
}

impl Remark {
    /// What is to be said of a user without a password that can be used.
    pub(super) fn of_password(password: Option<&str>) -> Result<String, Self> {
        let Some(text) = password else { return Err(Self::NoPassword) };
        PasswordHash::from_better_auth(text).map(|hash| hash.as_str().to_owned()).map_err(Self::UnknownHash)
    }
}
