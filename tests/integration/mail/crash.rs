//! Crashes between a request and the delivery of its message: the service is killed with SIGKILL, and started again.
//!
//! `scripts/crash-rounds` runs ten rounds on each database, and prints the counts.

use std::{env, time::Duration};

use tokio::time::sleep;

use super::process::{Service, statuses};

/// Sign-ups, and at most as many resets, in each round.
const USERS: usize = 10;

/// How long the mail server takes for a message. A kill then interrupts some of them.
const DELAY: Duration = Duration::from_millis(60);

/// The kill follows the first request within this time.
const LONGEST_LIFE: u64 = 2500;

/// What happened to messages.
#[derive(Debug, Default)]
struct Counts {
    queued: usize,
    waiting_at_the_kill: usize,
    delivered: usize,
    lost: usize,
    duplicated: usize,
}

#[tokio::test]
async fn killed_service_loses_no_message() {
    let rounds: usize = env::var("LATCHKEY_CRASH_ROUNDS").map_or(2, |text| text.parse().expect("a number of rounds"));
    let mut service = Service::start(DELAY).await;
    // Users whose sign-up was answered. Each asks for one link in the next round.
    let mut users = addresses(0);
    statuses(users.iter().map(|email| service.sign_up(email)).collect()).await;
    let (mut answered, mut waiting) = (USERS, 0);
    for round in 1..=rounds {
        let new = addresses(round);
        let resets = users.iter().map(|email| service.request_reset(email)).collect();
        let sign_ups = new.iter().map(|email| service.sign_up(email)).collect();
        sleep(random_life()).await;
        service.kill();
        let (resets, sign_ups) = (statuses(resets).await, statuses(sign_ups).await);
        answered += resets.iter().chain(&sign_ups).filter(|status| **status == Some(200)).count();
        users =
            new.into_iter().zip(sign_ups).filter(|(_, status)| *status == Some(200)).map(|(email, _)| email).collect();
        let queued = service.outbox().await;
        assert!(queued.len() >= answered, "an answered request has queued its message");
        let waits = queued.iter().filter(|message| message.state == 0).count();
        waiting += waits;
        service.end_leases().await;
        service.start_again().await;
        service.delivered().await;
        eprintln!("round {round}: {} messages queued so far, {waits} waited at the kill", queued.len());
    }
    service.kill();
    let counts = count(&service, waiting).await;
    eprintln!("{rounds} rounds: {counts:?}");
    assert_eq!((counts.lost, counts.delivered), (0, counts.queued), "{counts:?}");
    assert!(counts.duplicated <= counts.waiting_at_the_kill, "only after a crash: {counts:?}");
    assert!(service.arrivals().values().all(|arrivals| *arrivals <= 2), "one crash per message: {counts:?}");
}

#[tokio::test]
async fn running_service_sends_each_message_once() {
    let service = Service::start(DELAY).await;
    let answers = statuses(addresses(0).iter().map(|email| service.sign_up(email)).collect()).await;
    assert!(answers.iter().all(|status| *status == Some(200)), "{answers:?}");
    service.delivered().await;
    let counts = count(&service, 0).await;
    assert_eq!((counts.queued, counts.delivered, counts.duplicated), (USERS, USERS, 0), "{counts:?}");
}

/// Compares the outbox with the messages that have arrived.
async fn count(service: &Service, waiting_at_the_kill: usize) -> Counts {
    let (queued, arrivals) = (service.outbox().await, service.arrivals());
    let delivered = queued.iter().filter(|message| arrivals.contains_key(&message.id)).count();
    Counts {
        queued: queued.len(),
        waiting_at_the_kill,
        delivered,
        lost: queued.len() - delivered,
        duplicated: arrivals.values().filter(|arrivals| **arrivals > 1).count(),
    }
}

fn addresses(round: usize) -> Vec<String> {
    (0..USERS).map(|user| format!("user{user}.{round}@example.com")).collect()
}

fn random_life() -> Duration {
    let mut random = [0; 8];
    getrandom::fill(&mut random).expect("random bytes");
    Duration::from_millis(u64::from_le_bytes(random) % LONGEST_LIFE)
}
