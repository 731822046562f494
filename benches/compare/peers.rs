//! Similar services, with pinned versions. `scripts/setup-bench` installs them.

use std::{process::Command, rc::Rc, thread};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::{
    bench::Bench,
    latchkey::SECRET,
    request::Answer,
    server::{Server, free_port},
};

pub const BETTER_AUTH: &str = "Better Auth";
pub const FASTAPI: &str = "FastAPI + PyJWT";

/// Starts Better Auth with its memory store, without rate limits and plugins, as in production.
pub fn better_auth(bench: &Bench) -> Result<Rc<Server>> {
    let folder = bench.root.join("end2end/interop");
    let modules = folder.join("node_modules/better-auth");
    ensure!(modules.is_dir(), "Better Auth is missing: run scripts/setup-bench");
    let port = free_port()?;
    let options =
        json!({ "baseURL": format!("http://127.0.0.1:{port}"), "rateLimit": { "enabled": false }, "plugins": [] });
    let mut command = Command::new("node");
    command
        .arg(folder.join("support/better-auth-server.js"))
        .args([port.to_string(), options.to_string()])
        .env("NODE_ENV", "production");
    Ok(Rc::new(Server::start(BETTER_AUTH, command, port, "/api/auth/ok", bench.folder()?)?))
}

/// Starts a service that verifies the access tokens of `latchkey` and answers with the same profile. It has
/// one worker process per processor.
pub fn fastapi(bench: &Bench, latchkey: &Server, profile: &Answer) -> Result<Rc<Server>> {
    let peer = bench.root.join("benches/peers/fastapi");
    let uvicorn = peer.join(".venv/bin/uvicorn");
    ensure!(uvicorn.is_file(), "FastAPI is missing: run scripts/setup-bench");
    let (folder, port) = (bench.folder()?, free_port()?);
    let workers = thread::available_parallelism()?.to_string();
    let issuer = latchkey.host.replace("127.0.0.1", "http://localhost");
    let mut command = Command::new(uvicorn);
    command
        .args(["main:app", "--host", "127.0.0.1", "--port", &port.to_string(), "--workers", &workers])
        .args(["--no-access-log", "--log-level", "warning", "--app-dir"])
        .arg(peer)
        .envs([("SECRET", SECRET), ("ISSUER", &issuer), ("PROFILE", &profile.body)]);
    Ok(Rc::new(Server::start(FASTAPI, command, port, "/healthz", folder)?))
}
