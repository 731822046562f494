//! The result as a table and as JSON.

use std::{fmt::Write as _, fs, path::Path, thread};

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::{
    bench::Bench,
    goals::{Entry, entry},
};

/// What was measured of one side. Medians of the rounds.
#[derive(Clone, Default, Serialize)]
pub struct Figures {
    /// Requests or hashes per second.
    pub per_second: Option<f64>,
    /// Processor time per request.
    pub cpu_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub peak_mb: Option<f64>,
    /// A value without requests, in the unit of the row.
    pub value: Option<f64>,
}

/// A row of the result.
#[derive(Serialize)]
pub struct Row {
    name: String,
    what: &'static str,
    latchkey: Figures,
    compared_with: Option<String>,
    other: Option<Figures>,
    /// The median of `rounds`.
    value: f64,
    unit: &'static str,
    rounds: Vec<f64>,
    goal: Option<String>,
    met: Option<bool>,
}

impl Row {
    /// A row of the table of goals: `rounds` has the value or the ratio of each round.
    pub fn new(name: &str, latchkey: Figures, other: Option<(&str, Figures)>, rounds: Vec<f64>) -> Result<Self> {
        let Entry { what, unit, goal, .. } = entry(name)?;
        let value = median(rounds.iter().copied()).unwrap_or(f64::NAN);
        let (compared_with, other) = other.map(|(name, figures)| (name.to_owned(), figures)).unzip();
        Ok(Self {
            name: name.to_owned(),
            what,
            latchkey,
            compared_with,
            other,
            value,
            unit,
            rounds,
            goal: goal.map(|goal| goal.text(unit)),
            met: goal.map(|goal| goal.is_met(value)),
        })
    }

    /// A row with one value instead of requests.
    pub fn of_value(name: &str, rounds: Vec<f64>, other: Option<(&str, f64)>) -> Result<Self> {
        let of = |value| Figures { value: Some(value), ..Figures::default() };
        let latchkey = of(median(rounds.iter().copied()).unwrap_or(f64::NAN));
        Self::new(name, latchkey, other.map(|(name, value)| (name, of(value))), rounds)
    }

    fn cells(&self) -> [String; 6] {
        let other = self.compared_with.iter().zip(&self.other).next();
        [
            format!("{}: {}", self.name, self.what),
            self.latchkey.text(self.unit),
            other.map_or_else(dash, |(name, figures)| format!("{name}: {}", figures.text(self.unit))),
            format!("{} {}", short(self.value), self.unit),
            self.goal.clone().unwrap_or_else(dash),
            self.met.map_or_else(dash, |met| if met { "met" } else { "MISSED" }.to_owned()),
        ]
    }
}

impl Figures {
    fn text(&self, unit: &str) -> String {
        let mut parts = Vec::new();
        let mut add =
            |value: Option<f64>, unit: &str| parts.extend(value.map(|value| format!("{}{unit}", short(value))));
        add(self.value, &format!(" {unit}"));
        add(self.per_second, "/s");
        if self.per_second.is_some() {
            parts.push(self.cpu_ms.map_or_else(dash, short) + " CPU-ms");
        }
        let mut add = |value: Option<f64>, name: &str, unit: &str| {
            parts.extend(value.map(|value| format!("{name} {} {unit}", short(value))));
        };
        add(self.p99_ms, "p99", "ms");
        add(self.peak_mb, "peak", "MB");
        parts.join(", ")
    }
}

fn dash() -> String {
    "–".to_owned()
}

/// Three digits, with commas between thousands.
fn short(value: f64) -> String {
    let text = match value.abs() {
        ..0.1 => format!("{value:.4}"),
        ..1.0 => format!("{value:.3}"),
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    };
    let whole = text.split('.').next().unwrap_or_default().len();
    let mut result = String::new();
    for (place, digit) in text.chars().enumerate() {
        if place > 0 && place < whole && (whole - place) % 3 == 0 {
            result.push(',');
        }
        result.push(digit);
    }
    result
}

/// The value in the middle. `None` if there is none.
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle).copied()?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    values.get(middle - 1).map(|lower| f64::midpoint(*lower, upper))
}

/// The rows as a table in Markdown, with aligned columns.
pub fn table(rows: &[Row]) -> String {
    let head = ["measured", "Latchkey", "compared with", "value", "goal", ""].map(str::to_owned);
    let cells: Vec<_> = std::iter::once(head).chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut text = String::new();
    for (number, row) in cells.iter().enumerate() {
        for (cell, width) in row.iter().zip(widths) {
            // Writing to a string cannot fail.
            let _ = write!(text, "| {cell:width$} ");
        }
        text.push_str("|\n");
        if number == 0 {
            for width in widths {
                let _ = write!(text, "|{}", "-".repeat(width + 2));
            }
            text.push_str("|\n");
        }
    }
    text
}

/// Writes the rows and the machine to a file.
pub fn write(file: &Path, bench: &Bench, rows: &[Row]) -> Result<()> {
    let processors = thread::available_parallelism()?.get();
    let result = json!({
        "measured_at": Timestamp::now().to_string(),
        "binary": bench.binary,
        "baseline": bench.baseline,
        "machine": { "system": std::env::consts::OS, "architecture": std::env::consts::ARCH, "processors": processors },
        "rows": rows,
    });
    fs::write(file, serde_json::to_string_pretty(&result)? + "\n")?;
    Ok(())
}
