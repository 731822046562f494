//! Measures whether response times reveal that an address has an account.
//!
//! Each comparison sends requests with known and with unknown addresses in turn, and compares the two samples by rank
//! (Mann-Whitney U). Run it with `make bench-timing` on an idle machine; `SAMPLES=2000` is more precise, and
//! `ONLY=reset` selects comparisons by name.
#![expect(clippy::expect_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

mod requests;
mod samples;
mod sign_in;

use std::env;

use requests::REQUESTS;

fn main() {
    let number = env::var("SAMPLES").ok().and_then(|text| text.parse().ok()).unwrap_or(500);
    let only = env::var("ONLY").unwrap_or_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (name, exhausted) in [
        ("failed sign-ins, full budgets of incidents", false),
        ("failed sign-ins, exhausted budgets of incidents", true),
    ] {
        if name.contains(&only) {
            runtime.block_on(sign_in::measure(number, exhausted)).report(name);
        }
    }
    for request in REQUESTS {
        if request.name.contains(&only) {
            runtime.block_on(requests::measure(&request, number)).report(request.name);
        }
    }
}
