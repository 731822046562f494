//! Reads users from a table, a CSV file or a JSON file. The content decides which of them it is.

mod csv;
mod json;
mod table;

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use sea_orm::DatabaseTransaction;

use super::{
    Record, SourceError,
    database::{self, Table},
    mapping::Mapping,
};
use crate::domain::Timestamp;

/// A source of users whose values a mapping names.
pub(crate) struct Users {
    mapping: Mapping,
    place: Place,
}

enum Place {
    Csv(BufReader<File>),
    Json(BufReader<File>),
    Table(DatabaseTransaction, Table),
}

/// The first bytes of an SQLite database.
const SQLITE: &[u8] = b"SQLite format 3\0";

const UTF8_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

impl Users {
    pub(crate) async fn open(from: &str, table: Option<&str>, mapping: Mapping) -> Result<Self, SourceError> {
        let url = from.contains("://") && !from.starts_with("file://");
        let place = if url { None } else { text_file(database::path_of(from))? };
        let place = if let Some(place) = place {
            place
        } else {
            let snapshot = database::snapshot(from).await?;
            let name = table.ok_or(SourceError::NoTableNamed)?;
            let table = Table::find(&snapshot, name).await?;
            let table = table.ok_or_else(|| SourceError::NoTable(format!("\"{name}\"")))?;
            Place::Table(snapshot, table)
        };
        Ok(Self { mapping, place })
    }

    pub(crate) async fn count(&self) -> Result<Option<u64>, SourceError> {
        match &self.place {
            Place::Table(snapshot, table) => table.count(snapshot).await.map(Some),
            Place::Csv(_) | Place::Json(_) => Ok(None),
        }
    }

    pub(crate) async fn read<E: From<SourceError>>(
        self,
        now: Timestamp,
        each: impl AsyncFnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        let mapping = self.mapping;
        match self.place {
            Place::Csv(file) => csv::read(file, &mapping, now, each).await,
            Place::Json(file) => json::read(file, &mapping, now, each).await,
            Place::Table(snapshot, table) => table::read(&snapshot, &table, &mapping, now, each).await,
        }
    }
}

/// A CSV or JSON file, after its byte order mark. `None`: an SQLite database.
fn text_file(path: &Path) -> Result<Option<Place>, SourceError> {
    if !path.is_file() {
        return Err(SourceError::NoFile(path.to_owned()));
    }
    let mut start = Vec::new();
    let mut file = File::open(path)?;
    file.by_ref().take(SQLITE.len() as u64).read_to_end(&mut start)?;
    if start == SQLITE {
        return Ok(None);
    }
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) || start.contains(&0) {
        return Err(SourceError::Utf16(path.to_owned()));
    }
    let mark = if start.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
    file.seek(SeekFrom::Start(mark as u64))?;
    let mut file = BufReader::with_capacity(64 << 10, file);
    let first = file.fill_buf()?.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(Some(if matches!(first, Some(b'{' | b'[')) { Place::Json(file) } else { Place::Csv(file) }))
}
