//! Sign-ins, and other requests during sign-ins.

use std::{rc::Rc, thread, time::Duration};

use anyhow::Result;

use crate::{
    bench::{Bench, ROUND, ROUNDS, WARM_UP},
    contest::Contest,
    latchkey::{self, Account, HS256},
    load::{Load, Outcome},
    peers::{self, BETTER_AUTH},
    report::{Figures, Row, median},
    server::Server,
};

/// The number of accounts that sign in, one after the other on each connection.
const ACCOUNTS: usize = 32;

/// The duration of a round: long enough for about 60 sign-ins at Better Auth, which answers 32 at a time.
pub const SECONDS: u32 = 6;

/// Sign-ins of several accounts.
pub fn sign_in_load(server: &Rc<Server>) -> Result<Load> {
    Ok(Load::of(server, Account::several(server, ACCOUNTS)?.iter().map(Account::sign_in).collect()))
}

pub fn sign_in(bench: &Bench) -> Result<Vec<Row>> {
    let mut contest = Contest::new(bench).seconds(SECONDS);
    contest.latchkey(&[], sign_in_load)?;
    contest.against_hashes("argon2id", thread::available_parallelism()?.get());
    contest.against(BETTER_AUTH, sign_in_load(&peers::better_auth(bench)?)?);
    let results = contest.run()?;
    let rows = [
        Some(results.ratio("sign-in/argon2", "argon2id")?),
        Some(results.ratio("sign-in/better-auth", BETTER_AUTH)?),
        results.against_baseline("sign-in")?,
    ];
    Ok(rows.into_iter().flatten().collect())
}

/// The 99th percentile of a profile's latency, without and with 64 clients that sign in all the time.
pub fn latency(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (binary, name) in bench.binaries().zip(["latency/sign-ins", "latency/baseline"]) {
        let server = latchkey::start(bench, binary, HS256)?;
        let sign_ins = sign_in_load(&server)?.connections(64);
        let profile = Load::new(&server, Account::new(&server, ACCOUNTS)?.profile(&server)?);
        profile.run(WARM_UP)?;
        let (mut calm, mut busy) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            calm.push(profile.run(ROUND)?);
            // Longer than the measurement on both ends.
            let running = sign_ins.start(ROUND + 2)?;
            thread::sleep(Duration::from_secs(1));
            let measured = profile.run(ROUND);
            running.finish()?;
            busy.push(measured?);
        }
        let ratios = calm.iter().zip(&busy).map(|(calm, busy)| busy.p99_ms / calm.p99_ms).collect();
        rows.push(Row::new(name, figures(&busy), Some(("calm", figures(&calm))), ratios)?);
    }
    Ok(rows)
}

fn figures(rounds: &[Outcome]) -> Figures {
    Figures {
        per_second: median(rounds.iter().map(|round| crate::process::float(round.requests) / round.seconds)),
        p50_ms: median(rounds.iter().map(|round| round.p50_ms)),
        p99_ms: median(rounds.iter().map(|round| round.p99_ms)),
        ..Figures::default()
    }
}
