//! The master secret that is made on first start. It is kept outside the database, so that a stolen
//! database alone is worth nothing.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use crate::crypto::{
    random::random_bytes,
    secret::{SharedSecret, WeakSecret},
};

const FILE: &str = "secret";

/// The generated secret can be neither read nor made.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The file system said no.
    #[error("{}: {source}; make the folder writable, or set LATCHKEY_SECRET", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// Somebody put something else there.
    #[error("{}: {source}; restore the file, or set LATCHKEY_SECRET to what it held", path.display())]
    Weak {
        /// The file.
        path: PathBuf,
        /// What is wrong with the secret.
        source: WeakSecret,
    },
}

/// The secret kept in `folder`, made now if there is none. Safe when several processes start at once.
pub(super) fn read_or_create(folder: &Path) -> Result<SharedSecret, SecretFileError> {
    let path = folder.join(FILE);
    let failed = |source| SecretFileError::Io { path: path.clone(), source };
    if !path.exists() {
        create(folder, &path).map_err(failed)?;
    }
    let text = fs::read_to_string(&path).map_err(failed)?;
    SharedSecret::parse(text.trim().as_bytes()).map_err(|source| SecretFileError::Weak { path: path.clone(), source })
}

/// Writes the whole file first and then gives it its name, which only one of several can do.
fn create(folder: &Path, path: &Path) -> io::Result<()> {
    let secret = SharedSecret::generate().map_err(|error| io::Error::other(error.to_string()))?;
    // Not the process id: in containers that share the folder it is the same for all.
    let unique = u64::from_be_bytes(random_bytes().map_err(io::Error::other)?);
    let draft = folder.join(format!("{FILE}.{unique:016x}"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(secret.expose())?;
    file.sync_all()?;
    let named = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match named {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // The name has to outlive a power cut as the keys sealed under the secret do.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_kept_private() {
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

    #[test]
    fn a_damaged_secret_is_not_replaced_in_silence() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "short").unwrap();
        assert!(matches!(read_or_create(folder.path()), Err(SecretFileError::Weak { .. })));
    }
}
