//! What the tables and columns of a Better Auth database are called there.

use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryResult, Statement};

use super::{SourceError, is_postgres};

const USER: [&str; 7] = ["id", "email", "emailVerified", "name", "image", "createdAt", "updatedAt"];
const ACCOUNT: [&str; 4] = ["accountId", "providerId", "userId", "password"];
const SESSION: [&str; 8] = ["id", "userId", "token", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"];

/// The tables read.
pub(crate) struct Schema {
    pub user: Table,
    pub account: Table,
    pub session: Table,
}

/// A table and those of its columns that are read.
pub(crate) struct Table {
    name: String,
    columns: Vec<Column>,
    postgres: bool,
}

struct Column {
    /// As in Better Auth's own schema.
    known_as: &'static str,
    name: String,
    /// The database's word for its type.
    kind: String,
}

impl Schema {
    pub(crate) async fn read(db: &DatabaseTransaction) -> Result<Self, SourceError> {
        Ok(Self {
            user: Table::read(db, "user", &USER).await?,
            account: Table::read(db, "account", &ACCOUNT).await?,
            session: Table::read(db, "session", &SESSION).await?,
        })
    }
}

impl Table {
    async fn read(
        db: &DatabaseTransaction,
        known_as: &str,
        wanted: &'static [&'static str],
    ) -> Result<Self, SourceError> {
        for name in [known_as.to_owned(), format!("{known_as}s")] {
            let present = columns(db, &name).await?;
            if present.is_empty() {
                continue;
            }
            let find = |known_as: &&'static str| {
                let same = |name: &str| name.replace('_', "").eq_ignore_ascii_case(known_as);
                let (name, kind) = present.iter().find(|(name, _)| same(name)).cloned().ok_or_else(|| {
                    SourceError::NotBetterAuth(format!("its table \"{name}\" has no column \"{known_as}\""))
                })?;
                Ok(Column { known_as, name, kind })
            };
            let columns = wanted.iter().map(find).collect::<Result<_, SourceError>>()?;
            return Ok(Self { name, columns, postgres: is_postgres(db) });
        }
        Err(SourceError::NotBetterAuth(format!("it has no table \"{known_as}\"")))
    }

    /// The table's name, quoted.
    pub(crate) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// A column of the table called `alias` in the statement.
    pub(crate) fn plain(&self, alias: &str, known_as: &str) -> String {
        format!("{alias}.{}", quoted(self.column(known_as).map_or(known_as, |column| &column.name)))
    }

    /// A column's value as text.
    pub(crate) fn text(&self, alias: &str, known_as: &str) -> String {
        format!("CAST({} AS text)", self.plain(alias, known_as))
    }

    /// A time as text: Unix milliseconds where the database knows times.
    pub(crate) fn time(&self, alias: &str, known_as: &str) -> String {
        let is_time = self.column(known_as).is_some_and(|column| column.kind.starts_with("timestamp"));
        if self.postgres && is_time {
            let column = self.plain(alias, known_as);
            format!("CAST(CAST(ROUND(EXTRACT(EPOCH FROM {column}) * 1000) AS bigint) AS text)")
        } else {
            self.text(alias, known_as)
        }
    }

    /// The place of the text given as the statement's parameter `number`, to compare a column with.
    pub(crate) fn parameter(&self, known_as: &str, number: usize) -> String {
        let kind = self.column(known_as).map(|column| column.kind.as_str());
        match kind {
            _ if !self.postgres => format!("?{number}"),
            Some(kind @ ("uuid" | "integer" | "bigint" | "smallint")) => {
                format!("CAST(CAST(${number} AS text) AS {kind})")
            }
            _ => format!("${number}"),
        }
    }

    fn column(&self, known_as: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.known_as == known_as)
    }
}

/// The names and types of a table's columns; none if there is no such table.
async fn columns(db: &DatabaseTransaction, table: &str) -> Result<Vec<(String, String)>, SourceError> {
    let sql = if is_postgres(db) {
        "SELECT CAST(column_name AS text), CAST(data_type AS text) FROM information_schema.columns \
         WHERE table_name = $1 AND table_schema = ANY (current_schemas(false))"
    } else {
        "SELECT name, type FROM pragma_table_info(?1)"
    };
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [table.into()]);
    let column = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    db.query_all_raw(statement).await?.iter().map(column).collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
