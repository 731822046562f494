//! What commands print.

use std::{
    fmt::Display,
    io::{self, Write},
};

/// Writes a text to standard output. A closed pipe, as in `latchkey config | head -1`, is no error.
pub(super) fn print(text: impl Display) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match write!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(io::Error::new(error.kind(), format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes an error to standard error, if it is open.
pub fn print_error(text: impl Display) {
    // There is no other place to report that this failed.
    let _ = writeln!(io::stderr(), "latchkey: {text}");
}
