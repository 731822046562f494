//! Issuing an access token for a session.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use super::{AccessToken, TokenSettings};
use crate::{
    auth::keys::{KeyRing, key::SigningFailed},
    crypto::random::{NoRandomness, random_bytes},
    domain::{
        SessionId, Timestamp, UserId,
        authentication::{AuthContext, AuthMethods},
        second_factor::SecondFactorRule,
    },
};

/// Why no token was issued.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum IssueError {
    /// The session expires within the second.
    #[error("the session is over")]
    SessionOver,
    /// There is no key: all were revoked, and none was created yet.
    #[error("there is no key to sign with")]
    NoKey,
    /// The random number generator failed.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The cryptographic library failed.
    #[error(transparent)]
    Signing(#[from] SigningFailed),
}

/// The user and session of a new token.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The user.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// How and when the user signed in.
    pub authentication: AuthContext,
    /// The user's address, issued only with [`TokenSettings::email_claim`].
    pub email: Option<&'a str>,
    /// The user's name, issued only with [`TokenSettings::name_claim`].
    pub name: Option<&'a str>,
    /// The absolute expiry of the session. The token expires no later.
    pub not_after: Timestamp,
}

/// A new token and its times.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: AccessToken,
    /// `iat`, a whole second.
    pub issued_at: Timestamp,
    /// `exp`, a whole second.
    pub expires_at: Timestamp,
}

/// Signs access tokens.
#[derive(Clone, Debug)]
pub struct Issuer {
    keys: KeyRing,
    settings: TokenSettings,
}

impl Issuer {
    /// An issuer that signs with the current key of `keys`.
    pub fn new(keys: KeyRing, settings: TokenSettings) -> Self {
        Self { keys, settings }
    }

    /// Whether users must have a second factor.
    pub const fn second_factor(&self) -> SecondFactorRule {
        self.settings.second_factor
    }

    /// Signs a token that is valid from `now` for the configured lifetime, at most until the session expires.
    pub fn issue(&self, grant: Grant<'_>, now: Timestamp) -> Result<IssuedToken, IssueError> {
        let issued_at = Timestamp::from_millis(now.seconds() * 1000);
        let ends_at = issued_at.plus(self.settings.access_ttl).min(grant.not_after);
        let expires_at = Timestamp::from_millis(ends_at.seconds() * 1000);
        if expires_at <= issued_at {
            return Err(IssueError::SessionOver);
        }
        let user_id = grant.user_id.to_string();
        let token = self.keys.signing(now).ok_or(IssueError::NoKey)?.sign(&Claims {
            iss: &self.settings.issuer,
            sub: &user_id,
            user_id: &user_id,
            sid: grant.session_id,
            jti: token_id()?,
            iat: issued_at.seconds(),
            nbf: issued_at.seconds(),
            exp: expires_at.seconds(),
            auth_time: grant.authentication.time.seconds(),
            amr: grant.authentication.methods.map(AuthMethods::amr),
            acr: grant.authentication.assurance().as_str(),
            aud: self.settings.audience.as_deref(),
            email: grant.email.filter(|_| self.settings.email_claim),
            name: grant.name.filter(|_| self.settings.name_claim),
        })?;
        Ok(IssuedToken { token: AccessToken(token), issued_at, expires_at })
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    user_id: &'a str,
    sid: SessionId,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<Vec<&'static str>>,
    acr: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

/// 128 random bits.
fn token_id() -> Result<String, IssueError> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<16>()?))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        auth::{
            token::revocations::Revocations,
            token::{MAX_BYTES, TokenRefusal, Verifier},
        },
        clock::Clock,
        crypto::secret::SharedSecret,
        domain::{
            authentication::{Assurance, AuthMethod},
            email, name,
        },
    };

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_900);
    const SIGNED_IN: Timestamp = Timestamp::from_millis(1_699_999_000_400);
    const TTL: Duration = Duration::from_mins(15);

    fn settings() -> TokenSettings {
        TokenSettings {
            issuer: "https://accounts.example.com".to_owned(),
            audience: Some("https://accounts.example.com".to_owned()),
            access_ttl: TTL,
            email_claim: false,
            name_claim: false,
            second_factor: SecondFactorRule::Optional,
        }
    }

    fn grant() -> Grant<'static> {
        Grant {
            user_id: UserId::new(NOW, [1; 10]),
            session_id: SessionId::new(NOW, [2; 10]),
            authentication: AuthContext::new(AuthMethods::of(AuthMethod::Password), SIGNED_IN),
            email: Some("ada@example.com"),
            name: Some("Ada"),
            not_after: NOW.plus(Duration::from_hours(24)),
        }
    }

    fn keys() -> KeyRing {
        KeyRing::hs256(&SharedSecret::generate().unwrap(), &[])
    }

    fn part(token: &AccessToken, index: usize) -> Value {
        let part = token.expose().split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn token_has_exactly_the_documented_claims() {
        let issued = Issuer::new(keys(), settings()).issue(grant(), NOW).unwrap();
        let header = part(&issued.token, 0);
        assert_eq!((&header["alg"], &header["typ"]), (&json!("HS256"), &json!("at+jwt")));
        assert_eq!(header.as_object().unwrap().len(), 3);
        let mut claims = part(&issued.token, 1);
        assert_eq!(claims["jti"].take().as_str().unwrap().len(), 22);
        assert_eq!(
            claims,
            json!({
                "iss": "https://accounts.example.com", "aud": "https://accounts.example.com",
                "sub": grant().user_id, "user_id": grant().user_id, "sid": grant().session_id, "jti": null,
                "iat": 1_700_000_000, "nbf": 1_700_000_000, "exp": 1_700_000_900,
                "auth_time": 1_699_999_000, "amr": ["pwd"], "acr": "aal1",
            })
        );
        assert_eq!(issued.issued_at.millis(), 1_700_000_000_000);
        assert_eq!(issued.expires_at.millis(), 1_700_000_900_000);
    }

    #[test]
    fn unknown_methods_have_no_amr_and_lowest_acr() {
        let grant = Grant { authentication: AuthContext::unknown(SIGNED_IN), ..grant() };
        let claims = part(&Issuer::new(keys(), settings()).issue(grant, NOW).unwrap().token, 1);
        assert_eq!((claims.get("amr"), &claims["acr"]), (None, &json!("aal1")));
        assert_eq!(claims["auth_time"], json!(1_699_999_000));
    }

    #[test]
    fn email_name_and_audience_claims_are_optional() {
        let settings = TokenSettings { audience: None, email_claim: true, name_claim: true, ..settings() };
        let claims = part(&Issuer::new(keys(), settings).issue(grant(), NOW).unwrap().token, 1);
        assert_eq!((&claims["email"], &claims["name"]), (&json!("ada@example.com"), &json!("Ada")));
        assert!(claims.get("aud").is_none());
    }

    #[test]
    fn the_verifier_reads_what_the_issuer_wrote() {
        let keys = keys();
        let verifier = Verifier::new(keys.clone(), &settings(), Revocations::new(Clock::system()));
        let issued = Issuer::new(keys, settings()).issue(grant(), NOW).unwrap();
        let claims = verifier.verify(issued.token.expose(), NOW).unwrap();
        assert_eq!((claims.user_id, claims.session_id), (grant().user_id, grant().session_id));
        assert_eq!((claims.issued_at, claims.expires_at), (issued.issued_at, issued.expires_at));
        let signed_in = Timestamp::from_millis(SIGNED_IN.seconds() * 1000);
        assert_eq!((claims.assurance, claims.auth_time), (Assurance::Aal1, Some(signed_in)));
        let much_later = NOW.plus(TTL * 2);
        assert_eq!(verifier.verify(issued.token.expose(), much_later), Err(TokenRefusal::Expired(claims)));
    }

    #[test]
    fn no_token_outlives_its_session() {
        let issuer = Issuer::new(keys(), settings());
        let ending = |millis| Grant { not_after: NOW.plus(Duration::from_millis(millis)), ..grant() };
        assert_eq!(issuer.issue(ending(10_000), NOW).unwrap().expires_at.millis(), 1_700_000_010_000);
        assert!(matches!(issuer.issue(ending(50), NOW), Err(IssueError::SessionOver)));
        let over = Grant { not_after: NOW.minus(Duration::from_secs(1)), ..grant() };
        assert!(matches!(issuer.issue(over, NOW), Err(IssueError::SessionOver)));
    }

    #[test]
    fn no_two_tokens_are_the_same() {
        let issuer = Issuer::new(keys(), settings());
        assert_ne!(issuer.issue(grant(), NOW).unwrap().token, issuer.issue(grant(), NOW).unwrap().token);
    }

    #[test]
    fn a_token_and_its_cookie_name_fit_in_a_kilobyte() {
        let token = Issuer::new(keys(), settings()).issue(grant(), NOW).unwrap().token;
        let size = "__Host-latchkey_access_token".len() + token.expose().len();
        assert!(size <= 1024, "{size} bytes");
    }

    #[test]
    fn token_with_longest_address_is_accepted() {
        let keys = keys();
        let settings = TokenSettings { email_claim: true, name_claim: true, ..settings() };
        let (email, name) = ("e".repeat(email::MAX_BYTES), "🔑".repeat(name::MAX_CHARS));
        let grant = Grant { email: Some(&email), name: Some(&name), ..grant() };
        let token = Issuer::new(keys.clone(), settings.clone()).issue(grant, NOW).unwrap().token;
        assert!(token.expose().len() < MAX_BYTES / 2, "{} bytes", token.expose().len());
        assert!(Verifier::new(keys, &settings, Revocations::new(Clock::system())).verify(token.expose(), NOW).is_ok());
    }

    #[test]
    fn debug_output_hides_the_token() {
        let issued = Issuer::new(keys(), settings()).issue(grant(), NOW).unwrap();
        assert!(!format!("{issued:?}").contains("eyJ"));
    }
}
