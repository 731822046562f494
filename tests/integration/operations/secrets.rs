//! No output contains a secret, whatever form it has and wherever it was set by mistake.

use std::{
    ffi::OsString,
    fs,
    net::TcpListener,
    process::{Command, Output},
};

use latchkey::config::{Config, Sources, settings};

use crate::support::{
    MASTER_SECRET, SECRET,
    binary::{Running, Starting, latchkey},
    raw_http,
};

const EVENTS_TOKEN: &str = "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM";

const WEBHOOK_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

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
        &["config", "--password-breach-api", "https://me:hunter2Marker@api.example.com/range/"],
        &["config", "--mail", "smtps://me:hunter2Marker@mail.example.com"],
        &["config", "--webhook-url", "https://me:hunter2Marker@app.example.com/hook"],
    ] {
        let failed = latchkey(folder.path(), arguments).output().unwrap();
        assert!(!failed.status.success(), "{arguments:?}");
        assert!(!text(&failed).contains(MARKER), "{arguments:?}: {}", text(&failed));
    }
}

/// Sets secrets that are valid.
fn with_secrets(command: &mut Command) -> &mut Command {
    command.envs([
        ("LATCHKEY_SECRET", MASTER_SECRET),
        ("LATCHKEY_JWT_SECRET", SECRET),
        ("LATCHKEY_EVENTS_TOKEN", EVENTS_TOKEN),
        ("LATCHKEY_WEBHOOK_URL", "https://app.example.com/hook/hunter2Marker?key=hunter2Marker"),
        ("LATCHKEY_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("LATCHKEY_DATABASE_URL", "postgres://me:hunter2Marker@127.0.0.1:1/auth"),
        ("LATCHKEY_MAIL", "smtps://me:hunter2Marker@127.0.0.1:1"),
        ("LATCHKEY_MAIL_FROM", "Acme <auth@acme.example>"),
    ])
}

/// Every secret that the tests set.
const ALL: [&str; 5] = [MARKER, MASTER_SECRET, SECRET, EVENTS_TOKEN, WEBHOOK_SECRET_PART];

/// A secret without its prefix.
const WEBHOOK_SECRET_PART: &str = "C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

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
        &["import", "users", "--from", "postgres://me:hunter2Marker@127.0.0.1:1/auth", "--table", "users"],
        &["import", "users", "--from", "mysql://me:hunter2Marker@127.0.0.1:1/auth", "--table", "users"],
        &["healthcheck", "--listen", "127.0.0.1:9"],
        &["mail", "test", "ada@example.com"],
    ] {
        let done = with_secrets(&mut latchkey(folder.path(), arguments)).output().unwrap();
        for secret in ALL {
            assert!(!text(&done).contains(secret), "{arguments:?}: {}", text(&done));
        }
    }
}

#[test]
fn import_does_not_show_hash_parameters() {
    let folder = tempfile::tempdir().unwrap();
    let valid = format!("{MARKER}{}", "A".repeat(75));
    fs::write(folder.path().join("users.json"), r#"{"users": []}"#).unwrap();
    for (key, separator, rounds, problem) in [
        (&*valid, "Bw==", "8", None),
        (&*valid, "Bw==", MARKER, Some("rounds")),
        (&*valid, "hunter2Marker!", "8", Some("base64_salt_separator")),
        ("hunter2Marker!", "Bw==", "8", Some("base64_signer_key")),
    ] {
        let parameters = format!(
            "hash_config {{\n algorithm: SCRYPT,\n base64_signer_key: {key},\n base64_salt_separator: {separator},\n \
             rounds: {rounds},\n mem_cost: 14,\n}}\n"
        );
        fs::write(folder.path().join("parameters"), parameters).unwrap();
        let arguments = "import users --from users.json --preset firebase --hash-config parameters --log trace";
        let done = latchkey(folder.path(), &arguments.split(' ').collect::<Vec<_>>()).output().unwrap();
        let shown = text(&done);
        assert!(done.status.success() == problem.is_none() && !shown.contains(MARKER), "{rounds}: {shown}");
        assert!(problem.is_none_or(|name| shown.contains(name)), "{problem:?}: {shown}");
    }
}

/// The example in docs/operations.md.
#[test]
fn two_secrets_in_env_file_start_the_service() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), format!("LATCHKEY_JWT_SECRET={SECRET} {EVENTS_TOKEN}   # two\n")).unwrap();
    let service = Running::start(folder.path());
    let body = r#"{"name":"Ada","email":"ada@example.com","password":"violet otter lantern 42"}"#;
    assert!(raw_http::post_json(&service.address, "/api/auth/sign-up/email", body)["token"].is_string());
    assert!(service.stop());
}

#[test]
fn log_at_the_finest_level_has_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = latchkey(folder.path(), &["serve", "--listen", "127.0.0.1:0", "--log", "trace"]);
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/{MARKER}?key={MARKER}", receiver.local_addr().unwrap());
    with_secrets(&mut command).env("LATCHKEY_WEBHOOK_URL", url).env_remove("LATCHKEY_DATABASE_URL");
    let (service, mut lines, rest) = Starting::new(command).ready_with_log();
    let copying = std::thread::spawn({
        let log = log.clone();
        let mut rest = rest;
        move || std::io::copy(&mut rest, &mut fs::File::create(log).unwrap()).unwrap()
    });
    let body = format!(r#"{{"name":"Ada","email":"ada@example.com","password":"{MARKER} otter lantern 42"}}"#);
    let answer = raw_http::post_json(&service.address, "/api/auth/sign-up/email", &body);
    let token = answer["token"].as_str().expect("a session token").to_owned();
    drop(receiver.accept().expect("a webhook"));
    assert!(service.stop());
    copying.join().unwrap();
    lines.extend(fs::read_to_string(log).unwrap().lines().filter_map(|line| serde_json::from_str(line).ok()));
    assert!(lines.iter().any(|line| line["route"] == "/api/auth/sign-up/email"));
    let text = format!("{lines:?}");
    let secret_part = token.rsplit_once('.').map_or(token.as_str(), |(_, secret)| secret);
    for secret in ALL.into_iter().chain([secret_part, "$argon2"]) {
        assert!(!text.contains(secret), "{secret}");
    }
}
