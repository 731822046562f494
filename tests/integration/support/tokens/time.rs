//! Times outside their limits, by a millisecond and by a wide margin.

use std::time::Duration;

use latchkey::auth::token::TokenRefusal::{IssuedInFuture, NotYetValid};
use serde_json::{Value, json};

use super::{BadToken, Forge};

/// The documented leeway of `exp` and `nbf`.
pub const LEEWAY: Duration = Duration::from_secs(5);
/// The documented tolerance of a future `iat`.
pub const SKEW: Duration = Duration::from_mins(1);
pub const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

pub fn cases(forge: &Forge) -> Vec<BadToken> {
    let now = forge.now.seconds();
    let expired = |name: &str, exp: Value| {
        // Issued a minute before expiry.
        let issued = json!(exp.as_f64().unwrap_or(0.0).max(60.0) - 60.0);
        let token = forge.with_claims(&[("iat", issued.clone()), ("nbf", issued), ("exp", exp)]);
        BadToken::new("RFC 7519 §4.1.4", format!("exp {name}"), forge.expired(), token)
    };
    let early = |name: &str, nbf: Value| {
        BadToken::new("RFC 7519 §4.1.5", format!("nbf {name}"), NotYetValid, forge.with_claim("nbf", nbf))
    };
    let future = |name: &str, iat: Value| {
        BadToken::new("RFC 7519 §4.1.6", format!("iat {name}"), IssuedInFuture, forge.with_claim("iat", iat))
    };
    let outlived = |name: &str, age: Duration, exp: Value| {
        let issued = forge.before(age);
        let token = forge.with_claims(&[("iat", issued.clone()), ("nbf", issued), ("exp", exp)]);
        BadToken::new("no token outlives the configured lifetime", name, forge.expired(), token)
    };
    vec![
        expired("is the leeway ago", forge.before(LEEWAY)),
        expired("is the leeway and a millisecond ago", forge.before(LEEWAY + MILLISECOND)),
        expired("is the leeway and a second ago", forge.before(LEEWAY + SECOND)),
        expired("is ten seconds ago, in whole seconds", json!(now - 10)),
        expired("is an hour ago", json!(now - 3600)),
        expired("is a year ago", json!(now - 31_536_000)),
        expired("is the epoch", json!(0)),
        expired("is minus zero", json!(-0.0)),
        expired("is one", json!(1)),
        expired("is in hours, not seconds", json!(now / 3600)),
        BadToken::new(
            "RFC 7519 §4.1.4",
            "exp is long before iat",
            forge.expired(),
            forge.with_claim("exp", json!(now - 86_400)),
        ),
        early("is the leeway and a millisecond away", forge.after(LEEWAY + MILLISECOND)),
        early("is the leeway and a second away", forge.after(LEEWAY + SECOND)),
        early("is ten seconds away, in whole seconds", json!(now + 10)),
        early("is a day away", forge.after(DAY)),
        early("is after exp", json!(now + 1200)),
        early("is the end of time", json!(253_402_300_799_i64)),
        future("is the tolerance and a millisecond away", forge.after(SKEW + MILLISECOND)),
        future("is the tolerance and a second away", forge.after(SKEW + SECOND)),
        future("is a day away", forge.after(DAY)),
        future("is the end of time", json!(253_402_300_799_i64)),
        outlived("older than the lifetime by the leeway", forge.access_ttl + LEEWAY, json!(now + 600)),
        outlived("a day old and exp in a year", DAY + forge.access_ttl, json!(now + 31_536_000)),
        outlived("exp at the end of time", DAY + forge.access_ttl, json!(253_402_300_799_i64)),
    ]
}
