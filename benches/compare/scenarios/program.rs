//! The program: its size, its start, its threads.

use std::{fs, path::Path, process::Stdio};

use anyhow::Result;

use super::requests::profile_load;
use crate::{
    bench::Bench,
    contest::Contest,
    latchkey::{self, SECRET},
    process::float,
    report::Row,
    server::{free_port, time_first_answer},
};

const STARTS: usize = 10;

pub fn binary(bench: &Bench) -> Result<Vec<Row>> {
    let size = |binary: &Path| Ok::<_, anyhow::Error>(float(fs::metadata(binary)?.len()) / 1e6);
    let mut rows = Vec::new();
    for (binary, name) in bench.binaries().zip(["binary/size", "binary/baseline"]) {
        rows.push(Row::of_value(name, vec![size(binary)?], None)?);
    }
    Ok(rows)
}

/// The time from the start of the process to the first answer, on a database that has been migrated.
pub fn start(bench: &Bench) -> Result<Vec<Row>> {
    let binaries: Vec<_> = bench.binaries().collect();
    let mut times: Vec<Vec<f64>> = binaries.iter().map(|_| Vec::new()).collect();
    let folders = binaries.iter().map(|_| bench.folder()).collect::<Result<Vec<_>>>()?;
    for round in 0..=STARTS {
        for ((binary, folder), times) in binaries.iter().zip(&folders).zip(&mut times) {
            let milliseconds = time_start(binary, folder.path())?;
            // The first start migrates.
            if round > 0 {
                times.push(milliseconds);
            }
        }
    }
    let names = ["start/first-answer", "start/baseline"];
    times.into_iter().zip(names).map(|(times, name)| Row::of_value(name, times, None)).collect()
}

fn time_start(binary: &Path, folder: &Path) -> Result<f64> {
    let port = free_port()?;
    let mut command = latchkey::command(binary, folder, port, &[]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
    time_first_answer(command, port, "/healthz")
}

/// One and two worker threads. The load generator needs a processor too, so fewer than three limit the result.
pub fn threads(bench: &Bench) -> Result<Vec<Row>> {
    let settings = |threads| [("LATCHKEY_JWT_SECRET", SECRET), ("TOKIO_WORKER_THREADS", threads)];
    let mut contest = Contest::new(bench);
    contest.latchkey(&settings("2"), profile_load)?;
    contest.against("1 thread", profile_load(&latchkey::start(bench, &bench.binary, &settings("1"))?)?);
    let results = contest.run()?;
    let rows = [Some(results.ratio("threads/one", "1 thread")?), results.against_baseline("threads")?];
    Ok(rows.into_iter().flatten().collect())
}
