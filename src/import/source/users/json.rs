//! Reads users from JSON: one object per line, an array of objects, or an object with an array (`{"users": […]}`).

mod elements;

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Seek, SeekFrom},
};

use serde_json::Value;

use crate::{
    domain::Timestamp,
    import::{
        report::LineSkipped,
        source::{Record, SourceError, mapping::Mapping, values::Values},
    },
};
use elements::Elements;

pub(crate) async fn read<E: From<SourceError>>(
    mut file: BufReader<File>,
    mapping: &Mapping,
    now: Timestamp,
    mut each: impl AsyncFnMut(Record) -> Result<(), E>,
) -> Result<(), E> {
    let array = is_array(file.fill_buf().map_err(SourceError::from)?);
    let start = file.stream_position().map_err(SourceError::from)?;
    check(mapping, &mut file, array)?;
    file.seek(SeekFrom::Start(start)).map_err(SourceError::from)?;
    for text in texts(&mut file, array) {
        let (line, text) = text.map_err(SourceError::from)?;
        each(match serde_json::from_slice(&text) {
            Ok(value @ Value::Object(_)) => {
                Record::User(Box::new(mapping.user(&Values::Json(value), Some(line), now)), Vec::new())
            }
            _ => Record::Unreadable(line, LineSkipped::NotJson),
        })
        .await?;
    }
    Ok(())
}

type Text = io::Result<(u64, Vec<u8>)>;

/// The texts of the records, with the numbers of their lines.
fn texts(file: &mut BufReader<File>, array: bool) -> Box<dyn Iterator<Item = Text> + '_> {
    if array { Box::new(Elements::new(file)) } else { Box::new(lines(file)) }
}

/// Fails if a value that a flag or the preset names is in no record, as a column that does not exist.
fn check(mapping: &Mapping, file: &mut BufReader<File>, array: bool) -> Result<(), SourceError> {
    let (mut missing, mut is_empty) = (mapping.required(), true);
    for text in texts(file, array) {
        if missing.is_empty() {
            break;
        }
        if let Ok(object @ Value::Object(_)) = serde_json::from_slice(&text?.1) {
            is_empty = false;
            missing.retain(|(field, _)| !field.is_in(&object));
        }
    }
    match missing.first() {
        Some((field, flag)) if !is_empty => Err(field.missing(flag)),
        _ => Ok(()),
    }
}

/// The lines that are not blank, with their numbers.
fn lines(file: &mut BufReader<File>) -> impl Iterator<Item = Text> + '_ {
    let numbered = (1..).zip(file.split(b'\n')).map(|(number, line)| line.map(|line| (number, line)));
    numbered.filter(|line| !line.as_ref().is_ok_and(|(_, line)| line.trim_ascii().is_empty()))
}

/// Whether the file is an array, or an object with an array of objects and nothing else.
fn is_array(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    let Some(object) = start.strip_prefix(b"{") else { return true };
    let first_line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_record = serde_json::from_slice::<Value>(first_line)
        .is_ok_and(|value| value.as_object().is_none_or(|object| object.len() != 1));
    let Some(key) = object.trim_ascii_start().strip_prefix(b"\"") else { return false };
    let after_key = key.iter().position(|byte| *byte == b'"').map(|end| key[end + 1..].trim_ascii_start());
    let array = after_key.and_then(|rest| rest.strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"["));
    !is_record && array.is_some_and(|array| matches!(array.trim_ascii_start().first(), Some(b'{' | b']')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_array_distinguishes_lines_from_arrays() {
        for array in ["[", " [\n{", "{\"users\": [\n{\"a\":", "{\"users\":[{\"a\":1}]}\n", "{ \"users\" : [ ] }"] {
            assert!(is_array(array.as_bytes()), "{array}");
        }
        for lines in [
            "{\"a\":1}\n{",
            "{\"a\":[1],\"b\":2}\n",
            "{\"a\":[{}],\"b\":2}\n{}",
            "{\"roles\":[1",
            "{",
            "{\"a\":{\"b\":[",
        ] {
            assert!(!is_array(lines.as_bytes()), "{lines}");
        }
    }
}
