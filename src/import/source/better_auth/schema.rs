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
        let found = ["user", "account", "session"].into_iter().find(|known| *known == standard);
        match found {
            Some(standard_name) if !name.is_empty() => Ok(Self { standard_name, name: name.to_owned() }),
            _ => Err("write user=NAME, account=NAME or session=NAME"),
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
        Ok(Self {
            user: StandardTable::read(db, "user", &USER, tables).await?,
            account: StandardTable::read(db, "account", &ACCOUNT, tables).await?,
            session: StandardTable::read(db, "session", &SESSION, tables).await?,
        })
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
        for name in [format!("{standard_name}s"), standard_name.to_owned()] {
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

    fn with_columns(
        table: Table,
        name: &str,
        wanted: &'static [&'static str],
        postgres: bool,
    ) -> Result<Self, SourceError> {
        let find = |standard_name: &&'static str| {
            let same = |column: &&Column| column.name.replace('_', "").eq_ignore_ascii_case(standard_name);
            let column = table.columns.iter().find(same).cloned().ok_or_else(|| {
                SourceError::NotBetterAuth(format!("its table \"{name}\" has no column \"{standard_name}\""))
            })?;
            Ok((*standard_name, column))
        };
        let columns = wanted.iter().map(find).collect::<Result<_, SourceError>>()?;
        Ok(Self { table, columns, postgres })
    }

    /// The value of a column as text.
    pub(crate) fn text(&self, standard_name: &str) -> String {
        let column = self.columns.iter().find(|(name, _)| *name == standard_name);
        column.map_or_else(|| "NULL".to_owned(), |(_, column)| column.text(self.postgres))
    }
}
