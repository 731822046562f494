//! Detects that the SQLite file was deleted or replaced. SQLite continues with the file that it opened, and everything
//! that it writes there is lost.

use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

/// The file that was opened.
#[derive(Debug)]
pub(super) struct OpenedFile {
    path: PathBuf,
    identity: Identity,
}

/// Device and inode. Unknown on systems without inodes.
type Identity = Option<(u64, u64)>;

impl OpenedFile {
    /// The file at `path`, which has just been opened.
    pub fn at(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        let identity = identity(&fs::metadata(&path)?);
        Ok(Self { path, identity })
    }

    /// Whether the path still leads to the file, and the file has content.
    pub fn is_in_place(&self) -> bool {
        // The time of a lookup in memory; the disk is not read.
        fs::metadata(&self.path).is_ok_and(|found| identity(&found) == self.identity && found.len() > 0)
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "`None` on other systems")]
fn identity(found: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
const fn identity(_: &Metadata) -> Identity {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn opened_file_is_compared_with_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("x.db"), folder.path().join("y.db"));
        fs::write(&path, "rows").unwrap();
        let opened = OpenedFile::at(&path).unwrap();
        assert!(opened.is_in_place());
        fs::write(&path, "more rows").unwrap();
        assert!(opened.is_in_place(), "changed");
        fs::write(&path, "").unwrap();
        assert!(!opened.is_in_place(), "emptied");
        fs::write(&path, "rows").unwrap();
        fs::rename(&path, &moved).unwrap();
        assert!(!opened.is_in_place(), "deleted");
        fs::write(&path, "rows").unwrap();
        assert!(!opened.is_in_place(), "replaced");
        fs::rename(&moved, &path).unwrap();
        assert!(opened.is_in_place(), "put back");
    }
}
