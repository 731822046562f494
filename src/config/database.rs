//! Where data is stored.

use std::path::PathBuf;

use url::Url;

use super::setting::{Invalid, Reader, Row, Setting};

const DATA: Row<PathBuf> = Row {
    setting: Setting {
        variable: "LATCHKEY_DATA",
        flag: "data",
        value: "FOLDER",
        default: "data",
        help: "Folder of the SQLite database and the generated secret",
    },
    parse: |text| Ok(text.into()),
};

/// `None`: SQLite in the data folder.
const DATABASE_URL: Row<Option<String>> = Row {
    setting: Setting {
        variable: "LATCHKEY_DATABASE_URL",
        flag: "database-url",
        value: "URL",
        default: "",
        help: "sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME [default: SQLite in the data folder]",
    },
    parse: parse_url,
};

pub(super) const SETTINGS: &[Setting] = &[DATA.setting, DATABASE_URL.setting];

/// Where data is stored. Not `Debug`: the URL can contain a password.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// The folder of the SQLite database and the generated secret.
    pub data_dir: PathBuf,
    /// The database's URL.
    pub url: String,
}

impl DatabaseConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (data_dir, url) = (reader.read(&DATA), reader.read(&DATABASE_URL));
        let data_dir = data_dir?;
        let url = url?.unwrap_or_else(|| format!("sqlite:{}", data_dir.join("latchkey.db").display()));
        Ok(Self { data_dir, url })
    }

    /// Whether the database is a file on this machine.
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![DATA.show(self.data_dir.display()), DATABASE_URL.show(without_password(&self.url))]
    }
}

fn parse_url(text: &str) -> Result<Option<String>, String> {
    let supported = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme));
    match text {
        "" => Ok(None),
        _ if supported => Ok(Some(text.to_owned())),
        _ => Err("must start with sqlite: or postgres:".to_owned()),
    }
}

fn without_password(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            // Fails only for URLs that cannot have a password.
            let _ = parsed.set_password(Some("hidden"));
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}
