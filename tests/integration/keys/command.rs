//! The command `latchkey keys`, next to running services.

use std::{
    process::{Command, Output},
    time::Duration,
};

use crate::support::{
    MASTER_SECRET, SECRET,
    binary::{Running, Starting, latchkey},
    database::TestDatabase,
    raw_http,
};

/// A machine with services and commands on one database.
struct Machine {
    folder: tempfile::TempDir,
    database: TestDatabase,
}

impl Machine {
    async fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), database: TestDatabase::new().await }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = latchkey(self.folder.path(), arguments);
        command.env("LATCHKEY_DATABASE_URL", self.database.url());
        command
    }

    fn starting(&self) -> Starting {
        Starting::new(self.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// The output of a command that must succeed.
    fn stdout(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("a text")
    }

    /// The error of a command that must fail.
    fn stderr(&self, arguments: &[&str]) -> String {
        error(&self.run(arguments))
    }

    /// The ids and states in the list of keys.
    fn keys(&self) -> Vec<(String, String)> {
        let listed = self.stdout(&["keys", "list"]);
        let columns = |line: &str| {
            let columns: Vec<_> = line.split("  ").filter(|column| !column.is_empty()).collect();
            (columns[0].trim().to_owned(), columns[2].trim().to_owned())
        };
        listed.lines().skip(1).map(columns).collect()
    }
}

fn error(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The ids of the keys that a running service publishes.
fn published(service: &Running) -> Vec<String> {
    let set = raw_http::get_json(&service.address, "/api/auth/jwks");
    set["keys"].as_array().expect("keys").iter().filter_map(|key| key["kid"].as_str().map(str::to_owned)).collect()
}

/// Waits until the service publishes the expected keys. A service polls once a second.
async fn wait_until_published(service: &Running, expected: impl Fn(&[String]) -> bool) {
    let polling = async {
        while !expected(&published(service)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let polled = tokio::time::timeout(Duration::from_mins(1), polling).await;
    assert!(polled.is_ok(), "{:?}", published(service));
}

#[tokio::test]
async fn parallel_processes_create_one_key() {
    let machine = Machine::new().await;
    let starting: Vec<_> = (0..4).map(|_| machine.starting()).collect();
    let services: Vec<_> = starting.into_iter().map(Starting::ready).collect();
    let listed = machine.keys();
    assert_eq!(listed.len(), 1, "{listed:?}");
    for service in &services {
        assert_eq!(published(service), [listed[0].0.as_str()]);
    }
}

#[tokio::test]
async fn keys_are_managed_beside_a_running_service() {
    let machine = Machine::new().await;
    assert!(machine.stdout(&["keys", "list"]).contains("no signing keys yet"));
    let service = machine.starting().ready();
    let (first, state) = machine.keys().remove(0);
    assert_eq!(state, "signing");
    assert!(machine.stdout(&["keys", "list"]).contains("EdDSA"));

    let said = machine.stdout(&["keys", "rotate"]);
    let states: Vec<_> = machine.keys().into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["signing", "next"]);
    let next = machine.keys().remove(1).0;
    assert!(said.contains(&next), "{said}");
    wait_until_published(&service, |keys| keys.contains(&next)).await;

    let said = machine.stdout(&["keys", "retire", &first]);
    assert!(said.contains(&first) && said.contains("until 20"), "{said}");
    assert_eq!(published(&service).len(), 2, "its last tokens are still valid");

    machine.stdout(&["keys", "retire", &first, "--now"]);
    wait_until_published(&service, |keys| keys == [next.as_str()]).await;
    assert_eq!(machine.keys(), [(next, "signing".to_owned())]);
}

#[tokio::test]
async fn retiring_the_last_key_creates_a_new_one() {
    let machine = Machine::new().await;
    let service = machine.starting().ready();
    let first = machine.keys().remove(0).0;
    machine.stdout(&["keys", "retire", "--now", &first]);
    let second = machine.keys().remove(0).0;
    wait_until_published(&service, |keys| keys == [second.as_str()]).await;
    assert_ne!(first, second);
}

#[tokio::test]
async fn unknown_key_id_is_refused() {
    let machine = Machine::new().await;
    for arguments in [&["keys", "retire", "unknown"][..], &["keys", "retire", "unknown", "--now"]] {
        let message = machine.stderr(arguments);
        assert!(message.contains("no signing key \"unknown\"") && message.contains("keys list"), "{message}");
    }
    assert_eq!(machine.run(&["keys", "retire"]).status.code(), Some(2));
    assert_eq!(machine.run(&["keys"]).status.code(), Some(2));
}

#[tokio::test]
async fn shared_secret_disables_key_commands() {
    let machine = Machine::new().await;
    let shared = |arguments: &[&str]| machine.command(arguments).env("LATCHKEY_JWT_SECRET", SECRET).output().unwrap();
    let listed = shared(&["keys", "list"]);
    assert!(listed.status.success());
    assert!(String::from_utf8_lossy(&listed.stdout).contains("LATCHKEY_JWT_SECRET"));
    for arguments in [&["keys", "rotate"][..], &["keys", "retire", "x"]] {
        assert!(error(&shared(arguments)).contains("LATCHKEY_JWT_SECRET"));
    }
}

#[tokio::test]
async fn lost_master_secret_blocks_start_and_rotation() {
    let machine = Machine::new().await;
    machine.starting().ready();
    let lost = machine.keys().remove(0).0;
    let secret = machine.folder.path().join("data/secret");
    let kept = std::fs::read(&secret).unwrap();
    std::fs::remove_file(&secret).unwrap();
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["keys", "rotate"], &["keys", "retire", &lost]] {
        let message = machine.stderr(arguments);
        for words in [lost.as_str(), "another master secret", "LATCHKEY_SECRET", "retire KID --now"] {
            assert!(message.contains(words), "{words} in {message}");
        }
    }
    assert_eq!(machine.keys(), [(lost.clone(), "signing".to_owned())], "nothing has changed");
    let other_machine = machine.command(&["keys", "rotate"]).env("LATCHKEY_SECRET", MASTER_SECRET).output().unwrap();
    assert!(error(&other_machine).contains("another master secret"));

    std::fs::write(&secret, kept).unwrap();
    machine.starting().ready();
    std::fs::remove_file(&secret).unwrap();
    machine.stdout(&["keys", "retire", &lost, "--now"]);
    let service = machine.starting().ready();
    assert_ne!(published(&service), [lost]);
}
