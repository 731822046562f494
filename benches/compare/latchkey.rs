//! Latchkey and its accounts. Better Auth has the same contract, so its accounts are the same.

use std::{path::Path, process::Command, rc::Rc};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::{
    bench::Bench,
    request::Request,
    server::{Server, free_port},
};

/// The shared secret of the tokens with HS256.
pub const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

/// Signs tokens with HS256.
pub const HS256: &[(&str, &str)] = &[("LATCHKEY_JWT_SECRET", SECRET)];

/// The folder of the data, in the folder of the server.
pub const DATA: &str = "data";

pub const PASSWORD: &str = "violet otter lantern 42";

/// Starts Latchkey with an empty database and these settings. All others have their defaults, except that rate limits
/// are off.
pub fn start(bench: &Bench, binary: &Path, settings: &[(&str, &str)]) -> Result<Rc<Server>> {
    let (folder, port) = (bench.folder()?, free_port()?);
    let command = command(binary, folder.path(), port, settings);
    Ok(Rc::new(Server::start("Latchkey", command, port, "/readyz", folder)?))
}

/// The command that starts Latchkey with its data in `folder`.
pub fn command(binary: &Path, folder: &Path, port: u16, settings: &[(&str, &str)]) -> Command {
    let mut command = program(binary, "serve", folder, settings);
    command.env("LATCHKEY_LISTEN", format!("127.0.0.1:{port}")).env("LATCHKEY_RATE_LIMIT", "off");
    command
}

/// Creates the tables.
pub fn migrate(binary: &Path, folder: &Path, settings: &[(&str, &str)]) -> Result<()> {
    let output = program(binary, "migrate", folder, settings).output()?;
    ensure!(output.status.success(), "latchkey migrate failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn program(binary: &Path, subcommand: &str, folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary);
    command
        .arg(subcommand)
        .current_dir(folder)
        .env_clear()
        .env("LATCHKEY_DATA", folder.join(DATA))
        .envs(settings.iter().copied());
    command
}

/// An account, signed in.
pub struct Account {
    pub id: String,
    email: String,
    /// The cookies of the sign-up, as a browser returns them.
    pub cookies: String,
}

impl Account {
    /// Signs up at Latchkey or Better Auth.
    pub fn new(server: &Server, number: usize) -> Result<Self> {
        let email = format!("user{number}@example.com");
        let body = json!({ "name": "Ada Lovelace", "email": email, "password": PASSWORD });
        let answer = Request::post("/api/auth/sign-up/email", &body).expect(&server.url(), 200)?;
        let json = answer.json()?;
        let id = json["user"]["id"].as_str().context("the answer to a sign-up has no user")?.to_owned();
        Ok(Self { id, email, cookies: answer.cookies })
    }

    /// Signs up several accounts.
    pub fn several(server: &Server, number: usize) -> Result<Vec<Self>> {
        (0..number).map(|number| Self::new(server, number)).collect()
    }

    /// Signs in.
    pub fn sign_in(&self) -> Request {
        Request::post("/api/auth/sign-in/email", &json!({ "email": self.email, "password": PASSWORD }))
    }

    /// Reads the session as a browser does, with the cookies.
    pub fn get_session(&self) -> Request {
        Request::get("/api/auth/get-session").header("cookie", &self.cookies)
    }

    /// An access token.
    pub fn token(&self, server: &Server) -> Result<String> {
        let request = Request::get("/api/auth/token").header("cookie", &self.cookies);
        let json = request.expect(&server.url(), 200)?.json()?;
        Ok(json["token"].as_str().context("the answer has no access token")?.to_owned())
    }

    /// Reads the account's profile with an access token.
    pub fn profile(&self, server: &Server) -> Result<Request> {
        Ok(Request::get(format!("/api/users/{}", self.id)).bearer(&self.token(server)?))
    }
}
