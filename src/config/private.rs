//! Files and folders that only their owner may read.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Creates a folder that is accessible to its owner only. An existing one keeps its mode.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates a database file with mode 0600 if it is absent. SQLite gives its other files the same mode.
pub fn create_database_file(file: &Path) -> io::Result<()> {
    if fs::metadata(file).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other("it is not a regular file"));
    }
    options().create(true).truncate(false).open(file)?;
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        restrict(&PathBuf::from(name));
    }
    Ok(())
}

/// Opens files for writing, with mode 0600 for new ones.
pub(super) fn options() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Removes the access of other users to an existing file, and logs that.
pub(super) fn restrict(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let Ok(found) = fs::metadata(file) else { return };
        let mode = found.permissions().mode() & 0o777;
        let of_others = mode & 0o077;
        if of_others == 0 {
            return;
        }
        let (file_name, mode) = (file.display(), format!("{mode:04o}"));
        match fs::set_permissions(file, fs::Permissions::from_mode(0o600)) {
            Ok(()) => {
                tracing::warn!(file = %file_name, mode, "other users could access this file; its mode is now 0600");
            }
            Err(error) => {
                tracing::warn!(file = %file_name, mode, %error, "other users can access this file; set its mode to 0600");
            }
        }
    }
}
