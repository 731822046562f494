//! The result of an import: numbers, and the skipped records with the reason. Contains no secrets.

mod reason;

use std::fmt;

use crate::domain::UserId;
pub use reason::{FactorProblem, LineSkipped, PasskeySkipped, SessionSkipped, UserSkipped, Warning};

/// The maximum number of characters shown of an id in the old database.
const MAX_SHOWN: usize = 80;

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
    /// Their second factors.
    pub factors: Counts,
    /// Their passkeys.
    pub passkeys: Counts,
    /// What the source has.
    pub has: Kinds,
    /// The number of sessions skipped because the old secret is missing.
    pub sessions_without_secret: Option<u64>,
    /// The number of users imported without their second factors.
    pub users_without_factor: u64,
    /// The domain that the passkeys are bound to.
    pub rp_id: Option<RpId>,
    lines_skipped: Vec<(u64, LineSkipped)>,
    users_skipped: Vec<(String, UserSkipped)>,
    warnings: Vec<(UserId, Warning)>,
    sessions_skipped: Vec<(String, SessionSkipped)>,
    passkeys_skipped: Vec<(String, PasskeySkipped)>,
}

/// The records of a source besides users and passwords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// Whether it has sessions.
    pub sessions: bool,
    /// Whether it has second factors.
    pub factors: bool,
    /// Whether it has passkeys.
    pub passkeys: bool,
}

/// The domain that passkeys are bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RpId {
    /// The domain of this service. The old one is the same, or was not given.
    Here(String),
    /// The old domain is another one. Passkeys do not work here, and are not imported.
    Other {
        /// The domain of this service.
        here: String,
        /// The old domain.
        old: String,
    },
    /// This service has no passkeys, because its address does not allow them.
    Off,
}

impl Report {
    pub(crate) fn new(dry_run: bool, has: Kinds) -> Self {
        Self { dry_run, has, ..Self::default() }
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

    pub(crate) fn skip_passkey(&mut self, id: &str, reason: PasskeySkipped) {
        self.passkeys.skipped += 1;
        self.passkeys_skipped.push((quoted(id), reason));
    }

    pub(crate) fn warn(&mut self, id: UserId, warning: Warning) {
        if matches!(warning, Warning::WithoutFactor(_)) {
            self.factors.skipped += 1;
            self.users_without_factor += 1;
        }
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
        for (id, reason) in &self.passkeys_skipped {
            writeln!(f, "passkey {id} skipped: {reason}")?;
        }
        writeln!(f, "            imported    updated  already here    skipped")?;
        for (kind, is_there, counts) in [
            ("users", true, self.users),
            ("passwords", true, self.passwords),
            ("sessions", self.has.sessions, self.sessions),
            ("factors", self.has.factors, self.factors),
            ("passkeys", self.has.passkeys, self.passkeys),
        ] {
            if !is_there {
                continue;
            }
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
        if self.users_without_factor > 0 {
            writeln!(
                f,
                "{} users have a second factor in the source, and none here: they sign in with the password alone.",
                self.users_without_factor
            )?;
        }
        match &self.rp_id {
            Some(RpId::Here(here)) if self.passkeys != Counts::default() => writeln!(
                f,
                "The passkeys work if the old server's rpID was {here}: by default it is the host of its address."
            )?,
            Some(RpId::Other { here, old }) => writeln!(
                f,
                "No passkeys were imported: they work for {old}, and this service's are for {here}. Set \
                 LATCHKEY_PASSKEY_RP_ID if the service is below {old}."
            )?,
            Some(RpId::Off) => writeln!(
                f,
                "No passkeys were imported: browsers allow them only on a domain with https. Set LATCHKEY_BASE_URL."
            )?,
            Some(RpId::Here(_)) | None => {}
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
