//! Requests that change nothing.

use std::rc::Rc;

use anyhow::{Context, Result};

use crate::{
    bench::Bench,
    contest::{Contest, Results},
    latchkey::{self, Account, HS256},
    limits,
    load::Load,
    peers::{self, BETTER_AUTH, FASTAPI},
    report::Row,
    request::Request,
    server::Server,
};

/// A route that authenticates and uses no result of it: its answer is the same for all visitors.
const REDIRECT: &str = "/login";

const WITHOUT_TOKEN: &str = "without a token";

/// The difference is small: many short rounds show it in spite of changes of the machine's speed.
const TOKEN_CHECK_ROUNDS: usize = 11;

/// `GET /api/users/{id}` with a token of the account.
pub fn profile_load(server: &Rc<Server>) -> Result<Load> {
    let account = Account::new(server, 1)?;
    Ok(Load::new(server, account.profile(server)?))
}

/// The ratio to the other side, and to the baseline if there is one.
fn rows(results: &Results, row: &str, other: &str) -> Result<Vec<Row>> {
    let scenario = row.split('/').next().unwrap_or_default();
    Ok([Some(results.ratio(row, other)?), results.against_baseline(scenario)?].into_iter().flatten().collect())
}

pub fn profile(bench: &Bench) -> Result<Vec<Row>> {
    let mut contest = Contest::new(bench);
    let load = contest.latchkey(HS256, profile_load)?;
    let request = load.request()?;
    let answer = request.expect(&load.server.url(), 200)?;
    let fastapi = peers::fastapi(bench, &load.server, &answer)?;
    let same = request.expect(&fastapi.url(), 200)?;
    anyhow::ensure!(same.json()? == answer.json()?, "{FASTAPI} answers with {} instead of {}", same.body, answer.body);
    contest.against(FASTAPI, Load::new(&fastapi, request.clone()));
    contest.against("axum", Load::new(&limits::bare_route(bench, &answer)?, request.at(limits::PATH)));
    let results = contest.run()?;
    let rows = [
        Some(results.ratio("profile/fastapi", FASTAPI)?),
        Some(results.ratio("profile/axum", "axum")?),
        results.cpu("profile/cpu")?,
        results.against_baseline("profile")?,
    ];
    Ok(rows.into_iter().flatten().collect())
}

pub fn eddsa(bench: &Bench) -> Result<Vec<Row>> {
    let mut contest = Contest::new(bench);
    contest.latchkey(&[], profile_load)?;
    contest.against("HS256", profile_load(&latchkey::start(bench, &bench.binary, HS256)?)?);
    rows(&contest.run()?, "eddsa/hs256", "HS256")
}

pub fn verify(bench: &Bench) -> Result<Vec<Row>> {
    let mut contest = Contest::new(bench);
    let load = contest.latchkey(HS256, |server| {
        let token = Account::new(server, 1)?.token(server)?;
        Ok(Load::new(server, Request::get("/api/auth/verify").bearer(&token)).expect(200))
    })?;
    contest.against("healthz", Load::new(&load.server, Request::get("/healthz")));
    rows(&contest.run()?, "verify/healthz", "healthz")
}

/// A redirect that needs no token, with a valid one and with a header of the same length that has none. All else is
/// equal: the route, its middleware and the bytes of the answer.
pub fn token_check(bench: &Bench) -> Result<Vec<Row>> {
    let mut all = Vec::new();
    for (settings, row) in [(HS256, "token-check/hs256"), (&[], "token-check/eddsa")] {
        let mut contest = Contest::new(bench).seconds(1).rounds(TOKEN_CHECK_ROUNDS);
        let load = contest.latchkey(settings, |server| {
            let token = Account::new(server, 1)?.token(server)?;
            Ok(Load::new(server, Request::get(REDIRECT).bearer(&token)).expect(308))
        })?;
        let token = Account::new(&load.server, 2)?.token(&load.server)?;
        // Browsers send this scheme on their own, so it counts as no header. The second space replaces a letter.
        let without = Request::get(REDIRECT).header("authorization", format!("Basic  {token}"));
        contest.against(WITHOUT_TOKEN, Load::new(&load.server, without).expect(308));
        all.extend(rows(&contest.run()?, row, WITHOUT_TOKEN)?);
    }
    Ok(all)
}

pub fn get_session(bench: &Bench) -> Result<Vec<Row>> {
    let mut contest = Contest::new(bench);
    contest.latchkey(HS256, session_load)?;
    contest.against(BETTER_AUTH, session_load(&peers::better_auth(bench)?)?);
    rows(&contest.run()?, "get-session/better-auth", BETTER_AUTH)
}

fn session_load(server: &Rc<Server>) -> Result<Load> {
    let request = Account::new(server, 1)?.get_session();
    let answer = request.expect(&server.url(), 200)?;
    anyhow::ensure!(answer.json()?["user"].is_object(), "{} finds no session: {}", server.name, answer.body);
    Ok(Load::new(server, request))
}

pub fn page(bench: &Bench) -> Result<Vec<Row>> {
    let mut contest = Contest::new(bench);
    let load = contest.latchkey(&[], |server| Ok(Load::new(server, Request::get("/sign-in"))))?;
    let answer = load.request()?.expect(&load.server.url(), 200)?;
    contest.against("axum", Load::new(&limits::bare_route(bench, &answer)?, Request::get(limits::PATH)));
    rows(&contest.run()?, "page/axum", "axum")
}

pub fn forbidden(bench: &Bench) -> Result<Vec<Row>> {
    let mut contest = Contest::new(bench);
    let load = contest.latchkey(HS256, |server| {
        let (account, other) = (Account::new(server, 1)?, Account::new(server, 2)?);
        Ok(Load::new(server, account.profile(server)?.at(&format!("/api/users/{}", other.id))).expect(403))
    })?;
    contest.against("own profile", Load::new(&load.server, Account::new(&load.server, 3)?.profile(&load.server)?));
    rows(&contest.run()?, "forbidden/profile", "own profile")
}

pub fn asset(bench: &Bench) -> Result<Vec<Row>> {
    let mut contest = Contest::new(bench);
    let load = contest.latchkey(&[], |server| {
        let page = Request::get("/sign-in").expect(&server.url(), 200)?.body;
        let (_, rest) = page.split_once("href=\"/pkg/latchkey").context("the page names no stylesheet")?;
        let (name, _) = rest.split_once('"').context("the page names no stylesheet")?;
        Ok(Load::new(server, Request::get(format!("/pkg/latchkey{name}"))))
    })?;
    let answer = load.request()?.expect(&load.server.url(), 200)?;
    contest.against("file", Load::new(&limits::static_file(bench, &answer)?, Request::get(limits::PATH)));
    rows(&contest.run()?, "asset/file", "file")
}
