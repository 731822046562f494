//! Reads the file with the operator's own refused passwords.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::auth::password::policy::blocklist::{Blocklist, InvalidBlocklist, MAX_BYTES};

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BlocklistFileError {
    /// The file cannot be read.
    #[error("{}: {source}; make the file readable, or unset the variable", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The content is not a list of passwords.
    #[error("{}: {source}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Why the content is refused.
        source: InvalidBlocklist,
    },
}

/// Reads a list, and no more than the maximum size plus one byte.
pub(super) fn read(path: &Path) -> Result<Blocklist, BlocklistFileError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|source| BlocklistFileError::Io { path: path.to_owned(), source })?;
    Blocklist::parse(&bytes).map_err(|source| BlocklistFileError::Invalid { path: path.to_owned(), source })
}
