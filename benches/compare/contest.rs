//! Drives the sides of a comparison alternately, so that a change of the machine's speed affects all of them.

use std::rc::Rc;

use anyhow::{Context, Result, bail};

use crate::{
    bench::{Bench, ROUND, ROUNDS, WARM_UP},
    latchkey, limits,
    load::Load,
    process::{self, float},
    report::{Figures, Row, median},
    server::Server,
};

/// The side with the other binary of Latchkey.
const BASELINE: &str = "baseline";

/// The sides of a comparison. The first one is compared with all others.
pub struct Contest<'a> {
    bench: &'a Bench,
    seconds: u32,
    rounds: usize,
    sides: Vec<Side>,
}

struct Side {
    name: String,
    work: Work,
}

/// What a side does.
enum Work {
    Requests(Load),
    /// Hashes on this number of threads.
    Hashes(usize),
}

/// The measured rounds of each side.
pub struct Results {
    sides: Vec<(String, Vec<Sample>, Figures)>,
}

/// One round of one side.
struct Sample {
    per_second: f64,
    cpu_ms: Option<f64>,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    peak_mb: Option<f64>,
}

impl<'a> Contest<'a> {
    pub fn new(bench: &'a Bench) -> Self {
        Self { bench, seconds: ROUND, rounds: ROUNDS, sides: Vec::new() }
    }

    /// The duration of a round.
    pub fn seconds(self, seconds: u32) -> Self {
        Self { seconds, ..self }
    }

    /// The number of rounds.
    pub fn rounds(self, rounds: usize) -> Self {
        Self { rounds, ..self }
    }

    /// Adds Latchkey with these settings as the first side, and the other binary if there is one. Returns the load of
    /// the first.
    pub fn latchkey(&mut self, settings: &[(&str, &str)], load: impl Fn(&Rc<Server>) -> Result<Load>) -> Result<Load> {
        let mut loads = Vec::new();
        for (binary, name) in self.bench.binaries().zip(["Latchkey", BASELINE]) {
            let server = latchkey::start(self.bench, binary, settings)?;
            let load = load(&server)?;
            self.against(name, load.clone());
            loads.push(load);
        }
        loads.into_iter().next().context("no binary")
    }

    /// Adds a side that answers requests.
    pub fn against(&mut self, name: &str, load: Load) {
        self.sides.push(Side { name: name.to_owned(), work: Work::Requests(load) });
    }

    /// Adds a side that computes hashes.
    pub fn against_hashes(&mut self, name: &str, threads: usize) {
        self.sides.push(Side { name: name.to_owned(), work: Work::Hashes(threads) });
    }

    /// Warms up and measures all sides.
    pub fn run(self) -> Result<Results> {
        for side in &self.sides {
            side.measure(WARM_UP.max(self.seconds / 2))?;
        }
        let mut samples: Vec<Vec<Sample>> = self.sides.iter().map(|_| Vec::new()).collect();
        for round in 0..self.rounds {
            let mut order: Vec<usize> = (0..self.sides.len()).collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for number in order {
                if let (Some(side), Some(samples)) = (self.sides.get(number), samples.get_mut(number)) {
                    samples.push(side.measure(self.seconds)?);
                }
            }
        }
        let with_figures = |(side, samples): (Side, Vec<Sample>)| {
            let figures = figures(&samples);
            (side.name, samples, figures)
        };
        Ok(Results { sides: self.sides.into_iter().zip(samples).map(with_figures).collect() })
    }
}

impl Side {
    fn measure(&self, seconds: u32) -> Result<Sample> {
        match &self.work {
            Work::Requests(load) => measure_load(load, seconds),
            Work::Hashes(threads) => {
                let result = limits::hash(*threads, seconds)?;
                let number = float(result.number);
                Ok(Sample {
                    per_second: number / result.seconds,
                    cpu_ms: result.cpu_ms.map(|total| total / number),
                    p50_ms: None,
                    p99_ms: None,
                    peak_mb: result.peak_mb,
                })
            }
        }
    }
}

fn measure_load(load: &Load, seconds: u32) -> Result<Sample> {
    let id = load.server.id();
    let before = process::usage(id);
    let outcome = load.run(seconds)?;
    let after = process::usage(id);
    let number = float(outcome.requests);
    let cpu_ms = before.zip(after).map(|(before, after)| (after.cpu_ms - before.cpu_ms) / number);
    Ok(Sample {
        per_second: number / outcome.seconds,
        cpu_ms,
        p50_ms: Some(outcome.p50_ms),
        p99_ms: Some(outcome.p99_ms),
        peak_mb: after.map(|usage| usage.peak_mb),
    })
}

fn figures(samples: &[Sample]) -> Figures {
    let of = |value: fn(&Sample) -> Option<f64>| median(samples.iter().filter_map(value));
    Figures {
        per_second: of(|sample| Some(sample.per_second)),
        cpu_ms: of(|sample| sample.cpu_ms),
        p50_ms: of(|sample| sample.p50_ms),
        p99_ms: of(|sample| sample.p99_ms),
        peak_mb: of(|sample| sample.peak_mb),
        ..Figures::default()
    }
}

impl Results {
    /// Compares the throughput of the first side with that of the side `other`, round by round.
    pub fn ratio(&self, row: &str, other: &str) -> Result<Row> {
        let Some(((_, first, figures), (_, second, other_figures))) = self.sides.first().zip(self.side(other)) else {
            bail!("{row}: the side {other} was not measured");
        };
        let rounds = first.iter().zip(second).map(|(one, two)| one.per_second / two.per_second).collect();
        Row::new(row, figures.clone(), Some((other, other_figures.clone())), rounds)
    }

    /// Compares the first side with the other binary of Latchkey, if there is one.
    pub fn against_baseline(&self, scenario: &str) -> Result<Option<Row>> {
        let measured = self.side(BASELINE).is_some();
        measured.then(|| self.ratio(&format!("{scenario}/{BASELINE}"), BASELINE)).transpose()
    }

    /// The processor time per request of the first side.
    pub fn cpu(&self, row: &str) -> Result<Option<Row>> {
        let Some((_, samples, figures)) = self.sides.first() else { return Ok(None) };
        let rounds: Vec<_> = samples.iter().filter_map(|sample| sample.cpu_ms).collect();
        (!rounds.is_empty()).then(|| Row::new(row, figures.clone(), None, rounds)).transpose()
    }

    fn side(&self, name: &str) -> Option<&(String, Vec<Sample>, Figures)> {
        self.sides.iter().find(|(side, ..)| side == name)
    }
}
