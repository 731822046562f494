//! Settings: read once, checked together, and typed from then on.
//!
//! A value comes from a flag, the environment, `.env` or the default, in this order. All invalid and
//! unsafe values are reported at once, and stop the start. Each part has its own settings: their rows in
//! the table, how they are parsed and how they are shown.

mod checks;
mod cookies;
mod database;
mod email_sign_in;
mod env_file;
mod events;
mod factors;
mod log;
mod mail;
mod names;
mod origins;
mod pages;
mod passkeys;
mod passwords;
pub mod private;
mod proxies;
mod secrets;
mod server;
mod sessions;
mod setting;
mod sign_up;
mod sources;
mod tokens;
mod value;
mod webhooks;

use std::{fmt, path::PathBuf};

use crate::{auth::keys::Signing, crypto::secret::SharedSecret};
use setting::{Invalid, Reader};

pub use cookies::CookieConfig;
pub use database::DatabaseConfig;
pub use email_sign_in::EmailSignInConfig;
pub use events::EventsConfig;
pub use factors::FactorConfig;
pub use log::{LogConfig, LogFormat};
pub use mail::MailConfig;
pub use origins::TrustedOrigins;
pub use pages::PagesConfig;
pub use passkeys::PasskeyConfig;
pub use passwords::{BlocklistFileError, PasswordConfig};
pub use proxies::ProxyConfig;
pub use secrets::{SecretFileError, SecretsConfig};
pub use server::{BaseUrl, ServerConfig};
pub use sessions::SessionConfig;
pub use setting::Setting;
pub use sign_up::SignUpConfig;
pub use sources::Sources;
pub use tokens::{JwtClaims, TokenConfig};
pub use webhooks::WebhookConfig;

/// All settings. The `Debug` output hides secrets.
#[derive(Clone)]
pub struct Config {
    /// How the service is reached.
    pub server: ServerConfig,
    /// Where data is stored.
    pub database: DatabaseConfig,
    /// The master secret.
    pub secrets: SecretsConfig,
    /// Access tokens.
    pub tokens: TokenConfig,
    /// Session lifetimes.
    pub sessions: SessionConfig,
    /// The names of the cookies.
    pub cookies: CookieConfig,
    /// Rules for new passwords.
    pub passwords: PasswordConfig,
    /// Who can create an account.
    pub sign_up: SignUpConfig,
    /// User events over the API.
    pub events: EventsConfig,
    /// Webhooks.
    pub webhooks: WebhookConfig,
    /// Mail.
    pub mail: MailConfig,
    /// Sign-in with a code or a link in a message.
    pub email_sign_in: EmailSignInConfig,
    /// Second factors.
    pub factors: FactorConfig,
    /// Passkeys.
    pub passkeys: PasskeyConfig,
    /// Origins that may call the sign-in API from a browser.
    pub origins: TrustedOrigins,
    /// Where the pages lead.
    pub pages: PagesConfig,
    /// Reverse proxies.
    pub proxies: ProxyConfig,
    /// The log.
    pub log: LogConfig,
}

/// Every setting, in the order of the help.
pub fn settings() -> impl Iterator<Item = Setting> {
    let parts = [
        server::SETTINGS,
        database::SETTINGS,
        secrets::SETTINGS,
        tokens::SETTINGS,
        sessions::SETTINGS,
        cookies::SETTINGS,
        passwords::SETTINGS,
        sign_up::SETTINGS,
        events::SETTINGS,
        webhooks::SETTINGS,
        mail::SETTINGS,
        email_sign_in::SETTINGS,
        factors::SETTINGS,
        passkeys::SETTINGS,
        origins::SETTINGS,
        pages::SETTINGS,
        proxies::SETTINGS,
        log::SETTINGS,
    ];
    parts.into_iter().flatten().copied()
}

impl Config {
    /// Reads every setting through `lookup`, which takes the name of a variable. Empty means unset.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let mut reader = Reader::new(&lookup);
        let server = ServerConfig::read(&mut reader);
        let database = DatabaseConfig::read(&mut reader);
        let secrets = SecretsConfig::read(&mut reader);
        let tokens = TokenConfig::read(&mut reader);
        let sessions = SessionConfig::read(&mut reader);
        let cookies = CookieConfig::read(&mut reader);
        let passwords = PasswordConfig::read(&mut reader);
        let sign_up = SignUpConfig::read(&mut reader);
        let events = EventsConfig::read(&mut reader);
        let webhooks = WebhookConfig::read(&mut reader);
        let mail = MailConfig::read(&mut reader);
        let email_sign_in = EmailSignInConfig::read(&mut reader, mail.as_ref().ok());
        let factors = FactorConfig::read(&mut reader);
        let passkeys = PasskeyConfig::read(&mut reader);
        let origins = TrustedOrigins::read(&mut reader);
        let pages = PagesConfig::read(&mut reader);
        let proxies = ProxyConfig::read(&mut reader);
        let log = LogConfig::read(&mut reader);
        let config = || {
            Ok::<_, Invalid>(Self {
                server: server?,
                database: database?,
                secrets: secrets?,
                tokens: tokens?,
                sessions: sessions?,
                cookies: cookies?,
                passwords: passwords?,
                sign_up: sign_up?,
                events: events?,
                webhooks: webhooks?,
                mail: mail?,
                email_sign_in: email_sign_in?,
                factors: factors?,
                passkeys: passkeys?,
                origins: origins?,
                pages: pages?,
                proxies: proxies?,
                log: log?,
            })
        };
        let unsafe_together = checks::problems(&reader);
        reader.problems.extend(unsafe_together);
        match config() {
            Ok(config) if reader.problems.is_empty() => Ok(config),
            _ => Err(Problems(reader.problems)),
        }
    }

    /// The configured master secret, or the one in the data folder, generated if absent.
    pub fn master_secret(&self) -> Result<SharedSecret, SecretFileError> {
        self.secrets.load(&self.database.data_dir)
    }

    /// Whether the master secret is configured, or in the data folder.
    pub fn has_master_secret(&self) -> bool {
        self.secrets.exists(&self.database.data_dir)
    }

    /// The file of the signing secret that an older version generated and this version ignores, if it
    /// exists.
    pub fn obsolete_secret_file(&self) -> Option<PathBuf> {
        let file = self.database.data_dir.join("jwt-secret");
        (matches!(self.tokens.signing, Signing::KeyPairs(_)) && file.exists()).then_some(file)
    }

    /// Completes a base URL that is derived from the port, if the operating system has chosen the port.
    pub fn use_port(&mut self, port: u16) {
        let derived = self.server.base_url.as_str().to_owned();
        if !self.server.use_port(port) {
            return;
        }
        self.origins.set_own(&self.server.base_url);
        if self.tokens.audience.as_deref() == Some(&derived) {
            self.tokens.audience = Some(self.server.base_url.as_str().to_owned());
        }
    }

    /// Every variable with its effective value as in `.env`, or a comment that begins with `# ` if the value is secret
    /// or absent.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        [
            self.server.values(),
            self.database.values(),
            self.secrets.values(),
            self.tokens.values(),
            self.sessions.values(),
            self.cookies.values(),
            self.passwords.values(),
            self.sign_up.values(),
            self.events.values(),
            self.webhooks.values(),
            self.mail.values(),
            self.email_sign_in.values(),
            self.factors.values(),
            self.passkeys.values(),
            self.origins.values(),
            self.pages.values(),
            self.proxies.values(),
            self.log.values(),
        ]
        .concat()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.values()).finish()
    }
}

/// An invalid or unsafe setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {message}")]
pub struct Problem {
    /// The environment variable of the setting.
    pub variable: String,
    /// What is wrong, and what to set instead.
    pub message: String,
}

/// All invalid and unsafe settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings are invalid:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::auth::keys::{Algorithm, PairAlgorithm};

    const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

    fn read(vars: &[(&str, &str)]) -> Result<Config, Problems> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup)
    }

    #[test]
    fn config_without_settings_has_defaults() {
        let Config { server, database, secrets, tokens, sessions, passwords, proxies, .. } = read(&[]).unwrap();
        assert_eq!(server.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(server.base_url.as_str(), "http://localhost:3000");
        assert_eq!(database.url, "sqlite:data/latchkey.db");
        assert_eq!(tokens.access_ttl, Duration::from_mins(15));
        assert_eq!(sessions.idle, Duration::from_hours(7 * 24));
        assert_eq!(sessions.max, Duration::from_hours(30 * 24));
        assert_eq!(tokens.audience.as_deref(), Some("http://localhost:3000"));
        assert_eq!(tokens.claims, JwtClaims::default());
        assert_eq!(tokens.signing.algorithm(), Algorithm::Pair(PairAlgorithm::EdDsa));
        assert_eq!(tokens.key_rotation, Some(Duration::from_hours(90 * 24)));
        assert_eq!(passwords.min_length, 8);
        assert!(server.rate_limit && proxies.trusted.is_empty() && secrets.master.is_none());
    }

    #[test]
    fn value_empty_means_unset() {
        let config = read(&[("LATCHKEY_LISTEN", ""), ("LATCHKEY_JWT_SECRET", "  "), ("LATCHKEY_ACCESS_TTL", "")]);
        assert_eq!(config.unwrap().server.listen.to_string(), "127.0.0.1:3000");
    }

    #[test]
    fn problems_are_all_reported_at_once() {
        let problems = read(&[
            ("LATCHKEY_LISTEN", "here"),
            ("LATCHKEY_BASE_URL", "ftp://x"),
            ("LATCHKEY_JWT_SECRET", "secret"),
            ("LATCHKEY_ACCESS_TTL", "soon"),
            ("LATCHKEY_PASSWORD_MIN_LENGTH", "4"),
            ("LATCHKEY_JWT_CLAIMS", "password"),
            ("LATCHKEY_DATABASE_URL", "mysql://x"),
            ("LATCHKEY_TRUSTED_ORIGINS", "everywhere"),
            ("LATCHKEY_TRUSTED_PROXIES", "everyone"),
            ("LATCHKEY_LOG", "a=b=c"),
        ]);
        assert_eq!(problems.unwrap_err().0.len(), 10);
    }

    #[test]
    fn values_cover_every_setting_in_order() {
        let shown: Vec<_> = read(&[]).unwrap().values().into_iter().map(|(variable, _)| variable).collect();
        assert_eq!(shown, settings().map(|setting| setting.variable).collect::<Vec<_>>());
    }

    #[test]
    fn debug_output_hides_secrets() {
        let database = ("LATCHKEY_DATABASE_URL", "postgres://latchkey:hunter2@db/latchkey");
        let config = read(&[("LATCHKEY_JWT_SECRET", SECRET), database]).unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("//db/latchkey") && !shown.contains(SECRET) && !shown.contains("hunter2"), "{shown}");
    }
}
