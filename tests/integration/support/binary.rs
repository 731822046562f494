//! The `latchkey` binary in its own process.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
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

    /// Waits until the service listens.
    pub fn ready(self) -> Running {
        let Self(mut process) = self;
        let log = process.stdout.take().expect("a log");
        let address = BufReader::new(log)
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find_map(|line| line["listen"].as_str().map(str::to_owned))
            .expect("the log has the address");
        Running { process, address }
    }
}

/// A service in its own process. Dropping it kills the process.
pub struct Running {
    process: Child,
    pub address: String,
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
