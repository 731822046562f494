//! The result of an import: numbers, and the skipped records with the reason. Contains no secrets.

use std::fmt;

use crate::{auth::password::hasher::UnsupportedHash, domain::UserId};

/// The maximum number of characters shown of an id in the old database.
const MAX_SHOWN: usize = 80;

/// Why a line of a file or a row of a table is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineSkipped {
    /// Another number of fields than the header.
    #[error("it does not have as many fields as the header")]
    Fields,
    /// Not a JSON object.
    #[error("it is not a JSON object")]
    NotJson,
    /// Not UTF-8.
    #[error("it is not UTF-8 text")]
    NotUtf8,
}

/// Why a user is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserSkipped {
    /// The id is invalid here.
    #[error("its id is not 1 to 64 letters, digits, \"-\" and \"_\", or is a UUID not in its canonical form")]
    Id,
    /// The e-mail address is invalid here.
    #[error("its e-mail address is not one that this service accepts")]
    Address,
    /// The time of its creation is not a time.
    #[error("the time of its creation cannot be read")]
    Time,
    /// The source has an earlier user with this id.
    #[error("its id appears twice")]
    Twice,
    /// An account here has the same mailbox.
    #[error("its e-mail address belongs to user {0}, which has an account here")]
    MailboxTaken(UserId),
    /// An imported user has the same mailbox.
    #[error("its e-mail address is the same mailbox as that of user {0}, which is imported")]
    SameMailbox(UserId),
    /// The id exists here with another mailbox, so it may be another person.
    #[error("its id is here already, with another e-mail address")]
    OtherAddressHere,
    /// The account was imported or created before, and deleted.
    #[error("its account was here before and has been deleted here")]
    DeletedHere,
}

/// Why a session is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionSkipped {
    /// The expiry has passed.
    #[error("it has expired")]
    Expired,
    /// The maximum lifetime, counted from its creation, has passed.
    #[error("it was opened longer ago than LATCHKEY_SESSION_MAX: the user signs in again")]
    TooOld,
    /// Not 16 to 255 printable characters without a dot.
    #[error("its token has an unknown format")]
    Token,
    /// `createdAt` or `expiresAt` is not a time.
    #[error("its times cannot be read")]
    Time,
    /// The user has the maximum number of sessions.
    #[error("its user has 100 sessions that expire later")]
    Surplus,
    /// The user is skipped.
    #[error("its user is not imported")]
    User,
    /// A password change here ended all earlier sessions.
    #[error("its owner has changed the password here")]
    PasswordChanged,
}

/// What is missing or changed in an imported user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// The user has no credential account and signed in through a provider.
    #[error("has no password: cannot sign in until one is set")]
    NoPassword,
    /// The format of the password hash is not supported.
    #[error("cannot sign in until there is a new password: {0}")]
    UnsupportedHash(UnsupportedHash),
    /// Whether the address is verified cannot be read.
    #[error("imported with an unverified address: the value cannot be read")]
    Verified,
    /// Whether the account is disabled cannot be read.
    #[error("imported as disabled: the value cannot be read")]
    Disabled,
    /// The account exists here, and is disabled in the source.
    #[error("disabled, as it is in the source")]
    DisabledInSource,
    /// The name was longer than a name can be, or has characters that are not allowed.
    #[error("name shortened to 100 characters on one line, without invisible ones")]
    NameShortened,
    /// The name had characters that a name here cannot have.
    #[error("name without its line breaks and its control, direction and invisible characters")]
    NameCleaned,
    /// The address of the picture is invalid here.
    #[error("picture left out: its address is longer than 2048 bytes or has control characters")]
    ImageLeftOut,
}

/// The numbers of one kind of record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Added.
    pub imported: u64,
    /// Existed here, and replaced by a newer record.
    pub updated: u64,
    /// Existed here, and left unchanged.
    pub already_here: u64,
    /// Not imported.
    pub skipped: u64,
}

/// The result of an import.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Users.
    pub users: Counts,
    /// Their passwords.
    pub passwords: Counts,
    /// Their sessions.
    pub sessions: Counts,
    /// Whether the source has sessions.
    pub with_sessions: bool,
    /// The number of sessions skipped because the old secret is missing.
    pub sessions_without_secret: Option<u64>,
    lines_skipped: Vec<(u64, LineSkipped)>,
    users_skipped: Vec<(String, UserSkipped)>,
    warnings: Vec<(UserId, Warning)>,
    sessions_skipped: Vec<(String, SessionSkipped)>,
}

impl Report {
    /// An empty report about a source with this number of sessions. `None`: it has no sessions.
    pub(crate) fn new(dry_run: bool, sessions: Option<u64>, with_secret: bool) -> Self {
        let sessions_without_secret = sessions.filter(|_| !with_secret);
        Self { dry_run, with_sessions: sessions.is_some(), sessions_without_secret, ..Self::default() }
    }

    pub(crate) fn skip_line(&mut self, line: u64, reason: LineSkipped) {
        self.users.skipped += 1;
        self.lines_skipped.push((line, reason));
    }

    pub(crate) fn skip_user(&mut self, id: &str, line: Option<u64>, reason: UserSkipped) {
        self.users.skipped += 1;
        let place = line.map_or_else(String::new, |line| format!(" (line {line})"));
        self.users_skipped.push((format!("{}{place}", quoted(id)), reason));
    }

    pub(crate) fn skip_session(&mut self, id: &str, reason: SessionSkipped) {
        self.sessions.skipped += 1;
        self.sessions_skipped.push((quoted(id), reason));
    }

    pub(crate) fn warn(&mut self, id: UserId, warning: Warning) {
        if matches!(warning, Warning::NoPassword | Warning::UnsupportedHash(_)) {
            self.passwords.skipped += 1;
        }
        self.warnings.push((id, warning));
    }

    pub(crate) fn warn_all(&mut self, id: UserId, warnings: Vec<Warning>) {
        for warning in warnings {
            self.warn(id, warning);
        }
    }
}

/// Quotes an id of the old database, with control characters escaped for the terminal.
fn quoted(id: &str) -> String {
    let escaped: String = id.chars().take(MAX_SHOWN).flat_map(char::escape_debug).collect();
    format!("\"{escaped}{}\"", if id.chars().count() > MAX_SHOWN { "…" } else { "" })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (line, reason) in &self.lines_skipped {
            writeln!(f, "line {line} skipped: {reason}")?;
        }
        for (id, reason) in &self.users_skipped {
            writeln!(f, "user {id} skipped: {reason}")?;
        }
        for (id, warning) in &self.warnings {
            writeln!(f, "user \"{id}\": {warning}")?;
        }
        for (id, reason) in &self.sessions_skipped {
            writeln!(f, "session {id} skipped: {reason}")?;
        }
        writeln!(f, "            imported    updated  already here    skipped")?;
        let sessions = self.with_sessions.then_some(("sessions", self.sessions));
        for (kind, counts) in [("users", self.users), ("passwords", self.passwords)].into_iter().chain(sessions) {
            let Counts { imported, updated, already_here, skipped } = counts;
            writeln!(f, "{kind:<9} {imported:>10} {updated:>10} {already_here:>13} {skipped:>10}")?;
        }
        if let Some(left) = self.sessions_without_secret {
            writeln!(
                f,
                "No sessions were imported ({left} there, including expired ones): the old secret is missing, so users \
                 sign in again. To keep them signed in, set BETTER_AUTH_SECRET or use --secret-file."
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
    fn id_control_characters_are_escaped() {
        assert_eq!(quoted("\u{1b}[2Jx\n"), "\"\\u{1b}[2Jx\\n\"");
        assert_eq!(quoted(&"x".repeat(100)), format!("\"{}…\"", "x".repeat(80)));
    }

    #[test]
    fn report_lists_counts_and_reasons() {
        let mut report = Report { dry_run: true, sessions_without_secret: Some(3), ..Report::default() };
        report.users.imported = 2;
        report.skip_user("a b", None, UserSkipped::Id);
        report.skip_user("c d", Some(7), UserSkipped::Address);
        report.skip_line(9, LineSkipped::Fields);
        report.warn("u1".parse().unwrap(), Warning::NoPassword);
        report.skip_session("s1", SessionSkipped::Expired);
        let text = report.to_string();
        for line in [
            "user \"a b\" skipped: its id is not",
            "user \"c d\" (line 7) skipped: its e-mail address",
            "line 9 skipped: it does not have as many fields",
            "user \"u1\": has no password",
            "session \"s1\" skipped: it has expired",
            "users              2          0             0          3",
            "passwords          0          0             0          1",
            "(3 there",
            "This was a dry run: nothing was written.",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
