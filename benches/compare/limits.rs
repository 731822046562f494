//! The limits of this machine: servers that do nothing but answer, and argon2id without a server.
//!
//! Each runs in a process of its own: the benchmark starts itself with the argument `limit`.

use std::{
    env, fs,
    net::Ipv4Addr,
    process::Command,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use axum::{Router, http::header, routing::get, serve::ListenerExt};
use serde::{Deserialize, Serialize};
use tokio::net::{TcpListener, TcpStream};
use tower_http::services::ServeFile;

use crate::{
    bench::Bench,
    process,
    request::Answer,
    server::{Server, free_port},
};

/// The path of each limit server.
pub const PATH: &str = "/limit";

/// The argument that makes the benchmark one of the limits.
pub const ARGUMENT: &str = "limit";

/// The raw speed of argon2id.
#[derive(Serialize, Deserialize)]
pub struct Hashes {
    pub number: u64,
    pub seconds: f64,
    pub cpu_ms: Option<f64>,
    pub peak_mb: Option<f64>,
}

/// Starts a server with a bare axum route that answers with the same bytes and content type.
pub fn bare_route(bench: &Bench, answer: &Answer) -> Result<Rc<Server>> {
    serve(bench, "bytes", answer)
}

/// Starts a server that reads the same bytes from a file for each request.
pub fn static_file(bench: &Bench, answer: &Answer) -> Result<Rc<Server>> {
    serve(bench, "file", answer)
}

fn serve(bench: &Bench, kind: &str, answer: &Answer) -> Result<Rc<Server>> {
    let (folder, port) = (bench.folder()?, free_port()?);
    let file = folder.path().join("answer");
    fs::write(&file, &answer.body)?;
    let mut command = Command::new(env::current_exe()?);
    command.args([ARGUMENT, kind, &port.to_string(), &answer.content_type]).arg(&file);
    Ok(Rc::new(Server::start("axum", command, port, PATH, folder)?))
}

/// Computes hashes in a process of its own.
pub fn hash(threads: usize, seconds: u32) -> Result<Hashes> {
    let arguments = [ARGUMENT, "argon2", &threads.to_string(), &seconds.to_string()];
    let output = Command::new(env::current_exe()?).args(arguments).output()?;
    ensure!(output.status.success(), "argon2id failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Becomes one of the limits, as the arguments say.
pub fn run(arguments: &[String]) -> Result<()> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["bytes", port, content_type, file] => {
            let (body, content_type) = (fs::read(file)?.leak() as &'static [u8], (*content_type).to_owned());
            let content_type = axum::http::HeaderValue::from_str(&content_type)?;
            let answer = move || std::future::ready(([(header::CONTENT_TYPE, content_type.clone())], body));
            listen(port, Router::new().route(PATH, get(answer)))
        }
        ["file", port, _, file] => listen(port, Router::new().route_service(PATH, ServeFile::new(file))),
        ["argon2", threads, seconds] => {
            let hashes = compute(threads.parse()?, Duration::from_secs(seconds.parse()?))?;
            println!("{}", serde_json::to_string(&hashes)?);
            Ok(())
        }
        other => bail!("unknown limit: {other:?}"),
    }
}

fn listen(port: &str, router: Router) -> Result<()> {
    let address = (Ipv4Addr::LOCALHOST, port.parse()?);
    tokio::runtime::Runtime::new()?.block_on(async {
        // Without it, an answer in several writes waits 40 ms for the client's acknowledgement.
        let without_delay = |stream: &mut TcpStream| stream.set_nodelay(true).unwrap_or_default();
        let listener = TcpListener::bind(address).await?.tap_io(without_delay);
        Ok(axum::serve(listener, router).await?)
    })
}

/// Computes hashes with Latchkey's parameters. Each thread keeps its memory.
fn compute(threads: usize, time: Duration) -> Result<Hashes> {
    let params = Params::new(19 * 1024, 2, 1, Some(32)).ok().context("valid parameters")?;
    let (hashes, begin) = (AtomicU64::new(0), Instant::now());
    let work = || {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let mut memory = vec![Block::default(); params.block_count()];
        let mut output = [0; 32];
        while begin.elapsed() < time {
            argon2
                .hash_password_into_with_memory(b"violet otter lantern 42", &[7; 16], &mut output, &mut memory)
                .map_err(|error| anyhow::anyhow!("argon2id: {error}"))?;
            hashes.fetch_add(1, Ordering::Relaxed);
        }
        anyhow::Ok(())
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow::anyhow!("a panic"))?)
    })?;
    let usage = process::usage(std::process::id());
    Ok(Hashes {
        number: hashes.into_inner(),
        seconds: begin.elapsed().as_secs_f64(),
        cpu_ms: usage.map(|usage| usage.cpu_ms),
        peak_mb: usage.map(|usage| usage.peak_mb),
    })
}

/// Whether the arguments select a limit.
pub fn is_selected(arguments: &[String]) -> bool {
    arguments.first().is_some_and(|first| first == ARGUMENT)
}
