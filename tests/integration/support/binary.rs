//! The `latchkey` binary in its own process.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use serde_json::Value;

/// The binary with an empty environment, in this folder.
pub fn latchkey(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.current_dir(folder).args(arguments).env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub fn output(folder: &Path, arguments: &[&str]) -> Output {
    latchkey(folder, arguments).output().expect("the binary runs")
}

/// A service that has started and has not logged its address yet.
pub struct Starting(Child);

impl Starting {
    pub fn new(mut command: Command) -> Self {
        Self(command.spawn().expect("the binary runs"))
    }

    /// Waits until the service listens, and closes its log.
    pub fn ready(self) -> Running {
        self.ready_with_log().0
    }

    /// Waits until the service listens. Also returns the log so far and the rest of the log, not read yet.
    pub fn ready_with_log(self) -> (Running, Vec<Value>, BufReader<ChildStdout>) {
        let Self(mut process) = self;
        let mut log = BufReader::new(process.stdout.take().expect("a log"));
        let mut lines: Vec<Value> = Vec::new();
        while lines.last().is_none_or(|line| line["listen"].is_null()) {
            let mut text = String::new();
            let length = log.read_line(&mut text).expect("a log in UTF-8");
            assert!(length > 0, "the log ends without the address: {lines:?} {}", rest(&mut process));
            lines.extend(serde_json::from_str(&text));
        }
        let field = |name: &str| lines.last().and_then(|line| line[name].as_str()).expect("a text").to_owned();
        (Running { address: field("listen"), url: field("url"), process }, lines, log)
    }
}

/// The standard error of a process that has ended.
fn rest(process: &mut Child) -> String {
    let mut text = String::new();
    process.stderr.take().expect("standard error").read_to_string(&mut text).expect("a text");
    text
}

/// A service in its own process. Dropping it kills the process.
pub struct Running {
    process: Child,
    /// The address and port that the service listens on.
    pub address: String,
    /// The base URL.
    pub url: String,
}

impl Running {
    pub fn start(folder: &Path) -> Self {
        Starting::new(latchkey(folder, &["serve", "--listen", "127.0.0.1:0"])).ready()
    }

    /// Sends SIGTERM, as a process manager does, and returns whether the exit status is success.
    pub fn stop(mut self) -> bool {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        self.process.wait().expect("the process ends").success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
