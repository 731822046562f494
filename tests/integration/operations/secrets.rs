//! No output contains a secret, whatever form it has and wherever it was set by mistake.

use std::{
    ffi::OsString,
    fs,
    process::{Command, Output},
};

use latchkey::config::{Config, Sources, settings};

use crate::support::{
    MASTER_SECRET, SECRET,
    binary::{Starting, latchkey},
    raw_http,
};

/// The secret part of each value.
const MARKER: &str = "hunter2Marker";

/// Values with the marker, most of them wrong for every setting.
const FORMS: [&str; 26] = [
    "hunter2Marker",
    "5hunter2Marker",
    "hunter2Marker hunter2Marker",
    "hunter2Marker\thunter2Marker",
    "'hunter2Marker",
    "\"hunter2Marker\"x",
    "=hunter2Marker",
    "$hunter2Marker",
    "${hunter2Marker}",
    "127.0.0.1:hunter2Marker",
    "https://user:hunter2Marker@auth.example.com",
    "https://:hunter2Marker@auth.example.com",
    "https://hunter2Marker@auth.example.com",
    "https://auth.example.com/?hunter2Marker",
    "https://hunter2Marker:x",
    "myapp://user:hunter2Marker@home",
    "https://a.example,https://user:hunter2Marker@b.example",
    "postgres://me:hunter2Marker@127.0.0.1:1/db",
    "postgres://me:12/hunter2Marker@127.0.0.1:1/db",
    "postgres://me:12#hunter2Marker@127.0.0.1:1/db",
    "postgres://me:12?hunter2Marker@127.0.0.1:1/db",
    "postgres://127.0.0.1:1/db?password=hunter2Marker",
    "postgres://me:hunter2Marker@127.0.0.1:port/db",
    "sqlite:x.db?mode=hunter2Marker",
    "info,x=hunter2Marker",
    "email,hunter2Marker",
];

/// Settings whose valid values are not secret, and are shown.
fn is_public(variable: &str) -> bool {
    !variable.ends_with("SECRET") && !variable.ends_with("_URL")
}

/// Everything that is printed with the settings: the problems, or the list of values.
fn shown(flag: Option<(&str, &str)>, environment: Option<(&str, &str)>, file: &str) -> Result<String, String> {
    let flags = |variable: &str| flag.filter(|(name, _)| *name == variable).map(|(_, value)| value.to_owned());
    let environment: Vec<(OsString, OsString)> =
        environment.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    let config = Config::from_sources(Sources { flags: &flags, environment, env_file: Some(file.as_bytes().to_vec()) });
    config.map(|config| format!("{config:?}")).map_err(|problems| format!("{problems} {problems:?}"))
}

#[test]
fn wrong_value_of_any_setting_is_not_shown() {
    for setting in settings() {
        let name = setting.variable;
        for form in FORMS {
            for result in [
                shown(Some((name, form)), None, ""),
                shown(None, Some((name, form)), ""),
                shown(None, None, &format!("{name}={form}\n")),
                shown(None, None, &format!("{name} {form}\n")),
                shown(None, None, &format!("{name}'{form}'\n")),
                shown(None, None, &format!("{name}{form}\n")),
                shown(None, None, &format!("{name}{form}=\n")),
                shown(None, None, &format!("{}=\"{form}\n", name.to_lowercase())),
            ] {
                match result {
                    Ok(_) if is_public(name) => {}
                    Ok(text) | Err(text) => assert!(!text.contains(MARKER), "{name} {form}: {text}"),
                }
            }
        }
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn wrong_arguments_are_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["--jwt-secret", "NEW", MARKER][..],
        &["serve", "--jwt-secret", "NEW", MARKER],
        &["--jwt-secret=NEW", MARKER, "serve"],
        &["config", "--jwt-secret", MARKER, MARKER],
        &["serve", "--jwt-secrte", MARKER],
        &["serve", "--jwt-secrte=hunter2Marker"],
        &["keys", "retire", "kid", MARKER],
        &["keys", MARKER],
        &["keys", "retire", "kid", "--now=hunter2Marker"],
        &["serve", "-phunter2Marker"],
        &["serve", "--hunter2Marker"],
        &["import", "better-auth", "--from", "x", MARKER],
        &["--base-url", "https://x:hunter2Marker@y", "--data"],
        &["config", "--secret", "x", "--secret", MARKER],
    ] {
        let failed = latchkey(folder.path(), arguments).output().unwrap();
        assert!(!failed.status.success(), "{arguments:?}");
        assert!(!text(&failed).contains(MARKER), "{arguments:?}: {}", text(&failed));
    }
}

/// Sets secrets that are valid.
fn with_secrets(command: &mut Command) -> &mut Command {
    let database = format!("postgres://me:{MARKER}@127.0.0.1:1/auth");
    let secrets = [("LATCHKEY_SECRET", MASTER_SECRET), ("LATCHKEY_JWT_SECRET", SECRET)];
    command.envs(secrets).env("LATCHKEY_DATABASE_URL", database)
}

#[test]
fn valid_secrets_are_not_shown_by_any_command() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("users.db"), "").unwrap();
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["serve", "--help"],
        &["keys", "retire", "--help"],
        &["config"],
        &["serve", "--listen", "127.0.0.1:0", "--log", "trace"],
        &["migrate"],
        &["keys", "list"],
        &["keys", "rotate"],
        &["import", "better-auth", "--from", "users.db"],
        &["import", "better-auth", "--from", "postgres://me:hunter2Marker@127.0.0.1:1/auth"],
        &["import", "better-auth", "--from", "postgres://me:12/hunter2Marker@127.0.0.1:1/auth"],
        &["import", "better-auth", "--from", "mysql://me:hunter2Marker@127.0.0.1:1/auth"],
        &["healthcheck", "--listen", "127.0.0.1:9"],
    ] {
        let done = with_secrets(&mut latchkey(folder.path(), arguments)).output().unwrap();
        for secret in [MARKER, MASTER_SECRET, SECRET] {
            assert!(!text(&done).contains(secret), "{arguments:?}: {}", text(&done));
        }
    }
}

#[test]
fn log_at_the_finest_level_has_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = latchkey(folder.path(), &["serve", "--listen", "127.0.0.1:0", "--log", "trace"]);
    command.env("LATCHKEY_SECRET", MASTER_SECRET).env("LATCHKEY_JWT_SECRET", SECRET);
    let (service, mut lines, rest) = Starting::new(command).ready_with_log();
    let copying = std::thread::spawn({
        let log = log.clone();
        let mut rest = rest;
        move || std::io::copy(&mut rest, &mut fs::File::create(log).unwrap()).unwrap()
    });
    let body = format!(r#"{{"name":"Ada","email":"ada@example.com","password":"{MARKER} otter lantern 42"}}"#);
    let answer = raw_http::post_json(&service.address, "/api/auth/sign-up/email", &body);
    let token = answer["token"].as_str().expect("a session token").to_owned();
    assert!(service.stop());
    copying.join().unwrap();
    lines.extend(fs::read_to_string(log).unwrap().lines().filter_map(|line| serde_json::from_str(line).ok()));
    assert!(lines.iter().any(|line| line["route"] == "/api/auth/sign-up/email"));
    let text = format!("{lines:?}");
    let secret_part = token.rsplit_once('.').map_or(token.as_str(), |(_, secret)| secret);
    for secret in [MARKER, MASTER_SECRET, SECRET, secret_part, "$argon2"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
