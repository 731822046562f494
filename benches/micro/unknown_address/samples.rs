//! Two samples of response times, and their comparison.

use statrs::stats_tests::{
    Alternative,
    mannwhitneyu::{MannWhitneyUMethod, mannwhitneyu},
};

/// Smaller probabilities are reported as a difference. Several comparisons are made, so that 5 % would often be missed by
/// chance.
const SIGNIFICANT: f64 = 0.01;

/// Response times, in milliseconds.
#[derive(Default)]
pub struct Samples {
    /// Of known addresses.
    pub known: Vec<f64>,
    /// Of unknown addresses.
    pub unknown: Vec<f64>,
}

impl Samples {
    /// Prints the comparison. The probability `p` is that of a difference this large, if there is none.
    pub fn report(&mut self, name: &str) {
        let (known, unknown) = (&mut self.known, &mut self.unknown);
        let compared = mannwhitneyu(known, unknown, MannWhitneyUMethod::Automatic, Alternative::TwoSided);
        let (u, p) = compared.expect("two samples of numbers");
        let pairs = as_number(known.len()) * as_number(unknown.len());
        println!("{name}: {} each", known.len());
        println!("  known address    median {:.3} ms", median(known));
        println!("  unknown address  median {:.3} ms", median(unknown));
        println!("  a known address is slower in {:.1} % of pairs (50 %: no difference)", 100.0 * u / pairs);
        let goal = if p >= SIGNIFICANT { "met" } else { "MISSED" };
        println!("  p = {p:.3}, goal ≥ {SIGNIFICANT}: {goal}");
    }
}

fn as_number(length: usize) -> f64 {
    f64::from(u32::try_from(length).expect("a small sample"))
}

fn median(sample: &mut [f64]) -> f64 {
    sample.sort_by(f64::total_cmp);
    sample.get(sample.len() / 2).copied().unwrap_or_default()
}
