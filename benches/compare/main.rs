//! Compares Latchkey with its limits and with similar services.
//!
//! `make bench` runs all scenarios, `make bench ONLY="profile verify"` some of them. docs/performance.md describes the
//! method.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

mod bench;
mod contest;
mod goals;
mod latchkey;
mod limits;
mod load;
mod peers;
mod process;
mod report;
mod request;
mod scenarios;
mod server;

use std::{env, process::ExitCode, time::Instant};

use anyhow::{Context, Result, ensure};

use bench::Bench;
use scenarios::{ALL, Scenario};

fn main() -> ExitCode {
    // Cargo adds the first argument.
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let result = if limits::is_selected(&arguments) { limits::run(&arguments[1..]) } else { compare(&arguments) };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the named scenarios, or all of them.
fn compare(names: &[String]) -> Result<()> {
    let selected = select(names)?;
    ensure!(load::is_installed("wrk"), "wrk is missing: run scripts/setup-bench");
    let bench = Bench::new()?;
    let mut rows = Vec::new();
    for scenario in selected {
        let begin = Instant::now();
        eprint!("==> {} ", scenario.name);
        let measured = (scenario.run)(&bench);
        eprintln!("({} s)", begin.elapsed().as_secs());
        rows.extend(measured.with_context(|| format!("the scenario {} failed", scenario.name))?);
    }
    let file = bench.output.join("results.json");
    report::write(&file, &rows)?;
    println!("\n{}\nMedians of the rounds; {} has all of them.", report::table(&rows), file.display());
    Ok(())
}

fn select(names: &[String]) -> Result<Vec<&'static Scenario>> {
    let known: Vec<_> = ALL.iter().map(|scenario| scenario.name).collect();
    for name in names {
        ensure!(known.contains(&name.as_str()), "there is no scenario {name}; there are: {}", known.join(", "));
    }
    Ok(ALL.iter().filter(|scenario| names.is_empty() || names.iter().any(|name| name == scenario.name)).collect())
}
