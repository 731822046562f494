//! `latchkey import users`

use std::{error::Error, fs, path::PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use super::better_auth::Opened;
use crate::{
    auth::password::hasher::firebase::FirebaseProject,
    import::{
        factor::TotpParameters,
        source::{
            Source, SourceError,
            mapping::{Disabled, Field, Mapping},
            preset::Preset,
        },
    },
};

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Users {
    /// The source: a CSV or JSON file, an SQLite file or a postgres:// URL
    #[arg(long, value_name = "FILE|URL")]
    from: String,
    /// Use the tables and names of a well-known system
    #[arg(long, value_enum)]
    preset: Option<Preset>,
    /// The table or view with the users, if the source is a database
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    /// The column of the user id, which is kept
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// The column of the e-mail address
    #[arg(long, value_name = "COLUMN")]
    email: Option<String>,
    /// The column of the name; if repeated, the values are joined with spaces
    #[arg(long, value_name = "COLUMN")]
    name: Vec<String>,
    /// The column of the password hash
    #[arg(long, value_name = "COLUMN")]
    password_hash: Option<String>,
    /// The column that says whether or when the address was verified
    #[arg(long, value_name = "COLUMN")]
    email_verified: Option<String>,
    /// The column of the time of creation
    #[arg(long, value_name = "COLUMN")]
    created_at: Option<String>,
    /// The column of the time of the last change
    #[arg(long, value_name = "COLUMN")]
    updated_at: Option<String>,
    /// The column that says whether or when the account was disabled
    #[arg(long, value_name = "COLUMN", conflicts_with = "active")]
    disabled: Option<String>,
    /// The column that is false for disabled accounts
    #[arg(long, value_name = "COLUMN")]
    active: Option<String>,
    /// A file with the `hash_config` that the Firebase console shows; it contains a secret
    #[arg(long, value_name = "FILE")]
    hash_config: Option<PathBuf>,
    /// Print the report, and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Users {
    pub(super) async fn open(self) -> Result<Opened, Box<dyn Error>> {
        let mapping = self.mapping()?;
        let table = self.table.as_deref().or_else(|| self.preset.and_then(Preset::table));
        Ok(Opened {
            source: Source::users(&self.from, table, mapping).await?,
            secrets: None,
            without_factors: false,
            parameters: TotpParameters::default(),
            old_rp_id: None,
            dry_run: self.dry_run,
        })
    }

    /// The names of the preset, replaced by those of the options.
    fn mapping(&self) -> Result<Mapping, Box<dyn Error>> {
        let mut mapping = self.preset.map_or_else(Mapping::default, Preset::mapping);
        for (field, name) in [
            (&mut mapping.id, &self.id),
            (&mut mapping.email, &self.email),
            (&mut mapping.password_hash, &self.password_hash),
            (&mut mapping.email_verified, &self.email_verified),
            (&mut mapping.created_at, &self.created_at),
            (&mut mapping.updated_at, &self.updated_at),
        ] {
            if let Some(name) = name {
                *field = Field::required(&[name]);
            }
        }
        if !self.name.is_empty() {
            mapping.name = self.name.iter().map(|name| Field::required(&[name])).collect();
        }
        if let Some(name) = &self.disabled {
            mapping.disabled = vec![Disabled::If(Field::required(&[name]))];
        }
        if let Some(name) = &self.active {
            mapping.disabled = vec![Disabled::Unless(Field::required(&[name]))];
        }
        mapping.firebase = self.firebase()?;
        if self.preset == Some(Preset::Firebase) && mapping.firebase.is_none() {
            return Err(SourceError::NoHashConfig.into());
        }
        Ok(mapping)
    }

    fn firebase(&self) -> Result<Option<FirebaseProject>, Box<dyn Error>> {
        let Some(file) = &self.hash_config else { return Ok(None) };
        let text = fs::read_to_string(file).map(Zeroizing::new);
        let text = text.map_err(|error| format!("cannot read the hash parameters from {}: {error}", file.display()))?;
        let project = FirebaseProject::parse(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(Some(project))
    }
}
