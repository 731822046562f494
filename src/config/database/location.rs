//! A database's URL. Every file name is accepted.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

/// The name of the database in the data folder.
const FILE_NAME: &str = "latchkey.db";

/// The longest absolute path in bytes: SQLite adds `-journal` and stops at 512.
const LONGEST_PATH: usize = 504;
/// The longest file name in bytes: file systems stop at 255.
const LONGEST_NAME: usize = 247;

/// The characters of a path that mean nothing else in a URL.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// Where the database is. Not `Debug`: a URL can contain a password.
#[derive(Clone)]
pub(super) enum Location {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL server, by its URL.
    Server(String),
}

impl Location {
    /// Parses `sqlite:FILE`, `sqlite://FILE` or a PostgreSQL URL. After `sqlite:` the path is literal. After
    /// `sqlite://` it is percent-encoded, as in any URL.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        match text.split_once(':') {
            None if text.is_empty() => Ok(None),
            Some((scheme, path)) if scheme.eq_ignore_ascii_case("sqlite") => parse_file(path).map(Some),
            Some(("postgres" | "postgresql", _)) => {
                check_server(text)?;
                Ok(Some(Self::Server(text.to_owned())))
            }
            _ => Err("must start with sqlite: or postgres:".to_owned()),
        }
    }

    /// The database in the data folder.
    pub fn in_folder(folder: &Path) -> Result<Self, String> {
        let path = folder.join(FILE_NAME);
        check_length(&path)?;
        Ok(Self::File(path))
    }

    pub fn file(&self) -> Option<PathBuf> {
        match self {
            Self::File(path) => Some(path.clone()),
            Self::Server(_) => None,
        }
    }

    /// For the database driver.
    pub fn url(&self) -> String {
        match self {
            Self::File(path) => {
                let path = path.to_string_lossy();
                // SQLite reads a name that begins with `file:` as a URL.
                let prefix = if path.starts_with("file:") { "./" } else { "" };
                format!("sqlite:{prefix}{}", utf8_percent_encode(&path, PLAIN))
            }
            Self::Server(url) => url.clone(),
        }
    }

    /// The setting as written, or a description if it can contain a secret.
    pub fn shown(&self) -> Result<String, String> {
        match self {
            Self::File(path) => {
                let path = path.to_string_lossy();
                // Two slashes would mean a URL.
                Ok(format!("sqlite:{}{}", if path.starts_with("//") { "/." } else { "" }, path))
            }
            Self::Server(url) => match Url::parse(url) {
                Ok(parsed) if parsed.password().is_none() && parsed.query().is_none() => Ok(url.clone()),
                Ok(parsed) => {
                    let host = parsed.host_str().unwrap_or_default();
                    let port = parsed.port().map(|port| format!(":{port}")).unwrap_or_default();
                    Err(format!("set to postgres://{host}{port}{}, with the rest hidden", parsed.path()))
                }
                Err(_) => Err("set, hidden".to_owned()),
            },
        }
    }
}

fn parse_file(text: &str) -> Result<Location, String> {
    let (path, parameters) = if let Some(url) = text.strip_prefix("//") {
        let (path, parameters) = url.split_once('?').unwrap_or((url, ""));
        let decoded = percent_decode_str(path).decode_utf8();
        (decoded.map_err(|_| "has a path that is not UTF-8".to_owned())?.into_owned(), parameters)
    } else {
        let (path, parameters) = text.rsplit_once('?').filter(|(_, end)| is_parameters(end)).unwrap_or((text, ""));
        (path.to_owned(), parameters)
    };
    // `rwc` is what the service does in any case.
    if !matches!(parameters, "" | "mode=rwc") {
        return Err("has parameters after ?; write sqlite: and the path of a file only".to_owned());
    }
    if path.is_empty() || path == ":memory:" {
        return Err("names no file; write sqlite: and the path of a file".to_owned());
    }
    if path.contains('\0') {
        return Err("has a path with a NUL character".to_owned());
    }
    let path = PathBuf::from(path);
    check_length(&path)?;
    Ok(Location::File(path))
}

/// Whether a text after the last question mark is a parameter of the driver's URLs rather than part of a file name.
fn is_parameters(text: &str) -> bool {
    text.split('&').all(|pair| {
        pair.split_once('=').is_some_and(|(name, _)| matches!(name, "mode" | "cache" | "immutable" | "vfs"))
    })
}

fn check_length(path: &Path) -> Result<(), String> {
    let name = path.file_name().map_or(0, OsStr::len);
    if name > LONGEST_NAME {
        return Err(format!("names a file of {name} bytes; SQLite supports up to {LONGEST_NAME}"));
    }
    let length = std::path::absolute(path).map_or(0, |path| path.as_os_str().len());
    if length > LONGEST_PATH {
        return Err(format!(
            "leads to a database path of {length} bytes; SQLite supports up to {LONGEST_PATH}; use a shorter path"
        ));
    }
    Ok(())
}

/// Special characters in a password end the host early; the driver's errors would then quote the rest of the password.
fn check_server(text: &str) -> Result<(), String> {
    let advice = "is not a URL such as postgres://USER:PASSWORD@HOST:5432/NAME; percent-encode the special characters of \
                  the password, for example # as %23 and / as %2F";
    let url = Url::parse(text).map_err(|_| advice.to_owned())?;
    let after = &text[text.find("://").ok_or_else(|| advice.to_owned())? + 3..];
    let authority = &after[..after.find(['/', '?', '#']).unwrap_or(after.len())];
    let cut_short = !authority.contains('@') && after.contains('@') && !authority.is_empty();
    if cut_short || url.fragment().is_some() { Err(advice.to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Location, String> {
        Location::parse(text).map(|location| location.unwrap())
    }

    fn path(text: &str) -> String {
        parse(text).ok().unwrap().file().unwrap().display().to_string()
    }

    #[test]
    fn sqlite_path_is_literal_unless_a_url() {
        for (text, expected) in [
            ("sqlite:data/x.db", "data/x.db"),
            ("sqlite:/srv/what? 100%25 #1 'a' \"b\".db", "/srv/what? 100%25 #1 'a' \"b\".db"),
            ("sqlite:Grüße.db", "Grüße.db"),
            ("sqlite:x.db?mode=rwc", "x.db"),
            ("sqlite:///srv/a%20b%3F.db", "/srv/a b?.db"),
            ("sqlite://x.db?mode=rwc", "x.db"),
            ("SQLite:x.db", "x.db"),
        ] {
            assert_eq!(path(text), expected, "{text}");
        }
        for wrong in
            ["sqlite:", "sqlite://", "sqlite::memory:", "sqlite:x.db?mode=ro", "sqlite:///%ff", "mysql://x", "x"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sqlite_path_is_encoded_for_the_driver() {
        let url = |text: &str| parse(text).ok().unwrap().url();
        assert_eq!(url("sqlite:data/latchkey.db"), "sqlite:data/latchkey.db");
        assert_eq!(url("sqlite:a b?%#ü.db"), "sqlite:a%20b%3F%25%23%C3%BC.db");
        assert_eq!(url("sqlite:file:x.db"), "sqlite:./file%3Ax.db");
    }

    #[test]
    fn sqlite_path_too_long_is_refused() {
        let name = |length: usize| parse(&format!("sqlite:/{}", "x".repeat(length)));
        assert!(name(247).is_ok() && name(248).is_err());
        let folders = |count: usize| parse(&format!("sqlite:/{}x", "abcdefghi/".repeat(count)));
        assert!(folders(50).is_ok() && folders(51).is_err());
    }

    #[test]
    fn server_url_is_shown_without_its_secrets() {
        let shown = |text: &str| parse(text).ok().unwrap().shown();
        assert_eq!(shown("postgres://me@db/auth"), Ok("postgres://me@db/auth".to_owned()));
        for text in [
            "postgres://me:hunter2@db:6543/auth",
            "postgres://me@db:6543/auth?password=hunter2",
            "postgres://me:p@hunter2@db:6543/auth",
            "postgresql://me:%23hunter2@db:6543/auth?sslpassword=hunter2",
        ] {
            let shown = shown(text).unwrap_err();
            assert!(shown.contains("db:6543/auth") && !shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn server_url_with_unencoded_password_is_refused() {
        for text in [
            "postgres://me:hunter2/x@db/auth",
            "postgres://me:12/hunter2@db/auth",
            "postgres://me:12?hunter2@db/auth",
            "postgres://me:12#hunter2@db/auth",
            "postgres://me:x@db/auth#hunter2",
            "postgres:me:hunter2@db",
        ] {
            let problem = parse(text).err().unwrap();
            assert!(problem.contains("percent-encode") && !problem.contains("hunter2"), "{text}: {problem}");
        }
        for text in ["postgres:///auth?host=/var/run/postgresql", "postgres://db", "postgres://a%40b:c%2Fd@db/auth"] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }
}
