//! Access tokens: what signs them, what they contain, how long they last.

use std::time::Duration;

use super::{
    server,
    setting::{Invalid, Reader, Row, Setting},
    value::{describe_secrets, parse_duration, parse_switch, show_duration, split_list, split_secrets},
};
use crate::{
    auth::keys::{Algorithm, PairAlgorithm, Signing},
    crypto::secret::SharedSecret,
};

pub(super) const JWT_SECRET: Row<Vec<SharedSecret>> = Row {
    setting: Setting {
        variable: "LATCHKEY_JWT_SECRET",
        flag: "jwt-secret",
        value: "SECRETS",
        default: "",
        help: "Secrets of at least 32 bytes that are shared with backends, separated by spaces: the first signs access \
               tokens with HS256, all are accepted; set it in the environment rather than as a flag [default: none, \
               key pairs sign]",
    },
    parse: parse_secrets,
};

/// `None`: depends on [`JWT_SECRET`].
pub(super) const JWT_ALGORITHM: Row<Option<Algorithm>> = Row {
    setting: Setting {
        variable: "LATCHKEY_JWT_ALGORITHM",
        flag: "jwt-algorithm",
        value: "NAME",
        default: "",
        help: "Algorithm that signs access tokens: EdDSA, ES256 or HS256 [default: HS256 if LATCHKEY_JWT_SECRET is \
               set, otherwise EdDSA]",
    },
    parse: parse_algorithm,
};

pub(super) const KEY_ROTATION: Row<Option<Duration>> = Row {
    setting: Setting {
        variable: "LATCHKEY_KEY_ROTATION",
        flag: "key-rotation",
        value: "DURATION",
        default: "90d",
        help: "Time after which the next key pair signs; `off`: only `latchkey keys rotate` rotates the keys",
    },
    parse: parse_rotation,
};

const JWT_AUDIENCE: Row<Audience> = Row {
    setting: Setting {
        variable: "LATCHKEY_JWT_AUDIENCE",
        flag: "jwt-audience",
        value: "TEXT",
        default: "",
        help: "Audience (aud) of access tokens; `none` omits the claim [default: the base URL]",
    },
    parse: |text| {
        Ok(match text {
            "" => Audience::BaseUrl,
            "none" => Audience::Omitted,
            audience => Audience::Text(audience.to_owned()),
        })
    },
};

const JWT_CLAIMS: Row<JwtClaims> = Row {
    setting: Setting {
        variable: "LATCHKEY_JWT_CLAIMS",
        flag: "jwt-claims",
        value: "LIST",
        default: "none",
        help: "Personal data in access tokens: email, name or both",
    },
    parse: parse_claims,
};

pub(super) const ACCESS_TTL: Row<Duration> = Row {
    setting: Setting {
        variable: "LATCHKEY_ACCESS_TTL",
        flag: "access-ttl",
        value: "DURATION",
        default: "15m",
        help: "Lifetime of an access token",
    },
    parse: parse_duration,
};

pub(super) const SETTINGS: &[Setting] = &[
    JWT_SECRET.setting,
    JWT_ALGORITHM.setting,
    KEY_ROTATION.setting,
    JWT_AUDIENCE.setting,
    JWT_CLAIMS.setting,
    ACCESS_TTL.setting,
];

/// Access tokens: what signs them, what they contain, how long they last.
#[derive(Clone)]
pub struct TokenConfig {
    /// The algorithm, and the shared secrets if it uses them.
    pub signing: Signing,
    /// The time after which the next key pair signs; `None`: manual rotation only.
    pub key_rotation: Option<Duration>,
    /// The audience (`aud`); `None`: no such claim.
    pub audience: Option<String>,
    /// The optional claims.
    pub claims: JwtClaims,
    /// The lifetime.
    pub access_ttl: Duration,
}

/// Personal data in access tokens: none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JwtClaims {
    /// The e-mail address.
    pub email: bool,
    /// The name.
    pub name: bool,
}

enum Audience {
    BaseUrl,
    Omitted,
    Text(String),
}

impl TokenConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (secrets, algorithm) = (reader.read(&JWT_SECRET), reader.read(&JWT_ALGORITHM));
        let (key_rotation, audience) = (reader.read(&KEY_ROTATION), reader.read(&JWT_AUDIENCE));
        let (claims, access_ttl) = (reader.read(&JWT_CLAIMS), reader.read(&ACCESS_TTL));
        let audience = match audience? {
            Audience::BaseUrl => Some(server::base_url(reader)?.as_str().to_owned()),
            Audience::Omitted => None,
            Audience::Text(audience) => Some(audience),
        };
        Ok(Self {
            signing: signing(secrets?, algorithm?)?,
            key_rotation: key_rotation?,
            audience,
            claims: claims?,
            access_ttl: access_ttl?,
        })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            JWT_SECRET.comment(describe_secrets(number_of_secrets(&self.signing))),
            JWT_ALGORITHM.show(self.signing.algorithm().as_str()),
            KEY_ROTATION.show(self.key_rotation.map_or_else(|| "off".to_owned(), show_duration)),
            JWT_AUDIENCE.show(self.audience.as_deref().unwrap_or("none")),
            JWT_CLAIMS.show(show_claims(self.claims)),
            ACCESS_TTL.show(show_duration(self.access_ttl)),
        ]
    }
}

/// What signs. `checks::signing` reports a contradiction.
fn signing(secrets: Vec<SharedSecret>, algorithm: Option<Algorithm>) -> Result<Signing, Invalid> {
    let mut secrets = secrets.into_iter();
    match (secrets.next(), algorithm) {
        (Some(first), None | Some(Algorithm::Hs256)) => Ok(Signing::SharedSecrets(first, secrets.collect())),
        (None, None) => Ok(Signing::KeyPairs(PairAlgorithm::EdDsa)),
        (None, Some(Algorithm::Pair(algorithm))) => Ok(Signing::KeyPairs(algorithm)),
        (Some(_), Some(Algorithm::Pair(_))) | (None, Some(Algorithm::Hs256)) => Err(Invalid),
    }
}

/// Parses secrets that are separated by single spaces.
pub(super) fn parse_secrets(text: &str) -> Result<Vec<SharedSecret>, String> {
    let words = split_secrets(text)?;
    if (1..words.len()).any(|index| words[..index].contains(&words[index])) {
        return Err("contains the same secret twice; list each secret once".to_owned());
    }
    let parse = |(index, word): (usize, &&str)| {
        let position = if words.len() == 1 { String::new() } else { format!("secret no. {} ", index + 1) };
        SharedSecret::parse(word.as_bytes()).map_err(|weak| format!("{position}{weak}"))
    };
    words.iter().enumerate().map(parse).collect()
}

const fn number_of_secrets(signing: &Signing) -> usize {
    match signing {
        Signing::KeyPairs(_) => 0,
        Signing::SharedSecrets(_, others) => others.len() + 1,
    }
}

fn parse_algorithm(text: &str) -> Result<Option<Algorithm>, String> {
    match text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "eddsa" => Ok(Some(Algorithm::Pair(PairAlgorithm::EdDsa))),
        "es256" => Ok(Some(Algorithm::Pair(PairAlgorithm::Es256))),
        "hs256" => Ok(Some(Algorithm::Hs256)),
        _ => Err("is not a supported algorithm; use EdDSA, ES256 or HS256".to_owned()),
    }
}

fn parse_rotation(text: &str) -> Result<Option<Duration>, String> {
    if parse_switch(text) == Ok(false) {
        return Ok(None);
    }
    parse_duration(text).map(Some).map_err(|message| format!("{message}; `off` turns automatic rotation off"))
}

fn parse_claims(text: &str) -> Result<JwtClaims, String> {
    let mut claims = JwtClaims::default();
    for word in split_list(text).filter(|word| *word != "none") {
        match word {
            "email" => claims.email = true,
            "name" => claims.name = true,
            _ => return Err("contains an unknown claim; use email, name, both or none".to_owned()),
        }
    }
    Ok(claims)
}

const fn show_claims(claims: JwtClaims) -> &'static str {
    match (claims.email, claims.name) {
        (true, true) => "email,name",
        (true, false) => "email",
        (false, true) => "name",
        (false, false) => "none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const ONE: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";
    const TWO: &str = "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM";

    fn read(vars: &[(&str, &str)]) -> Result<TokenConfig, String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup).map(|config| config.tokens).map_err(|problems| problems.to_string())
    }

    fn algorithm(vars: &[(&str, &str)]) -> &'static str {
        read(vars).unwrap().signing.algorithm().as_str()
    }

    #[test]
    fn algorithm_default_depends_on_the_secret() {
        assert_eq!(algorithm(&[]), "EdDSA");
        assert_eq!(algorithm(&[("LATCHKEY_JWT_ALGORITHM", "es256")]), "ES256");
        assert_eq!(algorithm(&[("LATCHKEY_JWT_SECRET", ONE)]), "HS256");
        assert_eq!(algorithm(&[("LATCHKEY_JWT_SECRET", ONE), ("LATCHKEY_JWT_ALGORITHM", "HS256")]), "HS256");
    }

    #[test]
    fn secrets_several_first_signs() {
        let several = format!("{ONE} {TWO}\n");
        let Signing::SharedSecrets(first, others) = read(&[("LATCHKEY_JWT_SECRET", &several)]).unwrap().signing else {
            panic!("secrets are shared");
        };
        assert_eq!((first.expose(), others.len(), others[0].expose()), (ONE.as_bytes(), 1, TWO.as_bytes()));
        for (bad, words) in [(format!("{ONE} {ONE}"), "twice"), (format!("{ONE} short"), "no. 2 has 5 bytes")] {
            let problem = read(&[("LATCHKEY_JWT_SECRET", &bad)]).err().unwrap();
            assert!(problem.contains(words) && !problem.contains(ONE), "{problem}");
        }
    }

    #[test]
    fn secrets_separated_by_other_than_space() {
        for separator in ["\n", "\r\n", "\t", "  ", " \n", "\u{a0}", "\u{2028}"] {
            let problem = read(&[("LATCHKEY_JWT_SECRET", &format!("{ONE}{separator}{TWO}"))]).err().unwrap();
            assert!(problem.contains("LATCHKEY_JWT_SECRET: contains a line break"), "{separator:?}: {problem}");
            assert!(!problem.contains(ONE) && !problem.contains(TWO), "{problem}");
        }
    }

    #[test]
    fn claims_each_listed_is_added() {
        let claims = |text| read(&[("LATCHKEY_JWT_CLAIMS", text)]).unwrap().claims;
        assert_eq!(claims("email, name"), JwtClaims { email: true, name: true });
        assert_eq!(claims("name"), JwtClaims { email: false, name: true });
        assert_eq!(claims("none"), JwtClaims::default());
    }

    #[test]
    fn audience_none_is_omitted() {
        let audience = |text| read(&[("LATCHKEY_JWT_AUDIENCE", text)]).unwrap().audience;
        assert_eq!(audience("none"), None);
        assert_eq!(audience("api").as_deref(), Some("api"));
    }
}
