//! Verifies access tokens.

use std::{env, time::Duration};

use jsonwebtoken::{Validation, decode, decode_header, get_current_timestamp};
use serde::Deserialize;

use crate::keys::{Keys, PublishedKeys, SharedKeys};

/// In seconds.
const LEEWAY: u64 = 5;

/// Claims of an access token. All but the last two are required, and all must have these types.
#[derive(Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: String,
    #[expect(dead_code, reason = "`decode` compares it but would also accept an array")]
    iss: String,
    user_id: String,
    sid: String,
    jti: String,
    iat: f64,
    /// When the user signed in. `None`: unknown.
    pub auth_time: Option<f64>,
    /// The strength of the sign-in. `None`: unknown.
    pub acr: Option<String>,
}

/// Why a token is not accepted.
pub enum TokenError {
    /// Expired, from another issuer, for another audience, or malformed.
    Invalid,
    /// The key is unknown and could not be fetched.
    KeysUnavailable,
}

impl From<jsonwebtoken::errors::Error> for TokenError {
    fn from(_: jsonwebtoken::errors::Error) -> Self {
        Self::Invalid
    }
}

/// Verifies tokens of one issuer for one audience.
pub struct Verifier {
    issuer: String,
    audience: String,
    keys: Keys,
}

impl Verifier {
    /// Reads the same environment variables as Latchkey.
    pub fn from_environment() -> Result<Self, Box<dyn std::error::Error>> {
        let setting = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let seconds = |name, default| setting(name).map_or(Ok(default), |value| value.parse()).map(Duration::from_secs);
        let issuer = setting("LATCHKEY_BASE_URL").unwrap_or_else(|| "http://localhost:3000".to_owned());
        let audience = setting("LATCHKEY_JWT_AUDIENCE").unwrap_or_else(|| issuer.clone());
        // Either shared secrets or public keys, never both (RFC 8725 §3.1).
        let keys = if let Some(secrets) = setting("LATCHKEY_JWT_SECRET") {
            Keys::Shared(SharedKeys::new(secrets.split_whitespace())?)
        } else {
            let url = setting("LATCHKEY_JWKS_URL").unwrap_or_else(|| format!("{issuer}/api/auth/jwks"));
            let max_age = seconds("LATCHKEY_JWKS_MAX_AGE", 300)?;
            Keys::Published(PublishedKeys::new(url, max_age, seconds("LATCHKEY_JWKS_COOLDOWN", 10)?))
        };
        Ok(Self { issuer, audience, keys })
    }

    /// Returns the claims of a valid access token.
    pub async fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        let header = decode_header(token)?;
        let typ = header.typ.unwrap_or_default().to_ascii_lowercase();
        if typ.strip_prefix("application/").unwrap_or(&typ) != "at+jwt" || header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        let key = self.keys.find(&header.kid.ok_or(TokenError::Invalid)?, header.alg).await?;
        // `decode` refuses every algorithm but the key's.
        let mut expected = Validation::new(key.algorithm);
        expected.leeway = LEEWAY;
        expected.validate_nbf = true;
        expected.set_issuer(&[&self.issuer]);
        expected.set_audience(&[&self.audience]);
        expected.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        let claims: Claims = decode(token, &key.decoding, &expected)?.claims;
        #[expect(clippy::cast_precision_loss, reason = "exact until the year 285 million")]
        let latest = (get_current_timestamp() + LEEWAY) as f64;
        if claims.sub != claims.user_id
            || [&claims.sub, &claims.sid, &claims.jti].into_iter().any(String::is_empty)
            || claims.iat > latest
        {
            return Err(TokenError::Invalid);
        }
        Ok(claims)
    }
}
