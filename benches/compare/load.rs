//! The load generator: wrk.

use std::{
    fs,
    io::ErrorKind,
    process::{Child, Command, Stdio},
    rc::Rc,
    thread,
};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use tempfile::TempDir;

use crate::{process::float, request::Request, server::Server};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/load.lua");

/// Requests that are sent to a server in turn, on several connections at once.
#[derive(Clone)]
pub struct Load {
    pub server: Rc<Server>,
    source: Source,
    /// The status of every answer.
    status: u16,
    connections: usize,
}

/// Where the requests of a round come from.
#[derive(Clone)]
enum Source {
    /// The same in every round, again and again.
    Same(Vec<Request>),
    /// Others in each round.
    PerRound { next: Rc<dyn Fn() -> Result<Vec<Request>>>, repeats: Repeats },
}

/// Whether a round begins again after its last request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    Again,
    /// The round ends, or has ended before. For requests that can succeed only once.
    Never,
}

/// What the load generator has measured.
pub struct Outcome {
    pub requests: u64,
    pub seconds: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Load {
    /// The request is answered with 200.
    pub fn new(server: &Rc<Server>, request: Request) -> Self {
        Self::of(server, vec![request])
    }

    /// The requests are answered with 200.
    pub fn of(server: &Rc<Server>, requests: Vec<Request>) -> Self {
        Self::from_source(server, Source::Same(requests))
    }

    /// `next` returns the requests of each round, which are answered with 200.
    pub fn per_round(server: &Rc<Server>, repeats: Repeats, next: impl Fn() -> Result<Vec<Request>> + 'static) -> Self {
        Self::from_source(server, Source::PerRound { next: Rc::new(next), repeats })
    }

    fn from_source(server: &Rc<Server>, source: Source) -> Self {
        Self { server: Rc::clone(server), source, status: 200, connections: 32 }
    }

    pub fn expect(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub fn connections(self, connections: usize) -> Self {
        Self { connections, ..self }
    }

    /// The first request of a round.
    pub fn request(&self) -> Result<Request> {
        self.requests()?.into_iter().next().context("a load without requests")
    }

    fn requests(&self) -> Result<Vec<Request>> {
        match &self.source {
            Source::Same(requests) => Ok(requests.clone()),
            Source::PerRound { next, .. } => next(),
        }
    }

    /// Runs the load for some seconds. A request that fails is an error.
    pub fn run(&self, seconds: u32) -> Result<Outcome> {
        self.start(seconds)?.finish()
    }

    /// Starts the load.
    pub fn start(&self, seconds: u32) -> Result<RunningLoad<'_>> {
        let (server, mut requests) = (&self.server, self.requests()?);
        requests.first().context("a load without requests")?.expect(&server.url(), self.status)?;
        let repeats = match self.source {
            Source::Same(_) | Source::PerRound { repeats: Repeats::Again, .. } => "again",
            Source::PerRound { repeats: Repeats::Never, .. } => {
                requests.remove(0);
                "once"
            }
        };
        let files = tempfile::tempdir()?;
        let file = files.path().join("requests");
        let texts = requests.iter().map(|request| Ok(request.bytes(&server.host)? + "\0"));
        fs::write(&file, texts.collect::<Result<String>>()?)?;
        let threads = thread::available_parallelism().map_or(1, |number| number.get().min(2)).to_string();
        let mut command = Command::new("wrk");
        command
            .args(["--threads", &threads, "--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{seconds}s"), "--timeout", "30s", "--script", SCRIPT])
            .args([&server.url(), "--"])
            .arg(file)
            .args([&threads, repeats])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let process = command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow::anyhow!("wrk is missing: run scripts/setup-bench"),
            _ => error.into(),
        })?;
        Ok(RunningLoad { load: self, process, _files: files })
    }

    /// One request failed: a fast error is not a result.
    fn check(&self, result: &Printed) -> Result<()> {
        let Printed { requests, errors, .. } = result;
        let name = &self.server.name;
        ensure!(*requests > 0, "{name} answered no request; {}", self.server.last_errors());
        let failed = errors.connect + errors.read + errors.write + errors.timeout;
        ensure!(
            failed == 0,
            "{name}: {failed} of {requests} requests got no answer (connect {}, read {}, write {}, timeout {}); {}",
            errors.connect,
            errors.read,
            errors.write,
            errors.timeout,
            self.server.last_errors(),
        );
        // wrk counts a status above 399.
        let expected = if self.status > 399 { *requests } else { 0 };
        if errors.status != expected {
            let wrong = errors.status.abs_diff(expected);
            bail!("{name}: {wrong} of {requests} answers did not have the status {}", self.status);
        }
        Ok(())
    }
}

/// A load that has started.
pub struct RunningLoad<'a> {
    load: &'a Load,
    process: Child,
    /// Read at the start.
    _files: TempDir,
}

impl RunningLoad<'_> {
    /// Waits for the end of the load.
    pub fn finish(self) -> Result<Outcome> {
        let output = self.process.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "wrk failed: {text}{errors}");
        let printed = parse(&text).with_context(|| format!("wrk printed no result: {text}{errors}"))?;
        self.load.check(&printed)?;
        Ok(Outcome {
            requests: printed.requests,
            seconds: float(printed.micros) / 1e6,
            p50_ms: float(printed.p50_micros) / 1e3,
            p99_ms: float(printed.p99_micros) / 1e3,
        })
    }
}

/// The result that `load.lua` prints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    requests: u64,
    micros: u64,
    p50_micros: u64,
    p99_micros: u64,
    errors: Errors,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Errors {
    connect: u64,
    read: u64,
    write: u64,
    timeout: u64,
    status: u64,
}

fn parse(text: &str) -> Result<Printed> {
    let results: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("result: ")).collect();
    let [result] = results.as_slice() else { bail!("{} results instead of one", results.len()) };
    Ok(serde_json::from_str(result)?)
}

/// Whether a program can be started.
pub fn is_installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}
