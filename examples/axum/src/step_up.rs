//! Requires a stronger or a more recent sign-in (RFC 9470).

use std::time::Duration;

use jsonwebtoken::get_current_timestamp;

use crate::{owner::Refusal, verifier::Claims};

/// The values of `acr`, the weakest first.
const STRENGTHS: [&str; 3] = ["aal1", "aal2", "phr"];

/// What a route requires of the sign-in.
#[derive(Clone, Copy, Debug, Default)]
pub struct StepUp {
    /// The least `acr`.
    pub acr: Option<&'static str>,
    /// The highest age of the sign-in, in seconds.
    pub max_age: Option<u32>,
}

impl StepUp {
    /// Refuses a sign-in that is too weak or too old. A token without the claims counts as the lowest.
    pub fn check(self, claims: &Claims) -> Result<(), Refusal> {
        let rank = |acr: &str| STRENGTHS.iter().position(|strength| *strength == acr);
        let is_strong = self.acr.is_none_or(|least| claims.acr.as_deref().and_then(rank) >= rank(least));
        let is_recent = |limit: u32| {
            let since = Duration::from_secs(get_current_timestamp().saturating_sub(limit.into()));
            claims.auth_time.is_some_and(|time| time >= since.as_secs_f64())
        };
        if is_strong && self.max_age.is_none_or(is_recent) { Ok(()) } else { Err(Refusal::Insufficient(self)) }
    }

    /// The value of `WWW-Authenticate`.
    pub fn challenge(self) -> String {
        let mut challenge = "Bearer error=\"insufficient_user_authentication\"".to_owned();
        if let Some(acr) = self.acr {
            challenge.push_str(&[", acr_values=\"", acr, "\""].concat());
        }
        if let Some(seconds) = self.max_age {
            challenge.push_str(&[", max_age=\"", &seconds.to_string(), "\""].concat());
        }
        challenge
    }
}
