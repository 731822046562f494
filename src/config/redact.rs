//! The effective settings, fit to be shown.

use std::fmt;

use url::Url;

use super::{Config, JwtClaims};
use crate::auth::keys::Signing;

impl Config {
    /// Every setting's variable with its effective value; secrets are hidden.
    pub fn describe(&self) -> Vec<(&'static str, String)> {
        let duration = |span| humantime::format_duration(span).to_string();
        let switch = |on: bool| if on { "on" } else { "off" }.to_owned();
        let secret = self.secret.as_ref().map_or("(made on first start, in the data folder)", |_| "(set, hidden)");
        vec![
            ("LATCHKEY_LISTEN", self.listen.to_string()),
            ("LATCHKEY_BASE_URL", self.base_url.as_str().to_owned()),
            ("LATCHKEY_DATA", self.data_dir.display().to_string()),
            ("LATCHKEY_DATABASE_URL", without_password(&self.database_url)),
            ("LATCHKEY_SECRET", secret.to_owned()),
            ("LATCHKEY_JWT_SECRET", jwt_secrets(&self.signing)),
            ("LATCHKEY_JWT_ALGORITHM", self.signing.algorithm().as_str().to_owned()),
            ("LATCHKEY_KEY_ROTATION", self.key_rotation.map_or_else(|| "off".to_owned(), duration)),
            ("LATCHKEY_JWT_AUDIENCE", self.jwt_audience.clone().unwrap_or_else(|| "none".to_owned())),
            ("LATCHKEY_JWT_CLAIMS", claims(self.jwt_claims).to_owned()),
            ("LATCHKEY_ACCESS_TTL", duration(self.access_ttl)),
            ("LATCHKEY_SESSION_IDLE", duration(self.session_idle)),
            ("LATCHKEY_SESSION_MAX", duration(self.session_max)),
            ("LATCHKEY_PASSWORD_MIN_LENGTH", self.password_min_length.to_string()),
            ("LATCHKEY_PASSWORD_COMPOSITION", switch(self.password_composition)),
            ("LATCHKEY_TRUSTED_ORIGINS", self.trusted_origins.written().collect::<Vec<_>>().join(",")),
            (
                "LATCHKEY_TRUSTED_PROXIES",
                self.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
            ),
            ("LATCHKEY_RATE_LIMIT", switch(self.rate_limit)),
            ("LATCHKEY_LOG", self.log.clone()),
        ]
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.describe()).finish()
    }
}

fn jwt_secrets(signing: &Signing) -> String {
    match signing {
        Signing::KeyPairs(_) => "(none)".to_owned(),
        Signing::SharedSecrets(_, others) if others.is_empty() => "(set, hidden)".to_owned(),
        Signing::SharedSecrets(_, others) => format!("({} set, hidden)", others.len() + 1),
    }
}

const fn claims(claims: JwtClaims) -> &'static str {
    match (claims.email, claims.name) {
        (true, true) => "email,name",
        (true, false) => "email",
        (false, true) => "name",
        (false, false) => "none",
    }
}

fn without_password(database_url: &str) -> String {
    match Url::parse(database_url) {
        Ok(mut url) if url.password().is_some() => {
            // Fails only for URLs that cannot have a password.
            let _ = url.set_password(Some("hidden"));
            url.to_string()
        }
        _ => database_url.to_owned(),
    }
}
