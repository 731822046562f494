//! `latchkey import better-auth`

use std::{env, error::Error, fs, path::PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use crate::import::{
    factor::TotpParameters,
    secrets::OldSecrets,
    source::{Source, better_auth::NamedTable},
};

/// The variable of the secret in a Better Auth installation.
const SECRET: &str = "BETTER_AUTH_SECRET";

/// The variable of several secrets with their versions. The first is the current one.
const SECRETS: &str = "BETTER_AUTH_SECRETS";

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct BetterAuth {
    /// The old database: an SQLite file or a postgres:// URL
    #[arg(long, value_name = "DATABASE")]
    from: String,
    /// A table with a name of its own: user=NAME, account=NAME, session=NAME, twoFactor=NAME or passkey=NAME; can be
    /// repeated
    #[arg(long = "table", value_name = "TABLE=NAME")]
    tables: Vec<NamedTable>,
    #[arg(
        long,
        value_name = "FILE",
        help = "A file with the old secret, which keeps sessions valid and decrypts second factors [env: \
                BETTER_AUTH_SECRET, BETTER_AUTH_SECRETS]"
    )]
    secret_file: Option<PathBuf>,
    /// Import users whose second factor cannot be imported; they sign in with the password alone
    #[arg(long)]
    without_factors: bool,
    /// The digits of the old authenticator apps; only 6 can be imported
    #[arg(long, value_name = "DIGITS", default_value_t = TotpParameters::default().digits)]
    totp_digits: u32,
    /// The seconds for which the old authenticator apps show a code; only 30 can be imported
    #[arg(long, value_name = "SECONDS", default_value_t = TotpParameters::default().period)]
    totp_period: u32,
    /// The rpID of the old server; passkeys of another domain are not imported
    #[arg(long, value_name = "DOMAIN")]
    rp_id: Option<String>,
    /// Print the report, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// A source, and how it is imported.
pub(super) struct Opened {
    pub source: Source,
    pub secrets: Option<OldSecrets>,
    pub without_factors: bool,
    pub parameters: TotpParameters,
    pub old_rp_id: Option<String>,
    pub dry_run: bool,
}

impl BetterAuth {
    pub(super) async fn open(self) -> Result<Opened, Box<dyn Error>> {
        let secrets = self.secrets()?;
        let source = Source::better_auth(&self.from, &self.tables.into_iter().collect()).await?;
        Ok(Opened {
            source,
            secrets,
            without_factors: self.without_factors,
            parameters: TotpParameters { digits: self.totp_digits, period: self.totp_period },
            old_rp_id: self.rp_id,
            dry_run: self.dry_run,
        })
    }

    /// The old secrets, from the file or the environment.
    fn secrets(&self) -> Result<Option<OldSecrets>, String> {
        if let Some(file) = &self.secret_file {
            let text = fs::read_to_string(file).map(Zeroizing::new);
            let text = text.map_err(|error| format!("cannot read the secret from {}: {error}", file.display()))?;
            let secret =
                secret(&text).ok_or_else(|| format!("{} is empty; write the old secret to it", file.display()));
            return Ok(Some(OldSecrets::new(secret?, &[])));
        }
        let variable = |name| env::var(name).ok().map(Zeroizing::new);
        let single = variable(SECRET).and_then(|text| secret(&text));
        match variable(SECRETS).filter(|text| !text.trim().is_empty()) {
            Some(versions) => match OldSecrets::parse_versions(&versions, single) {
                Ok(secrets) => Ok(Some(secrets)),
                Err(problem) => Err(format!("{SECRETS} {problem}")),
            },
            None => Ok(single.map(|secret| OldSecrets::new(secret, &[]))),
        }
    }
}

/// The secret without the end of the line. `None`: empty.
fn secret(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let secret = text.trim_end_matches(['\r', '\n']);
    (!secret.is_empty()).then(|| Zeroizing::new(secret.as_bytes().to_vec()))
}
