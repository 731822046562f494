//! The names of the tables and columns in a Better Auth database.

use std::str::FromStr;

use sea_orm::DatabaseTransaction;

use crate::import::source::{
    SourceError,
    database::{Column, Table, is_postgres},
};

const USER: [&str; 7] = ["id", "email", "emailVerified", "name", "image", "createdAt", "updatedAt"];
const ACCOUNT: [&str; 4] = ["accountId", "providerId", "userId", "password"];
const SESSION: [&str; 8] = ["id", "userId", "token", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"];
/// The plugin `twoFactor`; it also adds [`TWO_FACTOR_ENABLED`] to the users.
const TWO_FACTOR: [&str; 3] = ["userId", "secret", "backupCodes"];
/// The plugin `passkey`.
const PASSKEY: [&str; 9] =
    ["id", "userId", "name", "publicKey", "credentialID", "counter", "deviceType", "backedUp", "transports"];

/// The column of the users that says whether their sign-ins have two steps.
pub(crate) const TWO_FACTOR_ENABLED: &str = "twoFactorEnabled";

/// Columns that earlier versions of the plugins do not have.
const LATER: [&str; 4] = [TWO_FACTOR_ENABLED, "verified", "createdAt", "aaguid"];

/// The tables that can have a name of their own.
const NAMES: [&str; 5] = ["user", "account", "session", "twoFactor", "passkey"];

/// Tables with names of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables(Vec<NamedTable>);

/// `user=auth_user`: a table of Better Auth, and its name in the old database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTable {
    standard_name: &'static str,
    name: String,
}

impl FromStr for NamedTable {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (standard, name) = text.split_once('=').unwrap_or_default();
        let standard = standard.strip_suffix('s').unwrap_or(standard);
        match NAMES.into_iter().find(|known| *known == standard) {
            Some(standard_name) if !name.is_empty() => Ok(Self { standard_name, name: name.to_owned() }),
            _ => Err("write user=NAME, account=NAME, session=NAME, twoFactor=NAME or passkey=NAME"),
        }
    }
}

impl FromIterator<NamedTable> for Tables {
    fn from_iter<T: IntoIterator<Item = NamedTable>>(tables: T) -> Self {
        Self(tables.into_iter().collect())
    }
}

/// The tables of a Better Auth database.
pub(crate) struct Schema {
    pub user: StandardTable,
    pub account: StandardTable,
    pub session: StandardTable,
    /// `None`: there are no second factors.
    pub two_factor: Option<StandardTable>,
    /// `None`: there are no passkeys.
    pub passkey: Option<StandardTable>,
}

/// A table with the columns that are read.
pub(crate) struct StandardTable {
    pub table: Table,
    /// By the name in Better Auth's own schema.
    columns: Vec<(&'static str, Column)>,
    postgres: bool,
}

impl Schema {
    pub(crate) async fn read(db: &DatabaseTransaction, tables: &Tables) -> Result<Self, SourceError> {
        let schema = Self {
            user: StandardTable::read(db, "user", &USER, tables).await?,
            account: StandardTable::read(db, "account", &ACCOUNT, tables).await?,
            session: StandardTable::read(db, "session", &SESSION, tables).await?,
            two_factor: StandardTable::read_if_present(db, "twoFactor", &TWO_FACTOR, tables).await?,
            passkey: StandardTable::read_if_present(db, "passkey", &PASSKEY, tables).await?,
        };
        // Without the column, it is not known which users have a second factor.
        if schema.two_factor.is_some() && !schema.user.has(TWO_FACTOR_ENABLED) {
            let missing = "it has second factors, and its table of users has no column \"twoFactorEnabled\"";
            return Err(SourceError::NotBetterAuth(missing.to_owned()));
        }
        Ok(schema)
    }
}

impl StandardTable {
    /// Finds the table by its given name, or in the singular or plural. An application can have a table `user` of
    /// its own beside Better Auth's `users`, so the columns decide.
    async fn read(
        db: &DatabaseTransaction,
        standard_name: &str,
        wanted: &'static [&'static str],
        tables: &Tables,
    ) -> Result<Self, SourceError> {
        if let Some(named) = tables.0.iter().find(|named| named.standard_name == standard_name) {
            let table = Table::find(db, &named.name).await?;
            let table = table.ok_or_else(|| SourceError::NoTable(format!("\"{}\"", named.name)))?;
            return Self::with_columns(table, &named.name, wanted, is_postgres(db));
        }
        let mut found = Vec::new();
        let mut problem = SourceError::NotBetterAuth(format!("it has no table \"{standard_name}\""));
        for name in spellings(standard_name) {
            let Some(table) = Table::find(db, &name).await? else { continue };
            match Self::with_columns(table, &name, wanted, is_postgres(db)) {
                Ok(table) => found.push(table),
                Err(error) => problem = error,
            }
        }
        match (found.pop(), found.pop()) {
            (Some(table), None) => Ok(table),
            (Some(_), Some(_)) => Err(SourceError::TwoTables(standard_name.to_owned())),
            _ => Err(problem),
        }
    }

    /// The table of a plugin. `None` if no table has its columns.
    async fn read_if_present(
        db: &DatabaseTransaction,
        standard_name: &str,
        wanted: &'static [&'static str],
        tables: &Tables,
    ) -> Result<Option<Self>, SourceError> {
        let is_named = tables.0.iter().any(|named| named.standard_name == standard_name);
        match Self::read(db, standard_name, wanted, tables).await {
            Ok(table) => Ok(Some(table)),
            Err(SourceError::NotBetterAuth(_)) if !is_named => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn with_columns(
        table: Table,
        name: &str,
        wanted: &'static [&'static str],
        postgres: bool,
    ) -> Result<Self, SourceError> {
        let find = |standard_name: &'static str| {
            let same = |column: &&Column| column.name.replace('_', "").eq_ignore_ascii_case(standard_name);
            table.columns.iter().find(same).cloned().map(|column| (standard_name, column))
        };
        let required = |standard_name: &&'static str| {
            find(standard_name).ok_or_else(|| {
                SourceError::NotBetterAuth(format!("its table \"{name}\" has no column \"{standard_name}\""))
            })
        };
        let mut columns = wanted.iter().map(required).collect::<Result<Vec<_>, SourceError>>()?;
        columns.extend(LATER.into_iter().filter(|later| !wanted.contains(later)).filter_map(find));
        Ok(Self { table, columns, postgres })
    }

    /// The value of a column as text.
    pub(crate) fn text(&self, standard_name: &str) -> String {
        let column = self.columns.iter().find(|(name, _)| *name == standard_name);
        column.map_or_else(|| "CAST(NULL AS text)".to_owned(), |(_, column)| column.text(self.postgres))
    }

    /// Whether the table has a column that earlier versions do not have.
    pub(crate) fn has(&self, standard_name: &str) -> bool {
        self.columns.iter().any(|(name, _)| *name == standard_name)
    }
}

/// `twoFactor`: the names of a table in the plural and singular, in camel and snake case.
fn spellings(standard_name: &str) -> Vec<String> {
    let snake = standard_name.chars().fold(String::new(), |mut name, letter| {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
        name
    });
    let mut names = vec![format!("{standard_name}s"), standard_name.to_owned()];
    if snake != standard_name {
        names.extend([format!("{snake}s"), snake]);
    }
    names
}
