//! `latchkey mail test ADDRESS`

use std::fs;

use crate::support::binary::latchkey;

/// Runs the command. Returns whether it succeeded, and what it printed.
fn run(folder: &std::path::Path, settings: &[(&str, &str)], address: &str) -> (bool, String) {
    let done = latchkey(folder, &["mail", "test", address]).envs(settings.iter().copied()).output().expect("it runs");
    let text = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(text).expect("UTF-8"))
}

#[test]
fn test_message_goes_to_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let (success, text) = run(folder.path(), &[("LATCHKEY_MAIL", "file:mail")], "ada@example.com");
    assert!(success && text.contains("written to mail/"), "{text}");
    let file = fs::read_dir(folder.path().join("mail")).expect("a folder").next().expect("a file").expect("an entry");
    let source = fs::read_to_string(file.path()).expect("a text");
    assert!(source.contains("Subject: Test message from Latchkey\r\n"), "{source}");
}

#[test]
fn test_message_failure_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let sender = ("LATCHKEY_MAIL_FROM", "Acme <auth@acme.example>");
    let server = ("LATCHKEY_MAIL", "smtps://me:hunter2@127.0.0.1:1");
    for (settings, address, words) in [
        (&[][..], "ada@example.com", "set LATCHKEY_MAIL"),
        (&[("LATCHKEY_MAIL", "off")], "ada@example.com", "set LATCHKEY_MAIL"),
        (&[server, sender], "ada", "enter an e-mail address"),
        (&[server, sender], "ada@example.com", "was not sent"),
        (&[server], "ada@example.com", "LATCHKEY_MAIL_FROM"),
    ] {
        let (success, text) = run(folder.path(), settings, address);
        assert!(!success && text.contains(words) && !text.contains("hunter2"), "{settings:?} {address}: {text}");
    }
}
