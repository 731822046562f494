//! Settings: read once, judged as a whole, and never a string again.
//!
//! A value comes from a flag, else the environment, else `.env`, else the default. Everything that is
//! wrong or unsafe is reported at once, and stops the start.

mod base_url;
mod exposure;
mod glob;
mod origin_pattern;
mod parse;
mod redact;
mod secret_file;
mod setting;
mod signing;
mod trusted_origins;

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;

use crate::{auth::keys::Signing, crypto::secret::SharedSecret};
use exposure::{Exposure, lifetimes_out_of_order};
use signing::{rotation_too_fast, signing};

pub use base_url::BaseUrl;
pub use secret_file::SecretFileError;
pub use setting::{SETTINGS, Setting};
pub use trusted_origins::TrustedOrigins;

/// Everything the service can be told. Its `Debug` output hides secrets.
#[derive(Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How browsers and programs reach the service; also the issuer of its tokens.
    pub base_url: BaseUrl,
    /// Where what the service makes for itself is kept: the SQLite database, the secret.
    pub data_dir: PathBuf,
    /// Which database.
    pub database_url: String,
    /// The master secret, from which keys for every purpose are derived; `None` for one made on first start.
    pub secret: Option<SharedSecret>,
    /// What signs access tokens.
    pub signing: Signing,
    /// How long a key pair signs before the next one does; `None`: until somebody says so.
    pub key_rotation: Option<Duration>,
    /// The audience of access tokens; `None` leaves `aud` out.
    pub jwt_audience: Option<String>,
    /// Which personal data goes into access tokens.
    pub jwt_claims: JwtClaims,
    /// How long an access token is good for.
    pub access_ttl: Duration,
    /// A session unused for this long ends.
    pub session_idle: Duration,
    /// A session ends after this long.
    pub session_max: Duration,
    /// The fewest characters of a chosen password.
    pub password_min_length: u8,
    /// Whether chosen passwords need upper case, lower case and a digit.
    pub password_composition: bool,
    /// Sites and apps that may use the sign-in API from a browser; the base URL's own is among them.
    pub trusted_origins: TrustedOrigins,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether attempts are slowed down.
    pub rate_limit: bool,
    /// What is logged (an `EnvFilter` directive).
    pub log: String,
}

/// Personal data in access tokens: none unless asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JwtClaims {
    /// The e-mail address.
    pub email: bool,
    /// The name.
    pub name: bool,
}

/// One thing wrong with the settings, with what to set instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {message}")]
pub struct Problem {
    /// The setting's environment variable.
    pub variable: String,
    /// What is wrong and how to mend it, in a sentence.
    pub message: String,
}

/// Everything wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration cannot be used:")?;
        for problem in &self.0 {
            writeln!(f, "  - {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl Config {
    /// Reads every setting through `lookup`, which is given a variable's name. An empty value means unset.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let mut reader = Reader { lookup, problems: Vec::new() };
        let data_dir: PathBuf = reader.text("LATCHKEY_DATA").into();
        let listen = reader.parsed("LATCHKEY_LISTEN", parse::address);
        let base_url = reader.parsed("LATCHKEY_BASE_URL", BaseUrl::parse);
        let database_url = reader.parsed("LATCHKEY_DATABASE_URL", |text| parse::database_url(text, &data_dir));
        let secret = reader.parsed("LATCHKEY_SECRET", parse::secret);
        let jwt_secrets = reader.parsed("LATCHKEY_JWT_SECRET", parse::secrets);
        let jwt_algorithm = reader.parsed("LATCHKEY_JWT_ALGORITHM", parse::jwt_algorithm);
        let key_rotation = reader.parsed("LATCHKEY_KEY_ROTATION", parse::key_rotation);
        let jwt_claims = reader.parsed("LATCHKEY_JWT_CLAIMS", parse::jwt_claims);
        let access_ttl = reader.parsed("LATCHKEY_ACCESS_TTL", parse::duration);
        let session_idle = reader.parsed("LATCHKEY_SESSION_IDLE", parse::duration);
        let session_max = reader.parsed("LATCHKEY_SESSION_MAX", parse::duration);
        let password_min_length = reader.parsed("LATCHKEY_PASSWORD_MIN_LENGTH", parse::min_length);
        let password_composition = reader.parsed("LATCHKEY_PASSWORD_COMPOSITION", parse::switch);
        let trusted_origins = reader.parsed("LATCHKEY_TRUSTED_ORIGINS", trusted_origins::parse);
        let trusted_proxies = reader.parsed("LATCHKEY_TRUSTED_PROXIES", parse::networks);
        let rate_limit = reader.parsed("LATCHKEY_RATE_LIMIT", parse::switch);
        let jwt_audience = match reader.text("LATCHKEY_JWT_AUDIENCE").as_str() {
            "" => base_url.as_ref().map(|url| url.as_str().to_owned()),
            "none" => None,
            audience => Some(audience.to_owned()),
        };
        let log = reader.text("LATCHKEY_LOG");

        let exposure =
            Exposure { listen, base_url: base_url.as_ref(), rate_limit, trusted_origins: trusted_origins.as_deref() };
        reader.problems.extend(exposure.problems());
        reader.problems.extend(lifetimes_out_of_order(access_ttl, session_idle, session_max));
        reader.problems.extend(rotation_too_fast(key_rotation.flatten(), access_ttl));
        let signing = jwt_secrets.zip(jwt_algorithm).and_then(|(secrets, algorithm)| {
            let master = secret.as_ref().and_then(Option::as_ref);
            signing(secrets, algorithm, master).map_err(|problem| reader.problems.push(problem)).ok()
        });
        let complete = || {
            Some(Self {
                listen: listen?,
                trusted_origins: TrustedOrigins::new(base_url.as_ref()?, trusted_origins?),
                base_url: base_url?,
                data_dir,
                database_url: database_url?,
                secret: secret?,
                signing: signing?,
                key_rotation: key_rotation?,
                jwt_audience,
                jwt_claims: jwt_claims?,
                access_ttl: access_ttl?,
                session_idle: session_idle?,
                session_max: session_max?,
                password_min_length: password_min_length?,
                password_composition: password_composition?,
                trusted_proxies: trusted_proxies?,
                rate_limit: rate_limit?,
                log,
            })
        };
        match complete() {
            Some(config) if reader.problems.is_empty() => Ok(config),
            _ => Err(Problems(reader.problems)),
        }
    }

    /// The master secret: the configured one, or the one kept in the data folder, made on first start.
    pub fn master_secret(&self) -> Result<SharedSecret, SecretFileError> {
        match &self.secret {
            Some(secret) => Ok(secret.clone()),
            None => secret_file::read_or_create(&self.data_dir),
        }
    }

    /// The secret that an older version made for signing, and that nothing reads any more, if it is there.
    pub fn abandoned_secret(&self) -> Option<PathBuf> {
        let file = self.data_dir.join("jwt-secret");
        (matches!(self.signing, Signing::KeyPairs(_)) && file.exists()).then_some(file)
    }
}

struct Reader<F> {
    lookup: F,
    problems: Vec<Problem>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn text(&self, variable: &str) -> String {
        let given = (self.lookup)(variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        given.unwrap_or_else(|| setting::default_of(variable).to_owned())
    }

    fn parsed<T>(&mut self, variable: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match parse(&self.text(variable)) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problems.push(Problem { variable: variable.to_owned(), message });
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::keys::{Algorithm, PairAlgorithm};

    const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

    fn read(vars: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup).map_err(|problems| problems.0.into_iter().map(|problem| problem.variable).collect())
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let config = read(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.base_url.as_str(), "http://localhost:3000");
        assert_eq!(config.database_url, "sqlite:data/latchkey.db");
        assert_eq!(config.access_ttl, Duration::from_mins(15));
        assert_eq!(config.session_idle, Duration::from_hours(7 * 24));
        assert_eq!(config.session_max, Duration::from_hours(30 * 24));
        assert_eq!(config.jwt_audience.as_deref(), Some("http://localhost:3000"));
        assert_eq!(config.jwt_claims, JwtClaims::default());
        assert_eq!(config.signing.algorithm(), Algorithm::Pair(PairAlgorithm::EdDsa));
        assert_eq!(config.key_rotation, Some(Duration::from_hours(90 * 24)));
        assert_eq!(config.password_min_length, 8);
        assert!(config.rate_limit && config.trusted_proxies.is_empty() && config.secret.is_none());
    }

    #[test]
    fn an_empty_value_means_unset() {
        let config = read(&[("LATCHKEY_LISTEN", ""), ("LATCHKEY_JWT_SECRET", "  "), ("LATCHKEY_ACCESS_TTL", "")]);
        assert_eq!(config.unwrap().listen.to_string(), "127.0.0.1:3000");
    }

    #[test]
    fn every_problem_is_reported_at_once() {
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
        ]);
        assert_eq!(problems.unwrap_err().len(), 9);
    }

    #[test]
    fn what_would_be_unsafe_on_a_public_address_is_refused() {
        let secret = ("LATCHKEY_JWT_SECRET", SECRET);
        assert_eq!(read(&[("LATCHKEY_BASE_URL", "http://auth.example.com")]).unwrap_err(), ["LATCHKEY_BASE_URL"]);
        assert_eq!(read(&[("LATCHKEY_LISTEN", "0.0.0.0:3000")]).unwrap_err(), ["LATCHKEY_BASE_URL"]);
        let public = ("LATCHKEY_BASE_URL", "https://auth.example.com");
        assert_eq!(read(&[public, secret, ("LATCHKEY_RATE_LIMIT", "off")]).unwrap_err(), ["LATCHKEY_RATE_LIMIT"]);
        assert!(read(&[public, secret, ("LATCHKEY_LISTEN", "0.0.0.0:3000")]).is_ok());
        assert!(read(&[("LATCHKEY_RATE_LIMIT", "off")]).is_ok());
        let everybody = ("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com,https://*");
        assert_eq!(read(&[public, secret, everybody]).unwrap_err(), ["LATCHKEY_TRUSTED_ORIGINS"]);
        assert!(read(&[everybody]).is_ok());
    }

    #[test]
    fn personal_claims_are_added_one_by_one() {
        let claims = |text| read(&[("LATCHKEY_JWT_CLAIMS", text)]).unwrap().jwt_claims;
        assert_eq!(claims("email, name"), JwtClaims { email: true, name: true });
        assert_eq!(claims("name"), JwtClaims { email: false, name: true });
        assert_eq!(claims("none"), JwtClaims::default());
    }

    #[test]
    fn nothing_outlives_what_it_depends_on() {
        let idle = read(&[("LATCHKEY_SESSION_IDLE", "31d")]).unwrap_err();
        let access = read(&[("LATCHKEY_ACCESS_TTL", "2h"), ("LATCHKEY_SESSION_IDLE", "1h")]).unwrap_err();
        assert_eq!((idle, access), (vec!["LATCHKEY_SESSION_IDLE".into()], vec!["LATCHKEY_ACCESS_TTL".into()]));
    }

    #[test]
    fn a_malformed_value_hides_no_unsafe_one() {
        let problems = read(&[
            ("LATCHKEY_JWT_SECRET", "changeme"),
            ("LATCHKEY_RATE_LIMIT", "off"),
            ("LATCHKEY_LISTEN", "0.0.0.0:3000"),
        ]);
        assert_eq!(problems.unwrap_err(), ["LATCHKEY_JWT_SECRET", "LATCHKEY_BASE_URL", "LATCHKEY_RATE_LIMIT"]);
    }

    #[test]
    fn the_audience_can_be_named_or_left_out() {
        assert_eq!(read(&[("LATCHKEY_JWT_AUDIENCE", "none")]).unwrap().jwt_audience, None);
        assert_eq!(read(&[("LATCHKEY_JWT_AUDIENCE", "api")]).unwrap().jwt_audience.as_deref(), Some("api"));
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let database = ("LATCHKEY_DATABASE_URL", "postgres://latchkey:hunter2@db/latchkey");
        let config = read(&[("LATCHKEY_JWT_SECRET", SECRET), database]).unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("db/latchkey") && !shown.contains(SECRET) && !shown.contains("hunter2"), "{shown}");
    }
}
