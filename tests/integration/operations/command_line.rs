//! The commands of the binary.

use std::path::Path;

use latchkey::config::{Setting, settings};

use crate::support::{
    SECRET,
    binary::{Running, latchkey, output},
};

#[test]
fn invalid_settings_are_all_reported() {
    let folder = tempfile::tempdir().unwrap();
    let failed = output(
        folder.path(),
        &["serve", "--base-url", "http://auth.example.com", "--rate-limit", "off", "--jwt-secret", "changeme"],
    );
    assert!(!failed.status.success());
    let message = String::from_utf8(failed.stderr).unwrap();
    assert!(message.contains("LATCHKEY_JWT_SECRET"), "{message}");

    let failed = output(
        folder.path(),
        &["serve", "--base-url", "http://auth.example.com", "--rate-limit", "off", "--access-ttl", "8d"],
    );
    let message = String::from_utf8(failed.stderr).unwrap();
    for variable in ["LATCHKEY_BASE_URL", "LATCHKEY_RATE_LIMIT", "LATCHKEY_ACCESS_TTL"] {
        assert!(message.contains(variable), "{variable} in {message}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no file was created");
}

#[test]
fn config_shows_settings_and_hides_secrets() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), format!("LATCHKEY_JWT_SECRET={SECRET}\nLATCHKEY_ACCESS_TTL=5m\n"))
        .unwrap();
    let shown = latchkey(folder.path(), &["config", "--session-idle", "3d"])
        .env("LATCHKEY_ACCESS_TTL", "10m")
        .env("LATCHKEY_SESSION_IDLE", "1d")
        .env("LATCHKEY_DATABASE_URL", "postgres://me:hunter2@db/auth")
        .output()
        .unwrap();
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.status.success(), "{text}");
    assert!(text.contains("LATCHKEY_ACCESS_TTL=10m"), "the environment overrides .env: {text}");
    assert!(text.contains("LATCHKEY_SESSION_IDLE=3d"), "a flag overrides the environment: {text}");
    assert!(!text.contains(SECRET) && !text.contains("hunter2"), "{text}");
}

#[test]
fn unreadable_env_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "LATCHKEY_RATE_LIMIT='on\n").unwrap();
    let failed = output(folder.path(), &["config"]);
    assert!(!failed.status.success());
    assert!(String::from_utf8(failed.stderr).unwrap().contains(".env line 1: LATCHKEY_RATE_LIMIT "));
}

#[test]
fn help_lists_every_command_and_setting() {
    let folder = tempfile::tempdir().unwrap();
    let text = String::from_utf8(output(folder.path(), &["--help"]).stdout).unwrap();
    for command in ["serve", "migrate", "keys", "import", "healthcheck", "config"] {
        assert!(text.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))), "{command}");
    }
    for Setting { variable, flag, .. } in settings() {
        assert!(text.contains(&format!("--{flag} ")) && text.contains(variable), "{variable}");
    }
}

#[test]
fn migrate_can_run_twice() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let done = output(folder.path(), &["migrate"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    assert!(folder.path().join("data/latchkey.db").exists());
}

#[test]
fn healthcheck_without_service_fails() {
    let folder = tempfile::tempdir().unwrap();
    let failed = output(folder.path(), &["healthcheck", "--listen", "127.0.0.1:9"]);
    assert!(!failed.status.success());
    assert!(String::from_utf8(failed.stderr).unwrap().contains("127.0.0.1:9"));
}

#[test]
fn service_starts_stops_and_keeps_its_secret() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(folder.path());
    let ready = output(folder.path(), &["healthcheck", "--listen", &service.address]);
    assert!(ready.status.success(), "{}", String::from_utf8_lossy(&ready.stderr));
    assert!(service.stop(), "SIGTERM ends the service with success");

    let secret = folder.path().join("data/secret");
    let first = std::fs::read(&secret).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&secret), mode(&folder.path().join("data"))), (0o600, 0o700));
    }
    assert!(Running::start(folder.path()).stop());
    assert_eq!(std::fs::read(&secret).unwrap(), first, "a restart keeps the secret");
}

#[test]
fn subcommand_help_starts_with_its_own_options() {
    let folder = tempfile::tempdir().unwrap();
    for flag in ["-h", "--help"] {
        for (arguments, own) in [
            (&["keys", "retire", flag][..], "--now"),
            (&["import", "better-auth", flag], "--dry-run"),
            (&["import", "users", flag], "--password-hash"),
            (&["keys", "rotate", flag], "--help"),
        ] {
            let help = String::from_utf8(output(folder.path(), arguments).stdout).unwrap();
            let place = |words: &str| help.find(words).unwrap_or_else(|| panic!("{words} in {help}"));
            assert!(place(own) < place("Settings:") && place("Settings:") < place("--listen"), "{help}");
        }
    }
}

#[test]
fn unknown_command_or_flag_gets_a_suggestion() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, meant) in [
        (&["serv"][..], "did you mean `serve`?"),
        (&["keys", "lst"], "did you mean `list`?"),
        (&["serve", "--base-ur", "https://x"], "the flag --base-ur is unknown; did you mean `--base-url`?"),
        (&["--jwt-secrets=x"], "the flag --jwt-secrets is unknown; did you mean `--jwt-secret`?"),
        (&["zzzz"], "`--help` lists commands"),
    ] {
        let failed = output(folder.path(), arguments);
        let message = String::from_utf8(failed.stderr).unwrap();
        assert_eq!(failed.status.code(), Some(2), "{message}");
        assert!(message.contains(meant), "{meant} in {message}");
    }
}

#[test]
fn closed_standard_output_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["config"][..], &["--help"], &["--version"], &["migrate"], &["keys", "list"], &["keys", "rotate"]]
    {
        let mut command = latchkey(folder.path(), arguments).spawn().unwrap();
        drop(command.stdout.take());
        let done = command.wait_with_output().unwrap();
        let message = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.success() && message.is_empty(), "{arguments:?}: {message}");
    }
}

#[test]
fn full_standard_output_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let failed = latchkey(folder.path(), &["config"]).stdout(full).output().unwrap();
    assert_eq!(failed.status.code(), Some(1));
    assert!(String::from_utf8(failed.stderr).unwrap().contains("cannot write to standard output"));
}
