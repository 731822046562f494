//! Tables of invalid ceremonies. Each case changes one thing in a valid response to a challenge of its own.

use serde_json::Value;

use super::{
    app::{
        Enrolled, REGISTRATION, SIGN_IN, enrolled, ids, outcome, registration_options, sign_in_options, signs_in,
        verify_registration, verify_sign_in,
    },
    invalid_object, invalid_registration, invalid_sign_in,
};
use crate::support::{
    TestApp,
    authenticator::{Assertion, Authenticator, Registration},
    browser::{ACCESS, Browser, SESSION},
    records::count,
};

/// What a case changes.
pub enum Change<T> {
    /// Parts, before the response is signed.
    Parts(fn(&mut T)),
    /// The JSON.
    Json(fn(&mut Value)),
}

/// A case: its name, its change, and the outcome. An outcome of `""` is that of a response that does not verify.
pub type Case<T> = (&'static str, Change<T>, &'static str);

const REGISTRATION_TABLES: [&[Case<Registration>]; 3] =
    [invalid_registration::BROWSER, invalid_registration::AUTHENTICATOR, invalid_object::CASES];

const SIGN_IN_TABLES: [&[Case<Assertion>]; 2] = [invalid_sign_in::BROWSER, invalid_sign_in::AUTHENTICATOR];

#[test]
fn invalid_ceremonies_are_at_least_60() {
    let names = REGISTRATION_TABLES.iter().flat_map(|table| table.iter().map(|case| format!("register {}", case.0)));
    let sign_in = SIGN_IN_TABLES.iter().flat_map(|table| table.iter().map(|case| format!("sign in {}", case.0)));
    let mut names: Vec<_> = names.chain(sign_in).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "two cases have one name");
    assert!(all >= 60, "{all}");
}

/// Fails with the names of the cases whose outcome is another one.
pub async fn assert_no_registration(app: &TestApp, table: &[Case<Registration>]) {
    let ada = enrolled(app, super::app::ADA).await;
    let mut failed = Vec::new();
    for (name, change, expected) in table {
        let options = registration_options(&ada.browser).await;
        // Another authenticator: a response must not be refused as a known credential.
        let mut response = Authenticator::synced().register(&options);
        let body = changed(&mut response, change, Registration::json);
        let answer = verify_registration(&ada.browser, body).await;
        let expected = if expected.is_empty() { "400 FAILED_TO_VERIFY_REGISTRATION" } else { expected };
        let ended = ada.browser.cookie(REGISTRATION).is_none() || !expected.contains("FAILED");
        if outcome(&answer) != expected || ids(&ada.browser).await.len() != 1 || !ended {
            failed.push(format!("{name}: {} {}", answer.status, answer.body));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), table.len(), failed.join("\n"));
    super::app::register(&ada.browser, &mut Authenticator::synced()).await;
}

/// Fails with the names of the cases whose outcome is another one, or that sign in.
pub async fn assert_no_sign_in(app: &TestApp, table: &[Case<Assertion>]) {
    let Enrolled { mut phone, .. } = enrolled(app, super::app::ADA).await;
    let sessions = count(app, "sessions").await;
    let mut failed = Vec::new();
    for (name, change, expected) in table {
        let browser = Browser::new(app);
        let mut response = phone.sign(&sign_in_options(&browser).await);
        let body = changed(&mut response, change, Assertion::json);
        let answer = verify_sign_in(&browser, body).await;
        let expected = if expected.is_empty() { "400 AUTHENTICATION_FAILED" } else { expected };
        let cookies = [SESSION, ACCESS].iter().any(|cookie| browser.cookie(cookie).is_some());
        let ended = browser.cookie(SIGN_IN).is_none() || expected.contains("VALIDATION");
        let refused = !cookies && !answer.has("set-auth-token") && count(app, "sessions").await == sessions;
        if outcome(&answer) != expected || !refused || !ended {
            failed.push(format!("{name}: {} {}", answer.status, answer.body));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), table.len(), failed.join("\n"));
    assert!(signs_in(app, &mut phone).await, "the passkey itself is valid");
}

fn changed<T>(response: &mut T, change: &Change<T>, json: fn(&T) -> Value) -> Value {
    match change {
        Change::Parts(change) => {
            change(response);
            json(response)
        }
        Change::Json(change) => {
            let mut body = json(response);
            change(&mut body);
            body
        }
    }
}

/// Removes a member.
pub fn drop_member(object: &mut Value, member: &str) {
    object.as_object_mut().expect("an object").remove(member).expect("a member");
}
