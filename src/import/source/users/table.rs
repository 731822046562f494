//! Reads users from a table or view.

use futures_util::TryStreamExt;
use sea_orm::{DatabaseTransaction, DbErr, QueryResult};

use crate::{
    domain::Timestamp,
    import::{
        report::LineSkipped,
        source::{
            Record, SourceError,
            database::{Table, is_postgres, stream},
            mapping::Mapping,
            values::Values,
        },
    },
};

pub(crate) async fn read<E: From<SourceError>>(
    snapshot: &DatabaseTransaction,
    table: &Table,
    mapping: &Mapping,
    now: Timestamp,
    mut each: impl AsyncFnMut(Record) -> Result<(), E>,
) -> Result<(), E> {
    let names: Vec<_> = table.columns.iter().map(|column| column.name.clone()).collect();
    mapping.check(&names)?;
    let columns: Vec<_> = table.columns.iter().filter(|column| mapping.uses(&column.name)).collect();
    let names: Vec<_> = columns.iter().map(|column| column.name.clone()).collect();
    let texts: Vec<_> = columns.iter().map(|column| column.text(is_postgres(snapshot))).collect();
    let sql = format!("SELECT {} FROM {}", texts.join(", "), table.sql);
    let mut rows = stream(snapshot, sql).await?;
    let mut number = 0;
    while let Some(row) = rows.try_next().await.map_err(SourceError::from)? {
        number += 1;
        each(match texts_of(&row, names.len()) {
            Ok(texts) => {
                let values = Values::Columns { names: &names, texts };
                Record::User(Box::new(mapping.user(&values, None, now)), Vec::new())
            }
            Err(_) => Record::Unreadable(number, LineSkipped::NotUtf8),
        })
        .await?;
    }
    Ok(())
}

fn texts_of(row: &QueryResult, count: usize) -> Result<Vec<Option<String>>, DbErr> {
    (0..count).map(|at| row.try_get_by_index(at)).collect()
}
