//! Signatures of the Standard Webhooks specification: HMAC-SHA-256 with a shared secret.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use standardwebhooks::Webhook;

use crate::domain::Timestamp;

/// The prefix of a secret.
const PREFIX: &str = "whsec_";

/// The length of a secret in bytes, after decoding.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A secret that is shared with the receiver.
#[derive(Clone)]
pub struct SigningSecret(Arc<Webhook>);

/// Why a text is not a secret, and the value to set instead. Contains nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSigningSecret {
    /// It does not begin with the prefix.
    #[error("does not begin with {PREFIX}; set {PREFIX} followed by the output of `openssl rand -base64 32`")]
    Prefix,
    /// The rest is not base64.
    #[error("is not base64 after {PREFIX}; set {PREFIX} followed by the output of `openssl rand -base64 32`")]
    Encoding,
    /// Too short or too long.
    #[error("has {length} bytes and needs {} to {}; set {PREFIX} followed by the output of `openssl rand -base64 32`", BYTES.start(), BYTES.end())]
    Length {
        /// Its length in bytes.
        length: usize,
    },
}

/// A message could not be signed, because it is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message cannot be signed")]
pub struct NotSigned;

impl SigningSecret {
    /// Parses `whsec_` and base64.
    pub fn parse(text: &str) -> Result<Self, InvalidSigningSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidSigningSecret::Prefix)?;
        let key = STANDARD.decode(encoded).map_err(|_| InvalidSigningSecret::Encoding)?;
        if !BYTES.contains(&key.len()) {
            return Err(InvalidSigningSecret::Length { length: key.len() });
        }
        let webhook = Webhook::from_bytes(key).map_err(|_| InvalidSigningSecret::Encoding)?;
        Ok(Self(Arc::new(webhook)))
    }
}

/// The value of `webhook-signature`: a signature for each secret, separated by spaces.
pub(super) fn signatures(
    secrets: &[SigningSecret],
    id: &str,
    sent_at: Timestamp,
    body: &[u8],
) -> Result<String, NotSigned> {
    let sign = |secret: &SigningSecret| secret.0.sign(id, sent_at.seconds(), body).map_err(|_| NotSigned);
    Ok(secrets.iter().map(sign).collect::<Result<Vec<_>, _>>()?.join(" "))
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's libraries.
    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    const SENT_AT: Timestamp = Timestamp::from_millis(1_649_367_553_000);
    const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
    const SIGNATURE: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

    #[test]
    fn signature_matches_the_specification() {
        let secret = SigningSecret::parse(SECRET).unwrap();
        assert_eq!(signatures(&[secret], ID, SENT_AT, BODY).as_deref(), Ok(SIGNATURE));
    }

    #[test]
    fn each_secret_makes_a_signature() {
        let other = format!("{PREFIX}{}", STANDARD.encode([7; 32]));
        let secrets = [SECRET, &other].map(|text| SigningSecret::parse(text).unwrap());
        let both = signatures(&secrets, ID, SENT_AT, BODY).unwrap();
        let parts: Vec<_> = both.split(' ').collect();
        assert_eq!((parts.len(), parts[0]), (2, SIGNATURE));
        assert!(parts[1].starts_with("v1,") && parts[1] != SIGNATURE);
    }

    #[test]
    fn invalid_secret_is_refused_and_not_shown() {
        for (text, error) in [
            ("C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned(), InvalidSigningSecret::Prefix),
            ("whsec_C2FVsBQI!".to_owned(), InvalidSigningSecret::Encoding),
            (format!("whsec_{}", STANDARD.encode([1; 23])), InvalidSigningSecret::Length { length: 23 }),
            (format!("whsec_{}", STANDARD.encode([1; 65])), InvalidSigningSecret::Length { length: 65 }),
        ] {
            let refused = SigningSecret::parse(&text).unwrap_err();
            assert_eq!(refused, error);
            assert!(!refused.to_string().contains("C2FV"));
        }
        assert_eq!(format!("{:?}", SigningSecret::parse(SECRET).unwrap()), "SigningSecret(…)");
    }
}
