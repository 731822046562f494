//! The binary as an operator meets it.

mod keys;

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use latchkey::config::{Setting, settings};
use serde_json::Value;

use crate::support::SECRET;

/// The binary, in an empty folder, with no settings but those given.
fn latchkey(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.current_dir(folder).args(arguments).env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn output(folder: &Path, arguments: &[&str]) -> Output {
    latchkey(folder, arguments).output().expect("the binary runs")
}

/// A service that has been started and has not said yet where it listens.
struct Starting(Child);

impl Starting {
    fn ready(self) -> Running {
        let Self(mut process) = self;
        let log = process.stdout.take().expect("its log");
        let address = BufReader::new(log)
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find_map(|line| line["listen"].as_str().map(str::to_owned))
            .expect("it says where it listens");
        Running { process, address }
    }
}

/// A service running in its own process; killed when dropped.
struct Running {
    process: Child,
    address: String,
}

impl Running {
    fn start(folder: &Path) -> Self {
        Self::starting(latchkey(folder, &["serve", "--listen", "127.0.0.1:0"])).ready()
    }

    fn starting(mut command: Command) -> Starting {
        Starting(command.spawn().expect("the binary runs"))
    }

    /// Asks it to stop as a process manager does; answers how it ended.
    fn stop(mut self) -> bool {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        self.process.wait().expect("it ends").success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_wrong_configuration_stops_the_start_and_lists_every_problem() {
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
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn config_prints_the_effective_settings_with_secrets_hidden() {
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
    assert!(text.contains("LATCHKEY_ACCESS_TTL=10m"), "the environment comes before .env: {text}");
    assert!(text.contains("LATCHKEY_SESSION_IDLE=3days"), "a flag comes before the environment: {text}");
    assert!(!text.contains(SECRET) && !text.contains("hunter2"), "{text}");
}

#[test]
fn an_unreadable_env_file_is_reported_not_ignored() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "LATCHKEY_RATE_LIMIT='on\n").unwrap();
    let failed = output(folder.path(), &["config"]);
    assert!(!failed.status.success());
    assert!(String::from_utf8(failed.stderr).unwrap().contains(".env"));
}

#[test]
fn help_explains_every_command_and_setting() {
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
fn migrate_makes_the_database_and_can_be_run_again() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let done = output(folder.path(), &["migrate"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    assert!(folder.path().join("data/latchkey.db").exists());
}

#[test]
fn a_healthcheck_without_a_service_fails_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let failed = output(folder.path(), &["healthcheck", "--listen", "127.0.0.1:9"]);
    assert!(!failed.status.success());
    assert!(String::from_utf8(failed.stderr).unwrap().contains("127.0.0.1:9"));
}

#[test]
fn a_service_starts_from_nothing_keeps_its_secret_private_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(folder.path());
    let ready = output(folder.path(), &["healthcheck", "--listen", &service.address]);
    assert!(ready.status.success(), "{}", String::from_utf8_lossy(&ready.stderr));
    assert!(service.stop(), "told to stop, it ends well");

    let secret = folder.path().join("data/secret");
    let first = std::fs::read(&secret).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&secret), mode(&folder.path().join("data"))), (0o600, 0o700));
    }
    assert!(Running::start(folder.path()).stop());
    assert_eq!(std::fs::read(&secret).unwrap(), first, "a restart keeps it, and with it everybody's session");
}

#[test]
fn a_taken_address_is_reported_with_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(folder.path());
    let mut second = latchkey(folder.path(), &["serve", "--listen", &service.address]).spawn().unwrap();
    assert!(!second.wait().unwrap().success());
    let mut message = String::new();
    second.stderr.take().unwrap().read_to_string(&mut message).unwrap();
    assert!(message.contains("LATCHKEY_LISTEN"), "{message}");
}
