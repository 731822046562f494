//! The master secret, from which the keys for all other purposes are derived.

mod file;

use std::path::Path;

use super::setting::{Invalid, Reader, Row, Setting};
use crate::crypto::secret::SharedSecret;

pub use file::SecretFileError;

pub(super) const SECRET: Row<Option<SharedSecret>> = Row {
    setting: Setting {
        variable: "LATCHKEY_SECRET",
        flag: "secret",
        value: "SECRET",
        default: "",
        help: "Master secret of at least 32 bytes: encrypts the signing keys in the database and the form cookie, and \
               keys the attempt counters; set it in the environment rather than as a flag [default: generated on first start \
               and stored in the data folder]",
    },
    parse: parse_secret,
};

pub(super) const SETTINGS: &[Setting] = &[SECRET.setting];

/// The master secret.
#[derive(Clone)]
pub struct SecretsConfig {
    /// The configured master secret; `None`: generated and stored in the data folder.
    pub master: Option<SharedSecret>,
}

impl SecretsConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        Ok(Self { master: reader.read(&SECRET)? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![match self.master {
            Some(_) => SECRET.comment("set, hidden"),
            None => SECRET.comment("generated on first start, in the data folder"),
        }]
    }

    /// The configured master secret, or the one in the data folder, generated if absent.
    pub(super) fn load(&self, data_dir: &Path) -> Result<SharedSecret, SecretFileError> {
        match &self.master {
            Some(secret) => Ok(secret.clone()),
            None => file::read_or_create(data_dir),
        }
    }

    pub(super) fn exists(&self, data_dir: &Path) -> bool {
        self.master.is_some() || file::exists(data_dir)
    }
}

fn parse_secret(text: &str) -> Result<Option<SharedSecret>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    SharedSecret::parse(text.as_bytes()).map(Some).map_err(|weak| weak.to_string())
}
