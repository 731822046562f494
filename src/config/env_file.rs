//! The file `.env`: one setting per line, as a POSIX shell reads assignments, without expansion.
//!
//! Only lines whose name begins with `LATCHKEY_` are read: other programs keep their settings in the same
//! file. An error names the line and the setting, never the value, which can be a secret.

use super::{
    Problem,
    names::{self, PREFIX},
};

/// A line that sets a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub line: usize,
    pub name: String,
    pub value: String,
}

/// Parses the content of the file. Returns the readable lines, and the problems of all others.
pub(super) fn parse(bytes: &[u8]) -> (Vec<Assignment>, Vec<Problem>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        let reason = "is not UTF-8 (probably UTF-16); save the file as UTF-8".to_owned();
        return (Vec::new(), vec![problem(".env", reason)]);
    }
    let mut problems = Vec::new();
    let mut assignments = Vec::new();
    for (index, bytes) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let Some(text) = own_line(bytes) else { continue };
        let line = index + 1;
        match parse_line(text) {
            Ok((name, value)) => assignments.push(Assignment { line, name, value }),
            Err((name, reason)) => problems.push(problem(&format!(".env line {line}"), format!("{name} {reason}"))),
        }
    }
    (assignments, problems)
}

/// Writes a value so that this parser and a shell read the same value.
pub(super) fn quote(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_@%+=:,./-*?[]".contains(c);
    if value.chars().all(is_plain) {
        return value.to_owned();
    }
    if !value.contains('\'') {
        return format!("'{value}'");
    }
    let mut quoted = String::from("\"");
    for c in value.chars() {
        if ESCAPED.contains(&c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// The characters that a backslash escapes within double quotes (POSIX Shell Command Language §2.2.3).
const ESCAPED: [char; 4] = ['"', '\\', '$', '`'];

/// The line without `export`, if its name begins with the prefix in any case.
fn own_line(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let line = match line.strip_prefix(b"export") {
        Some(rest) if rest.starts_with(b" ") || rest.starts_with(b"\t") => rest.trim_ascii_start(),
        _ => line,
    };
    let prefix = line.get(..PREFIX.len())?;
    prefix.eq_ignore_ascii_case(PREFIX.as_bytes()).then_some(line)
}

/// The name and the value, or the name and the reason why the line is refused.
fn parse_line(line: &[u8]) -> Result<(String, String), (String, &'static str)> {
    let end = line.iter().position(|byte| *byte == b'=').unwrap_or(line.len());
    let (before, after) = line.split_at(end);
    let written = String::from_utf8_lossy(before.trim_ascii_end());
    let refuse = |reason| Err((names::printable(&written), reason));
    if written.chars().any(|c| !c.is_ascii_alphanumeric() && c != '_') || after.is_empty() {
        return refuse("is not followed by = and a value; write NAME=VALUE");
    }
    let Ok(value) = std::str::from_utf8(&after[1..]) else {
        return refuse("has a value that is not UTF-8; save the file as UTF-8");
    };
    match parse_value(value) {
        Ok(value) if value.chars().any(|c| c.is_control() && c != '\t') => {
            refuse("has a value with a control character; write it as one line of text")
        }
        Ok(value) => Ok((written.into_owned(), value)),
        Err(reason) => refuse(reason),
    }
}

fn parse_value(text: &str) -> Result<String, &'static str> {
    let value = text.trim();
    // Only after white space: a value may begin with the character.
    let is_comment = value.starts_with('#') && text.starts_with([' ', '\t']);
    match value.chars().next() {
        None => Ok(String::new()),
        Some('\'') => single_quoted(&value[1..]),
        Some('"') => double_quoted(&value[1..]),
        Some(_) if is_comment => Ok(String::new()),
        Some(_) => Ok(without_comment(value).to_owned()),
    }
}

fn single_quoted(text: &str) -> Result<String, &'static str> {
    let (value, rest) = text.split_once('\'').ok_or(UNCLOSED)?;
    nothing_after(rest)?;
    Ok(value.to_owned())
}

fn double_quoted(text: &str) -> Result<String, &'static str> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next() {
            None => return Err(UNCLOSED),
            Some('"') => break,
            Some('\\') => match characters.clone().next().filter(|next| ESCAPED.contains(next)) {
                Some(escaped) => {
                    value.push(escaped);
                    characters.next();
                }
                None => value.push('\\'),
            },
            Some(other) => value.push(other),
        }
    }
    nothing_after(characters.as_str())?;
    Ok(value)
}

fn nothing_after(rest: &str) -> Result<(), &'static str> {
    let text = rest.trim();
    let is_comment = text.starts_with('#') && rest.starts_with([' ', '\t']);
    if text.is_empty() || is_comment { Ok(()) } else { Err("has text after the closing quote; quote the whole value") }
}

/// A comment begins with `#` after white space.
fn without_comment(value: &str) -> &str {
    let comment = value.match_indices('#').find(|(at, _)| value[..*at].ends_with([' ', '\t']));
    comment.map_or(value, |(at, _)| value[..at].trim_end())
}

const UNCLOSED: &str = "has a quote that is not closed on the same line";

fn problem(place: &str, message: String) -> Problem {
    Problem { variable: place.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &str) -> String {
        let (mut assignments, problems) = parse(line.as_bytes());
        assert_eq!((assignments.len(), problems.len()), (1, 0), "{line}");
        assignments.remove(0).value
    }

    fn messages(bytes: &[u8]) -> String {
        let (_, problems) = parse(bytes);
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn value_is_read_as_written() {
        for (line, expected) in [
            ("LATCHKEY_LOG=info", "info"),
            ("  export  LATCHKEY_LOG = info \r", "info"),
            ("export\tLATCHKEY_LOG=info", "info"),
            ("LATCHKEY_JWT_SECRET=NEW OLD", "NEW OLD"),
            ("LATCHKEY_SECRET=a$word${x}$(id)`id`\\n", "a$word${x}$(id)`id`\\n"),
            ("LATCHKEY_SECRET='a $word # \"x\" \\'", "a $word # \"x\" \\"),
            (r#"LATCHKEY_SECRET="a \"b\" \\ \$word \` $x C:\new""#, r#"a "b" \ $word ` $x C:\new"#),
            ("LATCHKEY_SECRET=it's", "it's"),
            ("LATCHKEY_SECRET=a\"b", "a\"b"),
            ("LATCHKEY_SECRET=#abc#d", "#abc#d"),
            ("LATCHKEY_SECRET=abc # old: def", "abc"),
            ("LATCHKEY_SECRET='abc' # old", "abc"),
            ("LATCHKEY_SECRET= # none", ""),
            ("LATCHKEY_SECRET=", ""),
            ("LATCHKEY_SECRET=\"\"", ""),
            ("LATCHKEY_SECRET=a=b==", "a=b=="),
            ("LATCHKEY_DATA=Üben/データ", "Üben/データ"),
        ] {
            assert_eq!(value(line), expected, "{line}");
        }
    }

    #[test]
    fn lines_of_other_programs_are_ignored() {
        let file = "\u{feff}APP_NAME=My App\r\nmy-key=1\r\n\r\n# LATCHKEY_LOG=off\r\nBROKEN='\r\n=\r\nexport\r\n\
                    MY_LATCHKEY_LOG=off\r\nLATCHKEY_LOG=warn\r\n\"";
        let mut bytes = file.as_bytes().to_vec();
        bytes.extend(b"\nLATIN1=Gr\xfc\xdfe\n");
        let expected = Assignment { line: 9, name: "LATCHKEY_LOG".to_owned(), value: "warn".to_owned() };
        assert_eq!(parse(&bytes).0, [expected]);
        let (only, _) = parse("\u{feff}LATCHKEY_LOG=warn".as_bytes());
        assert_eq!((only[0].line, only[0].value.as_str()), (1, "warn"));
        assert!(parse(b"").0.is_empty());
    }

    #[test]
    fn wrong_line_is_named_without_its_value() {
        for line in [
            "LATCHKEY_SECRET='hunter2",
            "LATCHKEY_SECRET=\"hunter2",
            "LATCHKEY_SECRET=\"hunter2\\\"",
            "LATCHKEY_SECRET='hunter2' 'hunter2'",
            "LATCHKEY_SECRET='hunter2'hunter2",
            "LATCHKEY_SECRET hunter2",
            "LATCHKEY_SECRET: hunter2=",
            "LATCHKEY_SECRET hunter2=",
            "LATCHKEY_SECRETHunter2hunter2",
            "LATCHKEY_SECRET=hunter2\rLATCHKEY_LOG=info",
            "latchkey_secret-hunter2=1",
        ] {
            let message = messages(format!("A=1\n{line}\n").as_bytes());
            assert!(message.starts_with(".env line 2: LATCHKEY_SECRET "), "{line}: {message}");
            assert!(!message.to_lowercase().contains("hunter2"), "{line}: {message}");
        }
        let message = messages(b"LATCHKEY_LOG='\nLATCHKEY_DATA=\xff\n");
        assert!(message.contains("line 1: LATCHKEY_LOG") && message.contains("line 2: LATCHKEY_DATA"), "{message}");
    }

    #[test]
    fn file_in_utf_16_is_reported() {
        let text = "LATCHKEY_LOG=info\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [[&[0xff, 0xfe][..], &little].concat(), [&[0xfe, 0xff][..], &big].concat(), little, big] {
            assert!(messages(&bytes).contains("UTF-16"));
        }
    }

    #[test]
    fn quoted_value_is_read_back() {
        for (text, quoted) in [
            ("90d", "90d"),
            ("", ""),
            ("NEW OLD", "'NEW OLD'"),
            ("#x", "'#x'"),
            ("$word", "'$word'"),
            ("it's", "\"it's\""),
            ("it's \"$x\" `\\", "\"it's \\\"\\$x\\\" \\`\\\\\""),
            ("https://*.example.com,myapp://", "https://*.example.com,myapp://"),
            ("~/data", "'~/data'"),
        ] {
            assert_eq!(quote(text), quoted);
            assert_eq!(value(&format!("LATCHKEY_DATA={quoted}")), text);
        }
    }
}
