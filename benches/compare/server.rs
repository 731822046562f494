//! A server in a process of its own, on a free port of the loopback address.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::request::Request;

/// How long a server may take to start, or to stop.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Dropping it stops it.
pub struct Server {
    pub name: String,
    /// Where it listens: `127.0.0.1:PORT`.
    pub host: String,
    process: Child,
    errors: PathBuf,
    /// Its data, removed after it has stopped.
    _folder: TempDir,
}

impl Server {
    /// Starts a server whose data is in `folder`, and waits until it answers `GET ready` with 200. The standard error output is shown if it fails;
    /// the standard output, where Latchkey logs, is discarded.
    pub fn start(name: &str, mut command: Command, port: u16, ready: &str, folder: TempDir) -> Result<Self> {
        let errors = folder.path().join("stderr.log");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&errors)?);
        let process = command.spawn().with_context(|| format!("{name} cannot be started: {command:?}"))?;
        let mut server = Self { name: name.to_owned(), host: host(port), process, errors, _folder: folder };
        server.wait_until_ready(ready)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, path: &str) -> Result<()> {
        let (begin, request) = (Instant::now(), Request::get(path));
        while begin.elapsed() < PATIENCE {
            if let Some(status) = self.process.try_wait()? {
                bail!("{} ended at its start ({status}): {}", self.name, self.last_errors());
            }
            if request.send(&self.url()).is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(1));
        }
        bail!("{} did not answer GET {path} with 200 in {PATIENCE:?}: {}", self.name, self.last_errors())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The end of the standard error output.
    pub fn last_errors(&self) -> String {
        let text = fs::read_to_string(&self.errors).unwrap_or_default();
        let lines: Vec<_> = text.lines().rev().take(10).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.process);
    }
}

/// Stops a process with SIGTERM, so that a server with worker processes stops them too.
pub fn stop(process: &mut Child) {
    let signalled = process_id(process).is_some_and(|id| kill_process(id, Signal::TERM).is_ok());
    let begin = Instant::now();
    while signalled && begin.elapsed() < PATIENCE && matches!(process.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(5));
    }
    // Without effect on a process that has ended.
    let _ = process.kill();
    let _ = process.wait();
}

/// The id of a process, for signals.
pub fn process_id(process: &Child) -> Option<Pid> {
    i32::try_from(process.id()).ok().and_then(Pid::from_raw)
}

/// The time in milliseconds from the start of a server until it answers `GET path`. Then stops the server.
pub fn time_first_answer(mut command: Command, port: u16, path: &str) -> Result<f64> {
    let host = host(port);
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let begin = Instant::now();
    let mut process = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let mut answered = Ok(false);
    while let Ok(false) = answered
        && begin.elapsed() < PATIENCE
        && matches!(process.try_wait(), Ok(None))
    {
        answered = answers(&host, &request);
    }
    let milliseconds = begin.elapsed().as_secs_f64() * 1000.0;
    stop(&mut process);
    ensure!(answered?, "{command:?} did not answer GET {path}");
    Ok(milliseconds)
}

/// Whether a server accepts a connection and answers the request with 200.
fn answers(host: &str, request: &str) -> Result<bool> {
    let Ok(mut stream) = TcpStream::connect(host) else {
        // Leaves the processors to the server that starts.
        thread::sleep(Duration::from_micros(200));
        return Ok(false);
    };
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 200"), "the first answer is {answer:.100}");
    Ok(true)
}

fn host(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// A port that no program listens on.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
