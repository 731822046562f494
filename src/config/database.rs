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

/// `None`: the default of the kind of database.
const CONNECTIONS: Row<Option<u32>> = Row {
    setting: Setting {
        variable: "LATCHKEY_DATABASE_CONNECTIONS",
        flag: "database-connections",
        value: "NUMBER",
        default: "",
        help: "Maximum number of database connections of this process, from 1 to 1000; on SQLite one more writes \
               [default: 16 on PostgreSQL, 8 on SQLite]",
    },
    parse: parse_connections,
};

/// PostgreSQL admits 100 connections by default, for all replicas and all other programs.
const POSTGRES_CONNECTIONS: u32 = 16;

/// The connections that read. One more connection writes.
const SQLITE_CONNECTIONS: u32 = 8;

pub(super) const SETTINGS: &[Setting] = &[DATA.setting, DATABASE_URL.setting, CONNECTIONS.setting];

/// Where data is stored. Not `Debug`: the URL can contain a password.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// The folder of the SQLite database and the generated secret.
    pub data_dir: PathBuf,
    /// The database's URL; for SQLite, with the path percent-encoded.
    pub url: String,
    /// The SQLite file; `None`: PostgreSQL.
    pub file: Option<PathBuf>,
    /// The maximum number of connections.
    pub connections: u32,
    location: Location,
}

impl DatabaseConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (data_dir, location, connections) =
            (reader.read(&DATA), reader.read(&DATABASE_URL), reader.read(&CONNECTIONS));
        let (data_dir, location, connections) = (data_dir?, location?, connections?);
        let location = match location {
            Some(location) => location,
            None => Location::in_folder(&data_dir).map_err(|reason| {
                reader.problems.push(DATA.problem(reason));
                Invalid
            })?,
        };
        let file = location.file();
        let default = if file.is_some() { SQLITE_CONNECTIONS } else { POSTGRES_CONNECTIONS };
        let connections = connections.unwrap_or(default);
        Ok(Self { data_dir, url: location.url(), file, connections, location })
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
        vec![DATA.show(self.data_dir.display()), url, CONNECTIONS.show(self.connections)]
    }
}

fn parse_connections(text: &str) -> Result<Option<u32>, String> {
    match text.parse() {
        _ if text.is_empty() => Ok(None),
        Ok(number @ 1..=1000) => Ok(Some(number)),
        _ => Err("is not a number from 1 to 1000".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn connections(vars: &[(&str, &str)]) -> Result<u32, String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let config = Config::from_vars(lookup).map_err(|problems| problems.to_string())?;
        Ok(config.database.connections)
    }

    #[test]
    fn connections_default_depends_on_the_database() {
        assert_eq!(connections(&[]), Ok(SQLITE_CONNECTIONS));
        assert_eq!(connections(&[(DATABASE_URL.setting.variable, "postgres://db/x")]), Ok(POSTGRES_CONNECTIONS));
        assert_eq!(connections(&[(CONNECTIONS.setting.variable, "6")]), Ok(6));
    }

    #[test]
    fn connections_out_of_range_are_refused() {
        for text in ["0", "1001", "-1", "many", "1.5"] {
            let problem = connections(&[(CONNECTIONS.setting.variable, text)]).unwrap_err();
            assert!(problem.contains("from 1 to 1000"), "{text}: {problem}");
        }
    }
}
