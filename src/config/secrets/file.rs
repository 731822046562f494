//! The master secret that is generated on first start. It is stored outside the database, so that a
//! stolen database alone is useless.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use crate::{
    config::private,
    crypto::{
        random::random_bytes,
        secret::{SharedSecret, WeakSecret},
    },
};

const FILE: &str = "secret";

/// Why the generated secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The file cannot be read or written.
    #[error("{}: {source}; make the folder writable, or set LATCHKEY_SECRET", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The file contains no valid secret.
    #[error("{}: {source}; restore the file, or set LATCHKEY_SECRET to its former content", path.display())]
    Weak {
        /// The file.
        path: PathBuf,
        /// Why the secret is refused.
        source: WeakSecret,
    },
}

pub(super) fn exists(folder: &Path) -> bool {
    folder.join(FILE).exists()
}

/// Reads the secret in `folder`, and generates it first if absent. Safe when several processes start at
/// once.
pub(super) fn read_or_create(folder: &Path) -> Result<SharedSecret, SecretFileError> {
    let path = folder.join(FILE);
    let failed = |source| SecretFileError::Io { path: path.clone(), source };
    if path.exists() {
        private::restrict(&path);
    } else {
        create(folder, &path).map_err(failed)?;
    }
    let text = fs::read_to_string(&path).map_err(failed)?;
    SharedSecret::parse(text.trim().as_bytes()).map_err(|source| SecretFileError::Weak { path: path.clone(), source })
}

/// Writes a temporary file and links it to its final name, which succeeds in one process only.
fn create(folder: &Path, path: &Path) -> io::Result<()> {
    private::create_folder(folder)?;
    let secret = SharedSecret::generate().map_err(|error| io::Error::other(error.to_string()))?;
    // Not the process id: containers that share the folder can have the same one.
    let unique = u64::from_be_bytes(random_bytes().map_err(io::Error::other)?);
    let temporary = folder.join(format!("{FILE}.{unique:016x}"));
    let mut file = private::options().create_new(true).open(&temporary)?;
    file.write_all(secret.expose())?;
    file.sync_all()?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // The name must survive a power failure: keys in the database are sealed under this secret.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_generated_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let first = read_or_create(data).unwrap();
        assert_eq!(read_or_create(data).unwrap().expose(), first.expose());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(data.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(data).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn secret_readable_by_others_is_restricted() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        read_or_create(folder.path()).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        read_or_create(folder.path()).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn secret_damaged_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "short").unwrap();
        assert!(matches!(read_or_create(folder.path()), Err(SecretFileError::Weak { .. })));
    }
}
