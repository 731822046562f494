//! Where data is stored.

mod location;

use std::path::PathBuf;

use super::setting::{Invalid, Reader, Row, Setting};
use location::Location;

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
const DATABASE_URL: Row<Option<Location>> = Row {
    setting: Setting {
        variable: "LATCHKEY_DATABASE_URL",
        flag: "database-url",
        value: "URL",
        default: "",
        help: "sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME [default: SQLite in the data folder]",
    },
    parse: Location::parse,
};

pub(super) const SETTINGS: &[Setting] = &[DATA.setting, DATABASE_URL.setting];

/// Where data is stored. Not `Debug`: the URL can contain a password.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// The folder of the SQLite database and the generated secret.
    pub data_dir: PathBuf,
    /// The database's URL; for SQLite, with the path percent-encoded.
    pub url: String,
    /// The SQLite file; `None`: PostgreSQL.
    pub file: Option<PathBuf>,
    location: Location,
}

impl DatabaseConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (data_dir, location) = (reader.read(&DATA), reader.read(&DATABASE_URL));
        let (data_dir, location) = (data_dir?, location?);
        let location = match location {
            Some(location) => location,
            None => Location::in_folder(&data_dir).map_err(|reason| {
                reader.problems.push(DATA.problem(reason));
                Invalid
            })?,
        };
        Ok(Self { data_dir, url: location.url(), file: location.file(), location })
    }

    /// Whether the database is a file on this machine.
    pub const fn is_sqlite(&self) -> bool {
        self.file.is_some()
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let url = match self.location.shown() {
            Ok(url) => DATABASE_URL.show(url),
            Err(description) => DATABASE_URL.comment(description),
        };
        vec![DATA.show(self.data_dir.display()), url]
    }
}
