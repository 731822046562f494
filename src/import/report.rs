//! What an import did, and what it left behind and why. Holds no secrets.

use std::fmt;

use crate::{auth::password::hasher::UnknownHash, domain::UserId};

/// The most characters of a foreign identifier that are shown.
const MAX_SHOWN: usize = 80;

/// Why a user stayed behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserSkipped {
    /// The id cannot be one here.
    #[error("its id is not 1 to 64 letters, digits, \"-\" and \"_\", or is a UUID in another than its canonical form")]
    Id,
    /// The e-mail address cannot be one here.
    #[error("its e-mail address is not one that can be used here")]
    Address,
    /// `createdAt` is no time.
    #[error("its createdAt cannot be read as a time")]
    Time,
    /// Somebody who has an account here has that mailbox.
    #[error("its e-mail address belongs to user {0}, who has an account here")]
    MailboxTaken(UserId),
    /// Another user of the old installation has that mailbox.
    #[error("its e-mail address is the same mailbox as that of user {0}, who is imported")]
    SameMailbox(UserId),
    /// The id is here, with another mailbox: who knows whose it is.
    #[error("its id is here already, with another e-mail address")]
    OtherAddressHere,
    /// The account was here and no longer is.
    #[error("its account was here before and has been deleted here")]
    DeletedHere,
}

/// Why a session stayed behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionSkipped {
    /// It has expired.
    #[error("it has expired")]
    Expired,
    /// It was opened longer ago than a session can last here.
    #[error("it was opened longer ago than LATCHKEY_SESSION_MAX: its owner signs in again")]
    TooOld,
    /// Its token is of no form that is known.
    #[error("its token is of an unknown form")]
    Token,
    /// One of its times is no time.
    #[error("its times cannot be read")]
    Time,
    /// Its owner has more than can be.
    #[error("its owner has 100 sessions that last longer")]
    Surplus,
    /// Its owner stayed behind.
    #[error("its user is not imported")]
    User,
    /// Its owner has changed the password here, which ended all sessions.
    #[error("its owner has changed the password here")]
    PasswordChanged,
}

/// What could not be taken of a user who was imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Remark {
    /// There is no credential account: they signed in through a provider.
    #[error("has no password: cannot sign in until there is one")]
    NoPassword,
    /// The password's hash cannot be verified here.
    #[error("cannot sign in until there is a new password: {0}")]
    UnknownHash(UnknownHash),
    /// The name was cut to what a name can be.
    #[error("name shortened to 100 characters on one line")]
    NameShortened,
    /// The picture's address cannot be one.
    #[error("picture left out: its address is longer than 2048 bytes or has control characters")]
    ImageLeftOut,
}

/// How many of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Brought over.
    pub imported: u64,
    /// Here already, and changed there since.
    pub updated: u64,
    /// Here already, and left as they are.
    pub already_here: u64,
    /// Left behind.
    pub skipped: u64,
}

/// What an import did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Whether nothing of it was kept.
    pub dry_run: bool,
    /// Users.
    pub users: Counts,
    /// Their passwords.
    pub passwords: Counts,
    /// Their sessions.
    pub sessions: Counts,
    /// How many sessions were not looked at for want of the old secret.
    pub sessions_without_secret: Option<u64>,
    users_skipped: Vec<(String, UserSkipped)>,
    remarks: Vec<(UserId, Remark)>,
    sessions_skipped: Vec<(String, SessionSkipped)>,
}

impl Report {
    pub(crate) fn skip_user(&mut self, id: &str, reason: UserSkipped) {
        self.users.skipped += 1;
        self.users_skipped.push((shown(id), reason));
    }

    pub(crate) fn skip_session(&mut self, id: &str, reason: SessionSkipped) {
        self.sessions.skipped += 1;
        self.sessions_skipped.push((shown(id), reason));
    }

    pub(crate) fn remark(&mut self, id: UserId, remark: Remark) {
        if matches!(remark, Remark::NoPassword | Remark::UnknownHash(_)) {
            self.passwords.skipped += 1;
        }
        self.remarks.push((id, remark));
    }
}

/// An identifier from elsewhere, safe to be shown on a terminal.
fn shown(id: &str) -> String {
    let escaped: String = id.chars().take(MAX_SHOWN).flat_map(char::escape_debug).collect();
    format!("\"{escaped}{}\"", if id.chars().count() > MAX_SHOWN { "…" } else { "" })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, reason) in &self.users_skipped {
            writeln!(f, "user {id} skipped: {reason}")?;
        }
        for (id, remark) in &self.remarks {
            writeln!(f, "user \"{id}\": {remark}")?;
        }
        for (id, reason) in &self.sessions_skipped {
            writeln!(f, "session {id} skipped: {reason}")?;
        }
        writeln!(f, "            imported    updated  already here    skipped")?;
        for (kind, counts) in [("users", self.users), ("passwords", self.passwords), ("sessions", self.sessions)] {
            let Counts { imported, updated, already_here, skipped } = counts;
            writeln!(f, "{kind:<9} {imported:>10} {updated:>10} {already_here:>13} {skipped:>10}")?;
        }
        if let Some(left) = self.sessions_without_secret {
            writeln!(
                f,
                "No sessions were imported ({left} there, expired ones among them), as the old secret was not given: \
                 people sign in again. To keep them signed in, set BETTER_AUTH_SECRET or give --secret-file."
            )?;
        }
        if self.dry_run {
            writeln!(f, "This was a dry run: nothing was written.")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_id_cannot_play_with_the_terminal() {
        assert_eq!(shown("\u{1b}[2Jx\n"), "\"\\u{1b}[2Jx\\n\"");
        assert_eq!(shown(&"x".repeat(100)), format!("\"{}…\"", "x".repeat(80)));
    }

    #[test]
    fn the_report_counts_names_and_says_why() {
        let mut report = Report { dry_run: true, sessions_without_secret: Some(3), ..Report::default() };
        report.users.imported = 2;
        report.skip_user("a b", UserSkipped::Id);
        report.remark("u1".parse().unwrap(), Remark::NoPassword);
        report.skip_session("s1", SessionSkipped::Expired);
        let text = report.to_string();
        for line in [
            "user \"a b\" skipped: its id is not",
            "user \"u1\": has no password",
            "session \"s1\" skipped: it has expired",
            "users              2          0             0          1",
            "passwords          0          0             0          1",
            "(3 there",
            "This was a dry run: nothing was written.",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
