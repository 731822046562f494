//! Compares Latchkey with its limits and with similar services.
//!
//! `make bench` runs all scenarios but those of `make bench-users`, `make bench ONLY="profile verify"` some of them. docs/performance.md describes the
//! method.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

mod bench;
mod contest;
mod database;
mod goals;
mod latchkey;
mod limits;
mod load;
mod peers;
mod population;
mod postgres;
mod process;
mod report;
mod request;
mod scenarios;
mod server;

use std::{env, process::ExitCode, time::Instant};

use anyhow::{Result, ensure};

use bench::Bench;
use scenarios::{ALL, Scenario};

/// The load of a machine, in running processes, above which a warning is printed.
const BUSY: f32 = 0.5;

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

/// Runs the named scenarios, or all but those that take minutes. A scenario that fails does not stop the others.
fn compare(names: &[String]) -> Result<()> {
    let selected = select(names)?;
    ensure!(load::is_installed("wrk"), "wrk is missing: run scripts/setup-bench");
    let bench = Bench::new()?;
    if let Some(load) = process::load().filter(|load| *load > BUSY) {
        eprintln!("Other programs use this machine (load {load}): requests per second and latency are not reliable.");
    }
    let (mut rows, mut failed) = (Vec::new(), Vec::new());
    for scenario in selected {
        let begin = Instant::now();
        eprint!("==> {} ", scenario.name);
        match (scenario.run)(&bench) {
            Ok(measured) => rows.extend(measured),
            Err(error) => {
                eprint!("FAILED: {error:#} ");
                failed.push(scenario.name);
            }
        }
        eprintln!("({} s)", begin.elapsed().as_secs());
    }
    let file = bench.output.join("results.json");
    report::write(&file, &bench, &rows)?;
    println!("\n{}\nMedians of the rounds; {} has all of them.", report::table(&rows), file.display());
    ensure!(failed.is_empty(), "failed scenarios, see above: {}", failed.join(", "));
    Ok(())
}

fn select(names: &[String]) -> Result<Vec<&'static Scenario>> {
    let known: Vec<_> = ALL.iter().map(|scenario| scenario.name).collect();
    for name in names {
        ensure!(known.contains(&name.as_str()), "there is no scenario {name}; there are: {}", known.join(", "));
    }
    let is_selected = |scenario: &&Scenario| match names {
        [] => !scenario.takes_minutes,
        names => names.iter().any(|name| name == scenario.name),
    };
    Ok(ALL.iter().filter(is_selected).collect())
}
