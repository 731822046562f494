//! The verifier against the table of bad tokens.

use std::{collections::HashSet, time::Duration};

use latchkey::{
    auth::{
        revocation::{Revocations, forget_at},
        token::{SharedSecret, SigningKeys, TokenSettings, Verifier},
    },
    domain::{SessionId, Timestamp, UserId},
};
use serde_json::json;

use crate::bad_tokens::{Forge, good_token_of_an_imported_user, good_tokens, table};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_250);

fn forge() -> Forge {
    Forge {
        secret: b"Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM".to_vec(),
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
    }
}

fn verifier(forge: &Forge, settings: &TokenSettings) -> Result<Verifier, Box<dyn std::error::Error>> {
    let revocations = Revocations::default();
    revocations.insert(forge.ended_session_id, forget_at(NOW, forge.access_ttl));
    let keys = SigningKeys::hs256(&SharedSecret::parse(&forge.secret)?, &[SharedSecret::generate()?]);
    Ok(Verifier::new(keys, settings, revocations))
}

#[test]
fn every_bad_token_is_refused_for_its_own_reason() {
    let forge = forge();
    let verifier = verifier(&forge, &settings(&forge)).unwrap();
    let mut failures = Vec::new();
    for case in table(&forge) {
        let outcome = verifier.verify(&case.token, NOW).map_err(|refusal| refusal.to_string());
        if outcome != Err(case.refusal.to_string()) {
            failures.push(format!("{} ({}): {outcome:?} instead of {:?}", case.name, case.rule, case.refusal.as_str()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_good_neighbour_is_accepted() {
    let forge = forge();
    let verifier = verifier(&forge, &settings(&forge)).unwrap();
    for (name, token) in good_tokens(&forge) {
        let claims = verifier.verify(&token, NOW);
        assert_eq!(claims.map(|claims| claims.user_id), Ok(forge.user_id), "{name}");
    }
    assert!(good_tokens(&forge).len() >= 8);
    let (imported, token) = good_token_of_an_imported_user(&forge);
    assert_eq!(verifier.verify(&token, NOW).map(|claims| claims.user_id), Ok(imported));
}

#[test]
fn the_table_is_long_and_every_case_has_its_own_name() {
    let cases = table(&forge());
    let names: HashSet<_> = cases.iter().map(|case| &case.name).collect();
    let reasons: HashSet<_> = cases.iter().map(|case| case.refusal.as_str()).collect();
    let over_http = cases.iter().filter(|case| case.travels_over_http()).count();
    assert!(cases.len() >= 120, "{} cases", cases.len());
    assert_eq!(names.len(), cases.len());
    assert_eq!(reasons.len(), 19, "a case for every kind of refusal");
    assert!(over_http >= 120, "{over_http} of {} can be sent over HTTP", cases.len());
}

#[test]
fn no_refusal_repeats_any_of_the_token() {
    let forge = forge();
    let verifier = verifier(&forge, &settings(&forge)).unwrap();
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
fn without_a_configured_audience_the_claim_is_not_read() {
    let forge = forge();
    let settings = TokenSettings { audience: None, ..settings(&forge) };
    let verifier = verifier(&forge, &settings).unwrap();
    for audience in [json!("https://other.example"), json!(1), json!(null), json!([])] {
        assert!(verifier.verify(&forge.with_claim("aud", audience), NOW).is_ok());
    }
}

#[test]
fn an_ended_session_is_refused_until_its_last_token_has_expired() {
    let forge = forge();
    let revocations = Revocations::default();
    let keys = SigningKeys::hs256(&SharedSecret::parse(&forge.secret).unwrap(), &[]);
    let verifier = Verifier::new(keys, &settings(&forge), revocations.clone());
    // The most durable token of the session: from a clock ahead by as much as is tolerated.
    let token =
        forge.with_claims(&[("iat", forge.after(Duration::from_mins(1))), ("exp", json!(NOW.seconds() + 86_400))]);
    assert!(verifier.verify(&token, NOW).is_ok());
    revocations.insert(forge.session_id, forget_at(NOW, forge.access_ttl));
    for seconds in 0..1000 {
        let now = NOW.plus(Duration::from_secs(seconds));
        revocations.forget_expired(now);
        assert!(verifier.verify(&token, now).is_err(), "accepted {seconds} s after the session's end");
    }
    assert!(revocations.is_empty());
}
