//! Splits a JSON array into its elements, so that a large file is not held in memory.

use std::io::{self, BufRead};

/// The elements of the first array in a text, each with the number of its first line.
pub(crate) struct Elements<R> {
    text: R,
    line: u64,
    /// Whether the start of the array has been read.
    inside: bool,
}

impl<R: BufRead> Elements<R> {
    pub(crate) const fn new(text: R) -> Self {
        Self { text, line: 1, inside: false }
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.text.fill_buf()?.first().copied();
        if byte.is_some() {
            self.text.consume(1);
        }
        self.line += u64::from(byte == Some(b'\n'));
        Ok(byte)
    }

    /// Skips to the first byte of the next element. `None` at the end of the array.
    fn start(&mut self) -> io::Result<Option<u8>> {
        while !self.inside {
            match self.byte()? {
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
                Some(byte) => self.inside = byte == b'[',
            }
        }
        loop {
            match self.byte()? {
                // The export was cut off.
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
                Some(b']') => return Ok(None),
                Some(b',') => {}
                Some(byte) if byte.is_ascii_whitespace() => {}
                found => return Ok(found),
            }
        }
    }

    fn element(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        let Some(first) = self.start()? else { return Ok(None) };
        let (line, mut element) = (self.line, vec![first]);
        let (mut depth, mut quoted, mut escaped) = (usize::from(first == b'{'), first == b'"', false);
        while depth > 0 || quoted {
            let byte = self.byte()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            element.push(byte);
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = quoted,
                b'"' => quoted = !quoted,
                b'{' | b'[' if !quoted => depth += 1,
                b'}' | b']' if !quoted => depth -= 1,
                _ => {}
            }
        }
        Ok(Some((line, element)))
    }
}

impl<R: BufRead> Iterator for Elements<R> {
    type Item = io::Result<(u64, Vec<u8>)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.element().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<(u64, String)> {
        let elements = Elements::new(text.as_bytes()).map(Result::unwrap);
        elements.map(|(line, element)| (line, String::from_utf8(element).unwrap())).collect()
    }

    #[test]
    fn elements_are_split_outside_of_strings() {
        let objects = [r#"{"a": "}],{\"", "b": [{}, []]}"#, r#"{"c": "\\"}"#];
        let text = format!("{{\"users\": [\n{},\n\n{}\n], \"x\": [{{}}]}}", objects[0], objects[1]);
        assert_eq!(split(&text), [(2, objects[0].to_owned()), (4, objects[1].to_owned())]);
        assert_eq!(split("[]"), []);
        for cut in ["[{\"a\": 1", "[{\"a\": 1}", "[{\"a\": 1},", "{\"users\": "] {
            assert!(Elements::new(cut.as_bytes()).any(|element| element.is_err()), "{cut}");
        }
        assert_eq!(split("[\"x\", {}]"), [(1, "\"x\"".to_owned()), (1, "{}".to_owned())]);
    }
}
