//! Failed sign-ins.
//!
//! Signs in with a wrong password, each time with a new network and a new account. `exhausted`: the budgets of stored
//! incidents are used up, of all networks together and of each network that signs in.

use std::{
    fs,
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

use super::samples::Samples;

/// Measures as many sign-ins with known and with unknown addresses.
pub async fn measure(samples: u32, exhausted: bool) -> Samples {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display().to_string();
    let config = Config::from_vars(|name| (name == "LATCHKEY_DATA").then(|| data.clone())).expect("valid settings");
    let store = app::connect(&config).await.expect("a database");
    store.migrate().await.expect("tables");
    let hasher = PasswordHasher::new(HashParameters::STANDARD, HashLimits::for_this_machine()).expect("a hasher");
    let auth = app::assemble(&config, store, Clock::system(), hasher).await.expect("the service").auth;
    let mut measured = Samples::default();
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
        measured.known.push(time_failure(&auth, &email, number).await);
        auth.audit.flush().await;
        measured.unknown.push(time_failure(&auth, &format!("other{number}@example.com"), number).await);
    }
    fs::remove_dir_all(folder.path()).expect("the folder is removed");
    measured
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
