//! `.env` and the environment.

use std::{fs, path::Path};

use latchkey::config::settings;

use crate::support::{
    MASTER_SECRET, SECRET,
    binary::{latchkey, output},
};

const SECOND: &str = "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM";

/// Every setting that is not secret, with a value other than its default.
const CHANGED: [&str; 39] = [
    "LATCHKEY_LISTEN=[::1]:4000",
    "LATCHKEY_BASE_URL=http://auth.acme.localhost:4100",
    "LATCHKEY_RATE_LIMIT=off",
    "LATCHKEY_DATA='/srv/my data'",
    "LATCHKEY_DATABASE_URL=sqlite:/srv/auth.db",
    "LATCHKEY_DATABASE_CONNECTIONS=3",
    "LATCHKEY_JWT_ALGORITHM=ES256",
    "LATCHKEY_KEY_ROTATION=30d",
    "LATCHKEY_JWT_AUDIENCE='a b'",
    "LATCHKEY_JWT_CLAIMS=email,name",
    "LATCHKEY_ACCESS_TTL=1m30s",
    "LATCHKEY_SESSION_IDLE=1d1h",
    "LATCHKEY_SESSION_MAX=60d",
    "LATCHKEY_FRESH=1h",
    "LATCHKEY_COOKIE_SUFFIX=blue",
    "LATCHKEY_PASSWORD_MIN_LENGTH=12",
    "LATCHKEY_PASSWORD_CHECK=strong",
    "LATCHKEY_PASSWORD_BLOCKLIST='/srv/my data/refused.txt'",
    "LATCHKEY_PASSWORD_BREACH_API=on",
    "LATCHKEY_PASSWORD_COMPOSITION=on",
    "LATCHKEY_SIGN_UP=closed",
    "LATCHKEY_SIGN_UP_BUDGET=55",
    "LATCHKEY_EVENTS_RETENTION=60d",
    "LATCHKEY_WEBHOOK_ALLOW_PRIVATE=off",
    "LATCHKEY_MAIL='file:/srv/my mail'",
    "LATCHKEY_MAIL_FROM='Acme <auth@acme.example>'",
    "LATCHKEY_PRODUCT_NAME='Acme ID'",
    "LATCHKEY_NOTICES=off",
    "LATCHKEY_EMAIL_SIGN_IN=on",
    "LATCHKEY_SECOND_FACTOR=required",
    "LATCHKEY_TRUST_DEVICE=12h",
    "LATCHKEY_PASSKEY_RP_ID=acme.localhost",
    "LATCHKEY_PASSKEY_ORIGINS=https://example.org,http://localhost:4200",
    "LATCHKEY_TRUSTED_ORIGINS=https://app.example.com,myapp://",
    "LATCHKEY_HOME=https://app.example.com/start",
    "LATCHKEY_AFTER_SIGN_OUT=https://app.example.com/bye",
    "LATCHKEY_TRUSTED_PROXIES=127.0.0.1/32,fd00::/8",
    "LATCHKEY_LOG=warn,latchkey=debug",
    "LATCHKEY_LOG_FORMAT=text",
];

/// The settings that `latchkey config` never shows.
const SECRETS: [&str; 5] = [
    "LATCHKEY_SECRET",
    "LATCHKEY_JWT_SECRET",
    "LATCHKEY_EVENTS_TOKEN",
    "LATCHKEY_WEBHOOK_URL",
    "LATCHKEY_WEBHOOK_SECRET",
];

/// What `latchkey config` prints in a folder with this file.
fn config(folder: &Path, file: impl AsRef<[u8]>) -> String {
    fs::write(folder.join(".env"), file).expect("a writable folder");
    let done = output(folder, &["config"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("UTF-8")
}

/// The error of a command in a folder with this file.
fn refusal(folder: &Path, file: impl AsRef<[u8]>) -> String {
    fs::write(folder.join(".env"), file).expect("a writable folder");
    let failed = output(folder, &["config"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(failed.stdout.is_empty());
    String::from_utf8(failed.stderr).expect("UTF-8")
}

#[test]
fn config_output_is_read_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for written in [
        "",
        "LATCHKEY_LISTEN=0\n",
        "LATCHKEY_LISTEN=[::1]:4000\nLATCHKEY_LOG_FORMAT=TEXT\nLATCHKEY_LOG=warn,latchkey[request{path=\"/a b\"}]=debug\n",
        "LATCHKEY_BASE_URL=https://Auth.Example.com\nLATCHKEY_TRUSTED_ORIGINS=https://*.example.com, myapp://,exp://a/?b\n\
         LATCHKEY_TRUSTED_PROXIES=127.0.0.1, fd00::/8\nLATCHKEY_JWT_AUDIENCE='a b'\nLATCHKEY_JWT_CLAIMS=name,email\n",
        "LATCHKEY_DATA=\"it's \\\"my\\\" \\$data #1 ?\"\nLATCHKEY_KEY_ROTATION=off\nLATCHKEY_PASSWORD_COMPOSITION=yes\n",
        "LATCHKEY_DATABASE_URL='sqlite:/srv/a b?#%20.db'\nLATCHKEY_JWT_ALGORITHM=es256\nLATCHKEY_SESSION_IDLE=25h\n",
        "LATCHKEY_DATABASE_URL=postgres://me@db/auth\nLATCHKEY_ACCESS_TTL=90s\nLATCHKEY_SESSION_MAX=1y\n",
    ] {
        let shown = config(folder.path(), written);
        assert_eq!(config(folder.path(), &shown), shown, "{written}");
    }
    let defaults = config(folder.path(), "");
    for line in ["LATCHKEY_KEY_ROTATION=90d", "LATCHKEY_ACCESS_TTL=15m", "LATCHKEY_BASE_URL=http://localhost:3000"] {
        assert!(defaults.lines().any(|shown| shown == line), "{line} in {defaults}");
    }
}

#[test]
fn config_shows_every_changed_value() {
    let folder = tempfile::tempdir().unwrap();
    let defaults = config(folder.path(), "");
    let shown = config(folder.path(), CHANGED.join("\n"));
    assert_eq!(shown.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>(), CHANGED);
    for line in CHANGED {
        assert!(defaults.lines().all(|default| default != line), "{line} is the default");
    }
    let written = CHANGED.iter().map(|line| line.split_once('=').expect("a value").0);
    let known: Vec<_> = settings().map(|setting| setting.variable).filter(|name| !SECRETS.contains(name)).collect();
    assert_eq!(written.collect::<Vec<_>>(), known, "every setting is tested");
    assert_eq!(config(folder.path(), &shown), shown);
}

#[test]
fn config_hides_secrets_as_comments() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = format!(
        "LATCHKEY_SECRET={MASTER_SECRET}\nLATCHKEY_JWT_SECRET={SECRET} {SECOND}\n\
         LATCHKEY_DATABASE_URL=postgres://me:hunter2@db/auth?sslpassword=hunter2\n"
    );
    let shown = config(folder.path(), secrets);
    for variable in ["LATCHKEY_SECRET", "LATCHKEY_JWT_SECRET", "LATCHKEY_DATABASE_URL"] {
        assert!(shown.contains(&format!("# {variable}: ")) && !shown.contains(&format!("\n{variable}=")), "{shown}");
    }
    assert!(shown.contains("2 set, hidden"), "both secrets are read: {shown}");
    for secret in [MASTER_SECRET, SECRET, SECOND, "hunter2"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn env_file_of_several_programs_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let lines = [
        "\u{feff}LATCHKEY_LISTEN=127.0.0.1:4000",
        "APP_NAME=My App",
        "my-key=1",
        "PORT=5000",
        "just text 'and a quote",
        "export LATCHKEY_ACCESS_TTL = '5m' # short",
        "LATCHKEY_DATA=/srv/My Data/$word/${HOME}",
    ];
    for end in ["\n", "\r\n"] {
        let shown = config(folder.path(), lines.join(end));
        for line in
            ["LATCHKEY_LISTEN=127.0.0.1:4000", "LATCHKEY_ACCESS_TTL=5m", "LATCHKEY_DATA='/srv/My Data/$word/${HOME}'"]
        {
            assert!(shown.lines().any(|shown| shown == line), "{line} in {shown}");
        }
    }
}

#[test]
fn env_file_problems_are_all_reported() {
    let folder = tempfile::tempdir().unwrap();
    let message = refusal(
        folder.path(),
        "LATCHKEY_BASEURL=hunter2\nlatchkey_rate_limit=hunter2\nLATCHKEY_SECRET='hunter2\n\
         LATCHKEY_ACCESS_TTL=hunter2\nLATCHKEY_LOG=verbose\n",
    );
    assert!(message.contains(".env line 3: LATCHKEY_SECRET "), "{message}");
    for words in ["line 1: LATCHKEY_BASEURL is not a setting; did you mean LATCHKEY_BASE_URL?", "in capitals"] {
        assert!(message.contains(words), "{words} in {message}");
    }
    for variable in ["LATCHKEY_ACCESS_TTL: ", "LATCHKEY_LOG: "] {
        assert!(message.contains(variable), "{variable} in {message}");
    }
    assert!(message.contains("did you mean debug?") && !message.contains("hunter2"), "{message}");
    let utf16: Vec<u8> = "LATCHKEY_LOG=info".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refusal(folder.path(), [&[0xff, 0xfe][..], &utf16].concat()).contains("UTF-16"));
    fs::remove_file(folder.path().join(".env")).unwrap();
    fs::create_dir(folder.path().join(".env")).unwrap();
    let failed = output(folder.path(), &["config"]);
    assert!(String::from_utf8(failed.stderr).unwrap().contains(".env: cannot be read"));
}

#[test]
fn unknown_variable_stops_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&[][..], &["serve"], &["migrate"], &["keys", "list"], &["healthcheck"], &["config"]] {
        let failed = latchkey(folder.path(), arguments).env("LATCHKEY_TRUSTED_ORIGIN", "https://x").output().unwrap();
        let message = String::from_utf8(failed.stderr).unwrap();
        assert!(message.contains("did you mean LATCHKEY_TRUSTED_ORIGINS?"), "{arguments:?}: {message}");
        assert_eq!(failed.status.code(), Some(1));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no file was created");
    // Kubernetes sets these for a service named `latchkey`.
    let links = [("LATCHKEY_SERVICE_HOST", "10.0.0.1"), ("LATCHKEY_PORT", "tcp://10.0.0.1:80")];
    assert!(latchkey(folder.path(), &["config"]).envs(links).output().unwrap().status.success());
}

#[cfg(unix)]
#[test]
fn variable_that_is_not_utf8_stops_the_start() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let value = std::ffi::OsStr::from_bytes(b"10.0.0.1\xff");
    let failed = latchkey(folder.path(), &["config"]).env("LATCHKEY_TRUSTED_PROXIES", value).output().unwrap();
    assert!(String::from_utf8(failed.stderr).unwrap().contains("LATCHKEY_TRUSTED_PROXIES: is not valid UTF-8"));
}
