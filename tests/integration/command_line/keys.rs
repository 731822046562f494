//! `latchkey keys`, beside running services.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::{Command, Output},
};

use serde_json::Value;

use super::{Running, Starting, latchkey};
use crate::support::{MASTER_SECRET, SECRET, database::TestDatabase};

/// How often a running service is asked whether it has learnt of something.
const ASKED: usize = 50_000;

/// A machine whose services and commands share a database.
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
        Running::starting(self.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// What a command says that has to succeed.
    fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// What a command says that has to fail.
    fn refuses(&self, arguments: &[&str]) -> String {
        refusal(&self.run(arguments))
    }

    /// The names and states of the keys, as listed.
    fn keys(&self) -> Vec<(String, String)> {
        let listed = self.says(&["keys", "list"]);
        let columns = |line: &str| {
            let columns: Vec<_> = line.split("  ").filter(|column| !column.is_empty()).collect();
            (columns[0].trim().to_owned(), columns[2].trim().to_owned())
        };
        listed.lines().skip(1).map(columns).collect()
    }
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The names of the keys that a running service publishes.
fn published(service: &Running) -> Vec<String> {
    let mut stream = TcpStream::connect(&service.address).expect("it listens");
    stream.write_all(b"GET /api/auth/jwks HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let set: Value = serde_json::from_str(body).expect("JSON");
    set["keys"].as_array().expect("keys").iter().filter_map(|key| key["kid"].as_str().map(str::to_owned)).collect()
}

/// Asks until the service publishes what is wanted.
fn learns(service: &Running, wanted: impl Fn(&[String]) -> bool) {
    let learnt = (0..ASKED).any(|_| wanted(&published(service)));
    assert!(learnt, "{:?}", published(service));
}

#[tokio::test]
async fn four_processes_started_at_once_on_one_database_make_one_key() {
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
async fn keys_are_listed_rotated_and_retired_beside_a_running_service() {
    let machine = Machine::new().await;
    assert!(machine.says(&["keys", "list"]).contains("no signing keys yet"));
    let service = machine.starting().ready();
    let (first, state) = machine.keys().remove(0);
    assert_eq!(state, "signing");
    assert!(machine.says(&["keys", "list"]).contains("EdDSA"));

    let said = machine.says(&["keys", "rotate"]);
    let states: Vec<_> = machine.keys().into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["signing", "next"]);
    let next = machine.keys().remove(1).0;
    assert!(said.contains(&next), "{said}");
    learns(&service, |keys| keys.contains(&next));

    let said = machine.says(&["keys", "retire", &first]);
    assert!(said.contains(&first) && said.contains("until 20"), "{said}");
    assert_eq!(published(&service).len(), 2, "its last tokens are still good");

    machine.says(&["keys", "retire", &first, "--now"]);
    learns(&service, |keys| keys == [next.as_str()]);
    assert_eq!(machine.keys(), [(next, "signing".to_owned())]);
}

#[tokio::test]
async fn the_last_key_is_given_up_for_a_new_one() {
    let machine = Machine::new().await;
    let service = machine.starting().ready();
    let first = machine.keys().remove(0).0;
    machine.says(&["keys", "retire", "--now", &first]);
    let second = machine.keys().remove(0).0;
    learns(&service, |keys| keys == [second.as_str()]);
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_name_that_no_key_has_is_refused_in_a_sentence() {
    let machine = Machine::new().await;
    for arguments in [&["keys", "retire", "nobody"][..], &["keys", "retire", "nobody", "--now"]] {
        let message = machine.refuses(arguments);
        assert!(message.contains("no signing key \"nobody\"") && message.contains("keys list"), "{message}");
    }
    assert_eq!(machine.run(&["keys", "retire"]).status.code(), Some(2));
    assert_eq!(machine.run(&["keys"]).status.code(), Some(2));
}

#[tokio::test]
async fn with_a_shared_secret_the_commands_say_where_it_rotates() {
    let machine = Machine::new().await;
    let shared = |arguments: &[&str]| machine.command(arguments).env("LATCHKEY_JWT_SECRET", SECRET).output().unwrap();
    let listed = shared(&["keys", "list"]);
    assert!(listed.status.success());
    assert!(String::from_utf8_lossy(&listed.stdout).contains("LATCHKEY_JWT_SECRET"));
    for arguments in [&["keys", "rotate"][..], &["keys", "retire", "x"]] {
        assert!(refusal(&shared(arguments)).contains("LATCHKEY_JWT_SECRET"));
    }
}

#[tokio::test]
async fn without_the_master_secret_nothing_starts_or_rotates_and_all_can_be_given_up() {
    let machine = Machine::new().await;
    machine.starting().ready();
    let lost = machine.keys().remove(0).0;
    let secret = machine.folder.path().join("data/secret");
    let kept = std::fs::read(&secret).unwrap();
    std::fs::remove_file(&secret).unwrap();
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["keys", "rotate"], &["keys", "retire", &lost]] {
        let message = machine.refuses(arguments);
        for words in [lost.as_str(), "another master secret", "LATCHKEY_SECRET", "retire KID --now"] {
            assert!(message.contains(words), "{words} in {message}");
        }
    }
    assert_eq!(machine.keys(), [(lost.clone(), "signing".to_owned())], "nothing has changed");
    let elsewhere = machine.command(&["keys", "rotate"]).env("LATCHKEY_SECRET", MASTER_SECRET).output().unwrap();
    assert!(refusal(&elsewhere).contains("another master secret"));

    std::fs::write(&secret, kept).unwrap();
    machine.starting().ready();
    std::fs::remove_file(&secret).unwrap();
    machine.says(&["keys", "retire", &lost, "--now"]);
    let service = machine.starting().ready();
    assert_ne!(published(&service), [lost]);
}
