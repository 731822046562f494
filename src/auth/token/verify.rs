//! Verifying an access token: the only way from a text to [`AccessClaims`].

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    AccessClaims, TokenRefusal, TokenSettings,
    claims::{SignedClaims, ValidClaims},
    compact::Compact,
    header::Header,
    revocations::Revocations,
    verified::{self, VerifiedToken, VerifiedTokens},
};
use crate::{
    auth::keys::{KeyRing, key::Key},
    clock::{CLOCK_SKEW, LEEWAY},
    domain::{Timestamp, second_factor::SecondFactorRule},
};

/// Verifies access tokens. Needs no database.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: KeyRing,
    issuer: String,
    audience: Option<String>,
    access_ttl: Duration,
    second_factor: SecondFactorRule,
    revocations: Revocations,
    verified: VerifiedTokens,
}

impl Verifier {
    /// A verifier for the tokens of an [`Issuer`](super::Issuer) with the same keys and settings.
    pub fn new(keys: KeyRing, settings: &TokenSettings, revocations: Revocations) -> Self {
        Self {
            keys,
            issuer: settings.issuer.clone(),
            audience: settings.audience.clone(),
            access_ttl: settings.access_ttl,
            second_factor: settings.second_factor,
            revocations,
            verified: VerifiedTokens::new(),
        }
    }

    /// Checks every rule, the signature before any claim. Returns the claims, or the first violated rule.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenRefusal> {
        let digest = verified::digest(token);
        if let Some(VerifiedToken { key, claims }) = self.verified.get(&digest) {
            let claims = self.is_in_use(&key, now).and_then(|()| self.check_now(claims, now));
            return claims.inspect_err(|_| self.verified.remove(&digest));
        }
        let (key, claims) = self.check_signature(token, now)?;
        let claims = self.check_content(SignedClaims::parse(&claims)?)?;
        let verified = VerifiedToken { key, claims };
        let claims = self.check_now(claims, now)?;
        self.verified.insert(digest, verified);
        Ok(claims)
    }

    /// The key and the signed claims of a token with a valid signature.
    fn check_signature(&self, token: &str, now: Timestamp) -> Result<(Arc<Key>, Vec<u8>), TokenRefusal> {
        let token = Compact::parse(token)?;
        let header = Header::parse(&token.header)?;
        let key = self.keys.find(&header.key_id, now).ok_or(TokenRefusal::UnknownKey)?;
        if header.algorithm != key.algorithm().as_str() {
            return Err(TokenRefusal::WrongAlgorithm);
        }
        if !key.verifies(token.signed, token.signature) {
            return Err(TokenRefusal::BadSignature);
        }
        Ok((key, token.payload))
    }

    /// The `kid` is a thumbprint, so it names one key only.
    fn is_in_use(&self, key: &Key, now: Timestamp) -> Result<(), TokenRefusal> {
        self.keys.find(key.id(), now).map(|_| ()).ok_or(TokenRefusal::UnknownKey)
    }

    /// The rules whose result does not change with time.
    fn check_content(&self, signed: SignedClaims) -> Result<ValidClaims, TokenRefusal> {
        if signed.issuer != self.issuer {
            return Err(TokenRefusal::WrongIssuer);
        }
        self.check_audience(signed.audience)?;
        if signed.user_id != signed.subject.to_string() {
            return Err(TokenRefusal::SubjectMismatch);
        }
        let assurance = signed.assurance.unwrap_or_default();
        let claims = AccessClaims {
            user_id: signed.subject,
            session_id: signed.session_id,
            issued_at: signed.issued_at,
            // A shortened lifetime applies to tokens already issued, so that the denylist never has to keep
            // a session for longer than it.
            expires_at: signed.expires_at.min(signed.issued_at.plus(self.access_ttl)),
            assurance,
            auth_time: signed.auth_time,
            restricted: !self.second_factor.is_satisfied(assurance, signed.on_trusted_device),
        };
        Ok(ValidClaims { claims, not_before: signed.not_before })
    }

    /// The rules about times and the session.
    fn check_now(
        &self,
        ValidClaims { claims, not_before }: ValidClaims,
        now: Timestamp,
    ) -> Result<AccessClaims, TokenRefusal> {
        if not_before > now.plus(LEEWAY) {
            return Err(TokenRefusal::NotYetValid);
        }
        if claims.issued_at > now.plus(CLOCK_SKEW) {
            return Err(TokenRefusal::IssuedInFuture);
        }
        if self.revocations.is_revoked(claims.user_id, claims.session_id) {
            return Err(TokenRefusal::Revoked);
        }
        if now >= claims.expires_at.plus(LEEWAY) {
            return Err(TokenRefusal::Expired(claims));
        }
        Ok(claims)
    }

    /// A string, or an array of strings that contains the expected audience (RFC 7519 §4.1.3).
    fn check_audience(&self, audience: Option<Value>) -> Result<(), TokenRefusal> {
        let Some(ours) = &self.audience else { return Ok(()) };
        let malformed = TokenRefusal::MalformedClaim("aud");
        let contains_ours = match audience.ok_or(TokenRefusal::MissingClaim("aud"))? {
            Value::String(audience) => audience == *ours,
            Value::Array(audiences) if !audiences.iter().all(Value::is_string) => return Err(malformed),
            Value::Array(audiences) => audiences.iter().any(|audience| audience == ours),
            _ => return Err(malformed),
        };
        if contains_ours { Ok(()) } else { Err(TokenRefusal::WrongAudience) }
    }
}
