//! Reads users from CSV (RFC 4180) with a header line.

use std::{
    fs::File,
    io::{BufRead, BufReader},
};

use csv::{ByteRecord, Position, ReaderBuilder, Terminator};

use crate::{
    domain::Timestamp,
    import::{
        report::LineSkipped,
        source::{Record, SourceError, mapping::Mapping, values::Values},
    },
};

/// How PostgreSQL and `MySQL` write NULL in text exports.
const NULL: &[u8] = b"\\N";

pub(crate) async fn read<E: From<SourceError>>(
    mut file: BufReader<File>,
    mapping: &Mapping,
    now: Timestamp,
    mut each: impl AsyncFnMut(Record) -> Result<(), E>,
) -> Result<(), E> {
    let delimiter = delimiter(file.fill_buf().map_err(SourceError::from)?);
    // With the default terminator, the line numbers of a file with CRLF are too small by one.
    let terminator = Terminator::Any(b'\n');
    let mut reader = ReaderBuilder::new().delimiter(delimiter).terminator(terminator).flexible(true).from_reader(file);
    let header = reader.byte_headers().map_err(|error| SourceError::File(error.into()))?;
    let names: Vec<_> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    mapping.check(&names)?;
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| SourceError::File(error.into()))? {
        let line = record.position().map_or(0, Position::line);
        let is_blank = record.len() == 1 && record.as_slice().trim_ascii().is_empty();
        if record.len() == names.len() {
            each(to_record(&record, &names, line, mapping, now)).await?;
        } else if !is_blank {
            each(Record::Unreadable(line, LineSkipped::Fields)).await?;
        }
    }
    Ok(())
}

fn to_record(record: &ByteRecord, names: &[String], line: u64, mapping: &Mapping, now: Timestamp) -> Record {
    // The last field has the first byte of a CRLF.
    let text = |field: &[u8]| match field.strip_suffix(b"\r").unwrap_or(field) {
        [] | NULL => Ok(None),
        field => std::str::from_utf8(field).map(|text| Some(text.to_owned())),
    };
    match record.iter().map(text).collect() {
        Ok(texts) => {
            Record::User(Box::new(mapping.user(&Values::Columns { names, texts }, Some(line), now)), Vec::new())
        }
        Err(_) => Record::Unreadable(line, LineSkipped::NotUtf8),
    }
}

/// The most frequent of comma, semicolon and tab in the header. Spreadsheets use the semicolon in many countries.
fn delimiter(start: &[u8]) -> u8 {
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| header.iter().copied().filter(|byte| byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}
