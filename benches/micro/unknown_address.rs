//! Measures whether the time of a failed sign-in reveals that an address has an account.
//!
//! Signs in with a wrong password, alternately at a known and an unknown address, each time with a new
//! network and a new account, and compares the two samples by rank (Mann-Whitney U, normal approximation).
//! Then repeats the comparison with the budgets of stored incidents used up: of all networks together, and of each
//! network that signs in. Run it with `make bench-timing` on an idle machine; `SAMPLES=2000` is more precise.
#![expect(clippy::expect_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{
    env, fs,
    net::{IpAddr, Ipv6Addr},
    time::Instant,
};

use latchkey::{
    app,
    auth::{
        Auth, Requester,
        accounts::sign_up::SignUp,
        audit::CredentialRejection,
        password::hasher::{HashLimits, HashParameters, PasswordHasher},
        sign_in::password::EmailAndPassword,
    },
    clock::Clock,
    config::Config,
};

fn main() {
    let samples = env::var("SAMPLES").ok().and_then(|text| text.parse().ok()).unwrap_or(500);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for exhausted in [false, true] {
        let sample = runtime.block_on(measure(samples, exhausted));
        println!(
            "{samples} failed sign-ins each, {} budgets of incidents",
            if exhausted { "exhausted" } else { "full" }
        );
        report(sample, samples);
    }
}

fn report((mut known, mut unknown): (Vec<f64>, Vec<f64>), samples: u32) {
    let u = rank_sum(&known, &unknown);
    let n = f64::from(samples);
    let z = (u - n * n / 2.0) / (n * n * (2.0 * n + 1.0) / 12.0).sqrt();
    println!("known address    median {:.3} ms", median(&mut known));
    println!("unknown address  median {:.3} ms", median(&mut unknown));
    println!("a known address is slower in {:.1} % of pairs (50 %: no difference); z = {z:.2}", 100.0 * u / (n * n));
}

async fn measure(samples: u32, exhausted: bool) -> (Vec<f64>, Vec<f64>) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display().to_string();
    let config = Config::from_vars(|name| (name == "LATCHKEY_DATA").then(|| data.clone())).expect("valid settings");
    let store = app::connect(&config).await.expect("a database");
    store.migrate().await.expect("tables");
    let hasher = PasswordHasher::new(HashParameters::STANDARD, HashLimits::for_this_machine()).expect("a hasher");
    let auth = app::assemble(&config, store, Clock::system(), hasher).await.expect("the service").auth;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    if exhausted {
        (0..10).for_each(|number| exhaust(&auth, samples + number));
    }
    for number in 0..samples {
        let email = format!("known{number}@example.com");
        let form = SignUp {
            email: &email,
            name: "",
            password: "violet otter lantern 42",
            image: None,
            remember: true,
            return_to: None,
        };
        auth.accounts.sign_up(form, &requester(number)).await.expect("an account");
        if exhausted {
            exhaust(&auth, number);
        }
        // The writer of events is idle during the measurement.
        auth.audit.flush().await;
        known.push(time_failure(&auth, &email, number).await);
        auth.audit.flush().await;
        unknown.push(time_failure(&auth, &format!("other{number}@example.com"), number).await);
    }
    fs::remove_dir_all(folder.path()).expect("the folder is removed");
    (known, unknown)
}

/// Uses up the budget of a network for incidents.
fn exhaust(auth: &Auth, number: u32) {
    for _ in 0..40 {
        auth.audit.credential_rejected(CredentialRejection::NotASessionToken, &requester(number));
    }
}

/// The duration of a failed sign-in, in milliseconds.
async fn time_failure(auth: &Auth, email: &str, number: u32) -> f64 {
    let start = Instant::now();
    let answer = auth
        .sign_in
        .with_password(EmailAndPassword { email, password: "not this one", remember: true }, &requester(number))
        .await;
    let elapsed = start.elapsed();
    assert!(answer.is_err(), "the password is wrong");
    elapsed.as_secs_f64() * 1000.0
}

/// A requester in its own network.
fn requester(number: u32) -> Requester {
    // Bits of the /32, the widest network that is counted.
    let network = u128::from(number) << 96;
    Requester { address: Some(IpAddr::V6(Ipv6Addr::from((0xfd00 << 112) + network))), ..Requester::default() }
}

fn median(sample: &mut [f64]) -> f64 {
    sample.sort_by(f64::total_cmp);
    sample.get(sample.len() / 2).copied().unwrap_or_default()
}

/// The number of pairs whose first value is greater.
fn rank_sum(first: &[f64], second: &[f64]) -> f64 {
    first.iter().flat_map(|one| second.iter().map(move |two| f64::from(u8::from(one > two)))).sum()
}
