//! The claims of a token with a valid signature.

use serde_json::{Map, Number, Value};

use super::{TokenRefusal, json};
use crate::{
    auth::principal::Principal,
    domain::{
        SessionId, Timestamp, UserId,
        authentication::{Assurance, TRUSTED_DEVICE},
    },
};

/// The claims of a valid access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// `sub` and `user_id`.
    pub user_id: UserId,
    /// `sid`.
    pub session_id: SessionId,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`, or `iat` plus the configured lifetime if that is earlier. Without leeway.
    pub expires_at: Timestamp,
    /// `acr`. The lowest if the token has none: it was issued before tokens had the claim.
    pub assurance: Assurance,
    /// `auth_time`. `None`: the token was issued before tokens had the claim.
    pub auth_time: Option<Timestamp>,
    /// Whether the session is restricted: the token was issued before the service required a second factor.
    pub restricted: bool,
}

impl AccessClaims {
    /// The signed-in user and session.
    pub const fn principal(&self) -> Principal {
        Principal::new(self.user_id, self.session_id, self.assurance, self.auth_time, self.restricted)
    }
}

/// Claims for this service, with a valid signature. Their times are not compared yet.
#[derive(Clone, Copy)]
pub(super) struct ValidClaims {
    pub(super) claims: AccessClaims,
    pub(super) not_before: Timestamp,
}

/// All claims that the verifier checks, parsed and not compared yet.
pub(super) struct SignedClaims {
    pub(super) issuer: String,
    pub(super) subject: UserId,
    pub(super) user_id: String,
    pub(super) session_id: SessionId,
    pub(super) issued_at: Timestamp,
    pub(super) not_before: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) audience: Option<Value>,
    pub(super) assurance: Option<Assurance>,
    pub(super) auth_time: Option<Timestamp>,
    pub(super) on_trusted_device: bool,
}

impl SignedClaims {
    /// Parses the decoded payload.
    pub(super) fn parse(payload: &[u8]) -> Result<Self, TokenRefusal> {
        let mut claims = Reader(json::object(payload)?);
        let issuer = claims.text("iss")?;
        let subject = claims.id("sub")?;
        let user_id = claims.text("user_id")?;
        let session_id = claims.id("sid")?;
        // Required by RFC 9068 §2.2; its value is not used.
        claims.text("jti")?;
        let on_trusted_device = claims.methods("amr")?;
        Ok(Self {
            issuer,
            subject,
            user_id,
            session_id,
            issued_at: claims.time("iat")?,
            not_before: claims.time("nbf")?,
            expires_at: claims.time("exp")?,
            audience: claims.0.remove("aud"),
            assurance: claims.optional("acr", Reader::id)?,
            auth_time: claims.optional("auth_time", Reader::time)?,
            on_trusted_device,
        })
    }
}

struct Reader(Map<String, Value>);

impl Reader {
    fn take(&mut self, name: &'static str) -> Result<Value, TokenRefusal> {
        self.0.remove(name).ok_or(TokenRefusal::MissingClaim(name))
    }

    /// A string that is not empty.
    fn text(&mut self, name: &'static str) -> Result<String, TokenRefusal> {
        match self.take(name)? {
            Value::String(text) if !text.is_empty() => Ok(text),
            _ => Err(TokenRefusal::MalformedClaim(name)),
        }
    }

    /// A claim that tokens of earlier versions do not have. `null` is a value, of a wrong type.
    fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Result<T, TokenRefusal>,
    ) -> Result<Option<T>, TokenRefusal> {
        if self.0.contains_key(name) { read(self, name).map(Some) } else { Ok(None) }
    }

    /// Absent, or an array of texts (RFC 8176 §1), at least one. Whether it has the value of a trusted device; the other
    /// values are not used: `acr` is their sum.
    fn methods(&mut self, name: &'static str) -> Result<bool, TokenRefusal> {
        let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        match self.0.get(name) {
            None => Ok(false),
            Some(Value::Array(methods)) if !methods.is_empty() && methods.iter().all(is_text) => {
                Ok(methods.iter().any(|method| method == TRUSTED_DEVICE))
            }
            Some(_) => Err(TokenRefusal::MalformedClaim(name)),
        }
    }

    fn id<I: std::str::FromStr>(&mut self, name: &'static str) -> Result<I, TokenRefusal> {
        self.text(name)?.parse().map_err(|_| TokenRefusal::MalformedClaim(name))
    }

    /// A `NumericDate` (RFC 7519 §2): a number, possibly fractional.
    fn time(&mut self, name: &'static str) -> Result<Timestamp, TokenRefusal> {
        let Value::Number(seconds) = self.take(name)? else {
            return Err(TokenRefusal::MalformedClaim(name));
        };
        numeric_date(&seconds).ok_or(TokenRefusal::MalformedClaim(name))
    }
}

/// The last second of the year 9999. A larger number is in milliseconds, or provokes an overflow.
const LAST_SECOND: i64 = 253_402_300_799;

fn numeric_date(seconds: &Number) -> Option<Timestamp> {
    if let Some(whole) = seconds.as_i64() {
        return (0..=LAST_SECOND).contains(&whole).then(|| Timestamp::from_millis(whole * 1000));
    }
    fractional_date(seconds.as_f64()?)
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the range is checked first")]
fn fractional_date(seconds: f64) -> Option<Timestamp> {
    (0.0..=LAST_SECOND as f64).contains(&seconds).then(|| Timestamp::from_millis((seconds * 1000.0).round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<i64> {
        serde_json::from_str(text).ok().and_then(|seconds| numeric_date(&seconds)).map(Timestamp::millis)
    }

    #[test]
    fn date_range_is_the_epoch_to_the_year_9999() {
        assert_eq!(date("1700000000"), Some(1_700_000_000_000));
        assert_eq!(date("1700000000.25"), Some(1_700_000_000_250));
        assert_eq!(date("1700000000.001"), Some(1_700_000_000_001));
        assert_eq!(date("1.7e9"), Some(1_700_000_000_000));
        assert_eq!(date("253402300799"), Some(253_402_300_799_000));
        for absurd in ["-1", "-0.5", "253402300800", "1700000000000", "1e300", "9223372036854775807", "1e999"] {
            assert_eq!(date(absurd), None, "{absurd}");
        }
    }
}
