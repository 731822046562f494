//! Every row of the result, and its goal.

use std::thread;

use anyhow::{Context, Result};

/// A row of the result.
pub struct Entry {
    /// The scenario, and the side that the row compares it with.
    pub name: &'static str,
    /// What is measured.
    pub what: &'static str,
    pub unit: &'static str,
    pub goal: Option<Goal>,
}

/// The goal of a measured value.
#[derive(Clone, Copy)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// At most the memory of one password hash for each processor, and 10 MB.
    HashMemory,
}

use Goal::{AtLeast, AtMost, HashMemory};

const fn row(name: &'static str, what: &'static str, unit: &'static str, goal: Option<Goal>) -> Entry {
    Entry { name, what, unit, goal }
}

const GOALS: &[Entry] = &[
    row("profile/fastapi", "profile with HS256, against FastAPI + PyJWT", "×", Some(AtLeast(8.0))),
    row("profile/axum", "profile with HS256, against a bare axum route", "×", None),
    row("profile/cpu", "processor time of a profile with HS256", "ms", Some(AtMost(0.05))),
    row("eddsa/hs256", "profile with EdDSA, against HS256", "×", Some(AtLeast(0.9))),
    row("verify/healthz", "GET /api/auth/verify, against GET /healthz", "×", Some(AtLeast(0.85))),
    row("token-check/hs256", "a route with an HS256 token, against the same without", "×", Some(AtLeast(0.95))),
    row("token-check/eddsa", "a route with an EdDSA token, against the same without", "×", Some(AtLeast(0.9))),
    row("get-session/better-auth", "get-session with cookies, against Better Auth", "×", Some(AtLeast(15.0))),
    row("sign-in/argon2", "sign-in, against raw argon2id", "×", Some(AtLeast(0.95))),
    row("sign-in/better-auth", "sign-in, against Better Auth", "×", Some(AtLeast(5.0))),
    row("page/axum", "sign-in page, against a bare axum route", "×", Some(AtLeast(0.5))),
    row("forbidden/profile", "403 for another user's id, against the own profile", "×", Some(AtLeast(1.0))),
    row("asset/file", "stylesheet, against axum with a static file", "×", None),
    row("memory/idle", "memory, idle", "MB", Some(AtMost(20.0))),
    row("memory/sign-ins", "growth to the peak of 1,000 sign-ins", "MB", Some(HashMemory)),
    row("binary/size", "size of the binary", "MB", Some(AtMost(20.0))),
    row("start/first-answer", "start to the first answer, migrated database", "ms", Some(AtMost(60.0))),
    row("latency/sign-ins", "p99 of a profile while 64 clients sign in, against calm", "×", Some(AtMost(3.0))),
    row("threads/one", "profile with 2 worker threads, against 1", "×", Some(AtLeast(1.8))),
    // One million users and five million sessions, against one thousand and five thousand.
    row("users-sqlite/sign-in", "SQLite: sign-in", "×", Some(AtLeast(0.9))),
    row("users-sqlite/renew", "SQLite: renewal", "×", Some(AtLeast(0.9))),
    row("users-sqlite/profile", "SQLite: profile", "×", Some(AtLeast(0.9))),
    row("users-sqlite/list", "SQLite: list of own sessions", "×", Some(AtLeast(0.9))),
    row("users-sqlite/profile-spread", "SQLite: profiles of 50,000 active users, against 1,000", "×", None),
    row("users-sqlite/size", "SQLite: size of the database", "MB", None),
    row("users-postgres/sign-in", "PostgreSQL: sign-in", "×", Some(AtLeast(0.9))),
    row("users-postgres/renew", "PostgreSQL: renewal", "×", Some(AtLeast(0.9))),
    row("users-postgres/profile", "PostgreSQL: profile", "×", Some(AtLeast(0.9))),
    row("users-postgres/list", "PostgreSQL: list of own sessions", "×", Some(AtLeast(0.9))),
    row("users-postgres/profile-spread", "PostgreSQL: profiles of 50,000 active users, against 1,000", "×", None),
    row("users-postgres/size", "PostgreSQL: size of the database", "MB", None),
];

/// The row with this name. The comparison with another binary of Latchkey has no goal.
pub fn entry(name: &str) -> Result<Entry> {
    if let Some(found) = GOALS.iter().find(|entry| entry.name == name) {
        return Ok(Entry { ..*found });
    }
    let scenario = name.strip_suffix("/baseline").with_context(|| format!("the row {name} is not in the table"))?;
    let of_scenario = GOALS.iter().find(|entry| entry.name.split('/').next() == scenario.split('/').next());
    let unit = of_scenario.with_context(|| format!("the scenario {scenario} is not in the table"))?.unit;
    let unit = if unit == "ms" || unit == "MB" { unit } else { "×" };
    Ok(Entry { name: "", what: "the same, against the baseline", unit, goal: None })
}

impl Goal {
    /// Whether a value reaches the goal.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            AtLeast(limit) => value >= limit,
            AtMost(limit) => value <= limit,
            HashMemory => value <= hash_memory(),
        }
    }

    pub fn text(self, unit: &str) -> String {
        match self {
            AtLeast(limit) => format!("≥ {limit} {unit}"),
            AtMost(limit) => format!("≤ {limit} {unit}"),
            HashMemory => format!("≤ {:.0} {unit}", hash_memory()),
        }
    }
}

/// In MB: 19 MiB for each processor, and 10 MB.
fn hash_memory() -> f64 {
    let permits = thread::available_parallelism().map_or(1.0, |number| crate::process::float(number.get() as u64));
    permits * 19.0 * 1.048_576 + 10.0
}
