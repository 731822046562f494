//! Memory.

use std::{rc::Rc, thread, time::Duration};

use anyhow::Result;

use super::sign_in::{SECONDS, sign_in_load};
use crate::{
    bench::Bench,
    latchkey,
    peers::{self, BETTER_AUTH},
    process,
    report::Row,
    server::Server,
};

/// The number of sign-ins after which the peak is read.
const SIGN_INS: u64 = 1000;

/// The memory of a server, in MB.
struct Memory {
    idle: f64,
    peak: f64,
}

pub fn memory(bench: &Bench) -> Result<Vec<Row>> {
    let mut latchkeys = Vec::new();
    for binary in bench.binaries() {
        latchkeys.extend(measure(&latchkey::start(bench, binary, &[])?)?);
    }
    let Some(latchkey) = latchkeys.first() else {
        eprintln!("    Memory is measured on Linux only.");
        return Ok(Vec::new());
    };
    let other = measure(&peers::better_auth(bench)?)?;
    let idle = other.as_ref().map(|memory| (BETTER_AUTH, memory.idle));
    let grown = other.as_ref().map(|memory| (BETTER_AUTH, memory.peak - memory.idle));
    let mut rows = vec![
        Row::of_value("memory/idle", vec![latchkey.idle], idle)?,
        Row::of_value("memory/sign-ins", vec![latchkey.peak - latchkey.idle], grown)?,
    ];
    if let Some(baseline) = latchkeys.get(1) {
        rows.push(Row::of_value("memory/idle/baseline", vec![baseline.idle], None)?);
        rows.push(Row::of_value("memory/sign-ins/baseline", vec![baseline.peak - baseline.idle], None)?);
    }
    Ok(rows)
}

/// `None` on other systems than Linux.
fn measure(server: &Rc<Server>) -> Result<Option<Memory>> {
    // The start is over: its memory has been returned, its connections are open.
    thread::sleep(Duration::from_secs(1));
    let Some(idle) = process::usage(server.id()) else { return Ok(None) };
    let (load, mut done) = (sign_in_load(server)?, 0);
    while done < SIGN_INS {
        done += load.run(SECONDS)?.requests;
    }
    let after = process::usage(server.id());
    Ok(after.map(|after| Memory { idle: idle.resident_mb, peak: after.peak_mb }))
}
