//! The data folder and the SQLite files.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use crate::support::{
    MASTER_SECRET,
    binary::{Running, Starting, latchkey, output},
    database::TestDatabase,
};

/// Names that mean something to a URL, a shell, SQLite or a file system.
fn names() -> Vec<String> {
    let mut names: Vec<_> = [
        "a b",
        "what?",
        "x?y=1",
        "100%",
        "a%20b",
        "%ff",
        "#1",
        "a&b=c",
        "a:b",
        "file:x",
        "sqlite:x",
        ":memory:",
        "it's",
        "say \"x\"",
        "$HOME",
        "`id`",
        "Grüße",
        "データ",
        "e\u{301}",
        "-x",
        "a\\b",
        "[x]",
        "{x}",
        "a;b",
        "a,b",
        "~",
    ]
    .map(str::to_owned)
    .into();
    names.push("x".repeat(200));
    names
}

fn assert_success(done: &Output, name: &str) {
    assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
}

fn listed(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a readable folder")
        .map(|entry| entry.expect("a readable folder").file_name())
        .collect();
    names.sort();
    names
}

#[test]
fn data_folder_may_have_any_name() {
    for name in names() {
        let folder = tempfile::tempdir().unwrap();
        let absolute = folder.path().join(&name);
        for data in [PathBuf::from(&name), absolute.clone()] {
            assert_success(
                &latchkey(folder.path(), &["keys", "rotate"]).env("LATCHKEY_DATA", &data).output().unwrap(),
                &name,
            );
            assert_eq!(listed(folder.path()), [OsString::from(&name)], "{name}");
            assert_eq!(listed(&absolute), ["latchkey.db", "secret"], "{name}");
        }
    }
}

#[test]
fn database_file_may_have_any_name() {
    for name in names() {
        // In a URL without slashes, this one is no file.
        let name = if name == ":memory:" { "x:memory:".to_owned() } else { name };
        let folder = tempfile::tempdir().unwrap();
        for file in [PathBuf::from(&name), folder.path().join(&name)] {
            let url = format!("sqlite:{}", file.display());
            assert_success(&output(folder.path(), &["migrate", "--database-url", &url]), &name);
            assert_eq!(listed(folder.path()), [OsString::from(&name)], "{name}");
        }
    }
}

#[test]
fn path_too_long_is_refused_with_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{0}/{0}/{0}", "x".repeat(200));
    let failed = latchkey(folder.path(), &["migrate"]).env("LATCHKEY_DATA", &long).output().unwrap();
    let message = String::from_utf8(failed.stderr).unwrap();
    assert!(message.contains("LATCHKEY_DATA: ") && message.contains("504"), "{message}");
    let url = format!("sqlite:{}", "x".repeat(255));
    let failed = output(folder.path(), &["migrate", "--database-url", &url]);
    assert!(String::from_utf8(failed.stderr).unwrap().contains("LATCHKEY_DATABASE_URL: names a file of 255 bytes"));
    assert!(listed(folder.path()).is_empty());
}

#[test]
fn database_file_unusable_is_named_with_reason() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    for (url, reason) in
        [("sqlite:folder", "not a regular file"), ("sqlite:absent/x.db", "No such file"), ("sqlite:folder/", "folder/")]
    {
        let failed = output(folder.path(), &["migrate", "--database-url", url]);
        let message = String::from_utf8(failed.stderr).unwrap();
        assert!(message.contains("cannot open the database file") && message.contains(reason), "{message}");
    }
}

/// A file named `data` in the working folder prevents the creation of the default folder, like a read-only folder.
#[tokio::test]
async fn folder_that_is_not_needed_is_not_created() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data"), "").unwrap();
    let command = |arguments: &[&str]| {
        let mut command = latchkey(folder.path(), arguments);
        command.env("LATCHKEY_DATABASE_URL", database.url()).env("LATCHKEY_SECRET", MASTER_SECRET);
        command
    };
    assert!(Starting::new(command(&["serve", "--listen", "127.0.0.1:0"])).ready().stop());
    assert_success(&command(&["keys", "list"]).output().unwrap(), "keys");
    let without_secret = command(&["migrate"]).env_remove("LATCHKEY_SECRET").output().unwrap();
    assert_success(&without_secret, "migrate needs no secret");
    let needed = command(&["serve", "--listen", "127.0.0.1:0"]).env_remove("LATCHKEY_SECRET").output().unwrap();
    assert!(String::from_utf8(needed.stderr).unwrap().contains("set LATCHKEY_SECRET"));
}

#[cfg(unix)]
mod modes {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("a readable folder").permissions().mode() & 0o777
    }

    fn data_folder(folder: &Path) -> PathBuf {
        let data = folder.join("data");
        fs::DirBuilder::new().mode(0o755).create(&data).expect("a readable folder");
        fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).expect("a readable folder");
        data
    }

    #[test]
    fn files_in_a_readable_folder_are_private() {
        let folder = tempfile::tempdir().expect("a readable folder");
        let data = data_folder(folder.path());
        let service = Running::start(folder.path());
        for name in ["latchkey.db", "latchkey.db-wal", "latchkey.db-shm", "secret"] {
            assert_eq!(mode(&data.join(name)), 0o600, "{name}");
        }
        assert_eq!(mode(&data), 0o755, "the folder is the operator's");
        assert!(service.stop());
    }

    #[test]
    fn files_of_every_command_are_private() {
        for arguments in [&["migrate"][..], &["keys", "rotate"], &["import", "users", "--from", "users.csv"]] {
            let folder = tempfile::tempdir().unwrap();
            let data = data_folder(folder.path());
            fs::write(folder.path().join("users.csv"), "id,email\n1,ada@example.com\n").unwrap();
            let done = output(folder.path(), arguments);
            assert_success(&done, arguments[0]);
            for file in listed(&data) {
                assert_eq!(mode(&data.join(&file)), 0o600, "{arguments:?}: {file:?}");
            }
            assert!(data.join("latchkey.db").exists(), "{arguments:?}");
        }
    }

    #[test]
    fn files_readable_by_others_are_restricted() {
        let folder = tempfile::tempdir().unwrap();
        let data = data_folder(folder.path());
        for name in ["latchkey.db", "latchkey.db-wal", "latchkey.db-shm"] {
            fs::write(data.join(name), "").unwrap();
            fs::set_permissions(data.join(name), fs::Permissions::from_mode(0o644)).unwrap();
        }
        let done = output(folder.path(), &["migrate"]);
        assert_success(&done, "migrate");
        let message = String::from_utf8(done.stderr).unwrap();
        assert!(message.contains("latchkey.db-wal") && message.contains("0644"), "{message}");
        assert_eq!(mode(&data.join("latchkey.db")), 0o600);
        assert!(output(folder.path(), &["migrate"]).stderr.is_empty(), "the warning is not repeated");
    }
}
