//! The verifier and the table of bad tokens.

use std::{collections::HashSet, time::Duration};

use latchkey::{
    auth::{
        keys::{KeyPair, KeyRing, PairAlgorithm, RingKey},
        token::{TokenSettings, Verifier, longest_validity, revocations::Revocations},
    },
    clock::{Clock, ManualClock},
    crypto::secret::SharedSecret,
    domain::{SessionId, Timestamp, UserId, second_factor::SecondFactorRule},
};
use serde_json::json;

use crate::support::tokens::{ALGORITHMS, Forge, ForgeKey, good_token_of_an_imported_user, good_tokens, table};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_250);

const SECRET: &[u8] = b"Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM";

/// A key ring with two keys of this algorithm, and a forge with the first key.
fn ring(algorithm: &str) -> (KeyRing, Forge) {
    let pair = |algorithm| KeyPair::generate(algorithm).expect("a key");
    let algorithm = match algorithm {
        "EdDSA" => PairAlgorithm::EdDsa,
        "ES256" => PairAlgorithm::Es256,
        _ => {
            let secret = SharedSecret::parse(SECRET).expect("a valid secret");
            let other = SharedSecret::generate().expect("a secret");
            return (KeyRing::hs256(&secret, &[other]), forge(ForgeKey::secret(SECRET)));
        }
    };
    let (ours, other) = (pair(algorithm), pair(algorithm));
    let ring = KeyRing::default();
    ring.replace(vec![RingKey::new(&ours), RingKey::new(&other)]);
    (ring, forge(ForgeKey::pair(algorithm.as_str(), ours.expose())))
}

fn forge(key: ForgeKey) -> Forge {
    Forge {
        key,
        issuer: "https://accounts.example.com".to_owned(),
        audience: "https://api.example.com".to_owned(),
        access_ttl: Duration::from_mins(15),
        user_id: UserId::new(NOW, [0xa1; 10]),
        session_id: SessionId::new(NOW, [0xb2; 10]),
        ended_session_id: SessionId::new(NOW, [0xc3; 10]),
        now: NOW,
    }
}

fn settings(forge: &Forge) -> TokenSettings {
    TokenSettings {
        issuer: forge.issuer.clone(),
        audience: Some(forge.audience.clone()),
        access_ttl: forge.access_ttl,
        email_claim: false,
        name_claim: false,
        second_factor: SecondFactorRule::Optional,
    }
}

/// A verifier with keys of this algorithm, and a forge with one of the keys.
fn verifier(algorithm: &str) -> (Verifier, Forge) {
    let (ring, forge) = ring(algorithm);
    let revocations = Revocations::new(Clock::system());
    revocations.insert(forge.ended_session_id, longest_validity(forge.access_ttl));
    (Verifier::new(ring, &settings(&forge), revocations), forge)
}

#[test]
fn bad_tokens_are_refused_for_their_reason() {
    let mut failures = Vec::new();
    for algorithm in ALGORITHMS {
        let (verifier, forge) = verifier(algorithm);
        for case in table(&forge) {
            let outcome = verifier.verify(&case.token, NOW).map_err(|refusal| refusal.to_string());
            if outcome != Err(case.refusal.to_string()) {
                let wanted = case.refusal.as_str();
                failures.push(format!("{algorithm}: {} ({}): {outcome:?} instead of {wanted:?}", case.name, case.rule));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn good_tokens_are_accepted() {
    for algorithm in ALGORITHMS {
        let (verifier, forge) = verifier(algorithm);
        for (name, token) in good_tokens(&forge) {
            let claims = verifier.verify(&token, NOW);
            assert_eq!(claims.map(|claims| claims.user_id), Ok(forge.user_id), "{algorithm}: {name}");
        }
        assert!(good_tokens(&forge).len() >= 8);
        let (imported, token) = good_token_of_an_imported_user(&forge);
        assert_eq!(verifier.verify(&token, NOW).map(|claims| claims.user_id), Ok(imported), "{algorithm}");
    }
}

#[test]
fn token_table_is_long_and_names_are_unique() {
    for algorithm in ALGORITHMS {
        let cases = table(&ring(algorithm).1);
        let mut names = HashSet::new();
        let twice: Vec<_> = cases.iter().filter(|case| !names.insert(&case.name)).map(|case| &case.name).collect();
        let reasons: HashSet<_> = cases.iter().map(|case| case.refusal.as_str()).collect();
        let over_http = cases.iter().filter(|case| case.fits_in_a_header()).count();
        assert!(cases.len() >= 430, "{} cases for {algorithm}", cases.len());
        assert!(twice.is_empty(), "{twice:?}");
        assert_eq!(reasons.len(), 19, "every kind of refusal has a case");
        assert!(over_http >= 400, "{over_http} of {} can be sent over HTTP", cases.len());
    }
}

#[test]
fn refusals_never_repeat_the_token() {
    let (verifier, forge) = verifier("EdDSA");
    for marked in [
        forge.with_header("kid", "MARKER"),
        forge.with_header("alg", "MARKER"),
        forge.with_claim("iss", "MARKER"),
        forge.with_claim("sid", "MARKER"),
        forge.with_claims_text(r#"{"MARKER":1,"MARKER":2}"#),
    ] {
        let refusal = verifier.verify(&marked, NOW).unwrap_err();
        assert!(!format!("{refusal} {refusal:?} {}", refusal.as_str()).contains("MARKER"));
    }
}

#[test]
fn required_factor_restricts_weak_tokens() {
    for algorithm in ALGORITHMS {
        let (ring, forge) = ring(algorithm);
        let settings = TokenSettings { second_factor: SecondFactorRule::Required, ..settings(&forge) };
        let verifier = Verifier::new(ring, &settings, Revocations::new(Clock::system()));
        for (acr, amr, restricted) in [
            ("aal1", json!(["pwd"]), true),
            ("aal1", json!(["pwd", "trusted_devices"]), true),
            ("aal1", json!(["pwd", "trusted_device"]), false),
            ("aal2", json!(["pwd", "otp", "mfa"]), false),
            ("phr", json!(["pop", "user", "mfa"]), false),
        ] {
            let token = forge.with_claims(&[("acr", json!(acr)), ("amr", amr.clone())]);
            let claims = verifier.verify(&token, NOW).expect("a valid token");
            assert_eq!((claims.restricted, claims.principal().is_restricted()), (restricted, restricted), "{amr}");
        }
    }
}

#[test]
fn unconfigured_audience_is_not_read() {
    let (ring, forge) = ring("HS256");
    let settings = TokenSettings { audience: None, ..settings(&forge) };
    let verifier = Verifier::new(ring, &settings, Revocations::new(Clock::system()));
    for audience in [json!("https://other.example"), json!(1), json!(null), json!([])] {
        assert!(verifier.verify(&forge.with_claim("aud", audience), NOW).is_ok());
    }
}

#[test]
fn ended_session_is_refused_until_token_expiry() {
    let (keys, forge) = ring("HS256");
    let clock = ManualClock::starting_at(NOW);
    let revocations = Revocations::new(clock.clock());
    let verifier = Verifier::new(keys, &settings(&forge), revocations.clone());
    // The token of this session that expires last: its issuer's clock is ahead by the tolerated skew.
    let token =
        forge.with_claims(&[("iat", forge.after(Duration::from_mins(1))), ("exp", json!(NOW.seconds() + 86_400))]);
    assert!(verifier.verify(&token, NOW).is_ok());
    revocations.insert(forge.session_id, longest_validity(forge.access_ttl));
    for seconds in 0..1000 {
        revocations.forget_expired();
        let now = NOW.plus(Duration::from_secs(seconds));
        assert!(verifier.verify(&token, now).is_err(), "accepted {seconds} s after the session's end");
        clock.advance(Duration::from_secs(1));
    }
    assert!(!revocations.is_revoked(forge.user_id, forge.session_id), "the session is forgotten");
}
