//! The names of the tables and columns in a Better Auth database.

use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryResult, Statement};

use super::{SourceError, is_postgres};

const USER: [&str; 7] = ["id", "email", "emailVerified", "name", "image", "createdAt", "updatedAt"];
const ACCOUNT: [&str; 4] = ["accountId", "providerId", "userId", "password"];
const SESSION: [&str; 8] = ["id", "userId", "token", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"];

pub(crate) struct Schema {
    pub user: Table,
    pub account: Table,
    pub session: Table,
}

/// A table with the columns that are read.
pub(crate) struct Table {
    name: String,
    columns: Vec<Column>,
    postgres: bool,
}

struct Column {
    /// The name in Better Auth's own schema.
    standard_name: &'static str,
    name: String,
    /// The type, as the database names it.
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
        standard_name: &str,
        wanted: &'static [&'static str],
    ) -> Result<Self, SourceError> {
        for name in [standard_name.to_owned(), format!("{standard_name}s")] {
            let present = columns(db, &name).await?;
            if present.is_empty() {
                continue;
            }
            let find = |standard_name: &&'static str| {
                let same = |name: &str| name.replace('_', "").eq_ignore_ascii_case(standard_name);
                let (name, kind) = present.iter().find(|(name, _)| same(name)).cloned().ok_or_else(|| {
                    SourceError::NotBetterAuth(format!("its table \"{name}\" has no column \"{standard_name}\""))
                })?;
                Ok(Column { standard_name, name, kind })
            };
            let columns = wanted.iter().map(find).collect::<Result<_, SourceError>>()?;
            return Ok(Self { name, columns, postgres: is_postgres(db) });
        }
        Err(SourceError::NotBetterAuth(format!("it has no table \"{standard_name}\"")))
    }

    pub(crate) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// A column of the table with this alias.
    pub(crate) fn column_name(&self, alias: &str, standard_name: &str) -> String {
        format!("{alias}.{}", quoted(self.column(standard_name).map_or(standard_name, |column| &column.name)))
    }

    /// The value of a column as text.
    pub(crate) fn text(&self, alias: &str, standard_name: &str) -> String {
        format!("CAST({} AS text)", self.column_name(alias, standard_name))
    }

    /// A time as text: Unix milliseconds if the column has a time type.
    pub(crate) fn time(&self, alias: &str, standard_name: &str) -> String {
        let is_time = self.column(standard_name).is_some_and(|column| column.kind.starts_with("timestamp"));
        if self.postgres && is_time {
            let column = self.column_name(alias, standard_name);
            format!("CAST(CAST(ROUND(EXTRACT(EPOCH FROM {column}) * 1000) AS bigint) AS text)")
        } else {
            self.text(alias, standard_name)
        }
    }

    /// The placeholder of parameter `number`, a text to compare the column with.
    pub(crate) fn parameter(&self, standard_name: &str, number: usize) -> String {
        let kind = self.column(standard_name).map(|column| column.kind.as_str());
        match kind {
            _ if !self.postgres => format!("?{number}"),
            Some(kind @ ("uuid" | "integer" | "bigint" | "smallint")) => {
                format!("CAST(CAST(${number} AS text) AS {kind})")
            }
            _ => format!("${number}"),
        }
    }

    fn column(&self, standard_name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.standard_name == standard_name)
    }
}

/// The names and types of the columns; empty if the table does not exist.
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
