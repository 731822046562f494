//! What access tokens are signed with, and for how long.

use std::time::Duration;

use super::Problem;
use crate::{
    auth::keys::{Algorithm, JWKS_MAX_AGE, PairAlgorithm, Signing},
    crypto::secret::SharedSecret,
};

/// How many times as long as it takes a key to come and to go it has to sign at least: the set of published
/// keys stays small, and no key is withdrawn as soon as it has been taken up.
const ROTATION_FACTOR: u32 = 4;

/// What signs, from the settings that decide it together.
pub(super) fn signing(
    secrets: Vec<SharedSecret>,
    algorithm: Option<Algorithm>,
    master: Option<&SharedSecret>,
) -> Result<Signing, Problem> {
    if secrets.iter().any(|secret| master.is_some_and(|master| master.expose() == secret.expose())) {
        let message = "is shared with backends, so it must not be LATCHKEY_SECRET too; set another one";
        return Err(problem("LATCHKEY_JWT_SECRET", message.to_owned()));
    }
    let mut secrets = secrets.into_iter();
    match (secrets.next(), algorithm) {
        (Some(first), None | Some(Algorithm::Hs256)) => Ok(Signing::SharedSecrets(first, secrets.collect())),
        (Some(_), Some(Algorithm::Pair(algorithm))) => {
            let message = format!(
                "{} signs with a key pair, and LATCHKEY_JWT_SECRET holds a shared secret; unset one of the two",
                algorithm.as_str()
            );
            Err(problem("LATCHKEY_JWT_ALGORITHM", message))
        }
        (None, None) => Ok(Signing::KeyPairs(PairAlgorithm::EdDsa)),
        (None, Some(Algorithm::Pair(algorithm))) => Ok(Signing::KeyPairs(algorithm)),
        (None, Some(Algorithm::Hs256)) => {
            let message = "HS256 needs a secret shared with the backends; set LATCHKEY_JWT_SECRET to the output of \
                           `openssl rand -base64 48`, or sign with EdDSA";
            Err(problem("LATCHKEY_JWT_ALGORITHM", message.to_owned()))
        }
    }
}

/// A key that is replaced sooner than its successor is published and itself is gone.
pub(super) fn rotation_too_fast(rotation: Option<Duration>, access_ttl: Option<Duration>) -> Option<Problem> {
    let shortest = (access_ttl? + JWKS_MAX_AGE) * ROTATION_FACTOR;
    rotation.filter(|rotation| *rotation < shortest)?;
    let message = format!(
        "is too short: a key has to be published before it signs and kept until its last token has expired; use at \
         least {} with this LATCHKEY_ACCESS_TTL, better 90d",
        humantime::format_duration(shortest)
    );
    Some(problem("LATCHKEY_KEY_ROTATION", message))
}

fn problem(variable: &str, message: String) -> Problem {
    Problem { variable: variable.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const ONE: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";
    const TWO: &str = "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM";

    fn read(vars: &[(&str, &str)]) -> Result<Config, String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup).map_err(|problems| problems.to_string())
    }

    fn algorithm(vars: &[(&str, &str)]) -> &'static str {
        read(vars).unwrap().signing.algorithm().as_str()
    }

    #[test]
    fn a_shared_secret_means_hs256_and_none_means_a_key_pair() {
        assert_eq!(algorithm(&[]), "EdDSA");
        assert_eq!(algorithm(&[("LATCHKEY_JWT_ALGORITHM", "es256")]), "ES256");
        assert_eq!(algorithm(&[("LATCHKEY_JWT_SECRET", ONE)]), "HS256");
        assert_eq!(algorithm(&[("LATCHKEY_JWT_SECRET", ONE), ("LATCHKEY_JWT_ALGORITHM", "HS256")]), "HS256");
    }

    #[test]
    fn contradictions_are_reported_with_what_to_do() {
        for (vars, words) in [
            (vec![("LATCHKEY_JWT_ALGORITHM", "HS256")], "LATCHKEY_JWT_ALGORITHM: HS256 needs"),
            (vec![("LATCHKEY_JWT_ALGORITHM", "RS256")], "use EdDSA, ES256 or HS256"),
            (vec![("LATCHKEY_JWT_SECRET", ONE), ("LATCHKEY_JWT_ALGORITHM", "EdDSA")], "unset one of the two"),
            (vec![("LATCHKEY_JWT_SECRET", ONE), ("LATCHKEY_SECRET", ONE)], "LATCHKEY_JWT_SECRET: is shared"),
            (vec![("LATCHKEY_SECRET", "changeme")], "LATCHKEY_SECRET: has 8 bytes"),
        ] {
            let problem = read(&vars).unwrap_err();
            assert!(problem.contains(words), "{problem}");
        }
    }

    #[test]
    fn of_several_secrets_the_first_signs() {
        let several = format!("{ONE}  {TWO}\n");
        let Signing::SharedSecrets(first, others) = read(&[("LATCHKEY_JWT_SECRET", &several)]).unwrap().signing else {
            panic!("secrets are shared");
        };
        assert_eq!((first.expose(), others.len(), others[0].expose()), (ONE.as_bytes(), 1, TWO.as_bytes()));
        for (bad, words) in [(format!("{ONE} {ONE}"), "twice"), (format!("{ONE} short"), "no. 2 has 5 bytes")] {
            let problem = read(&[("LATCHKEY_JWT_SECRET", &bad)]).unwrap_err();
            assert!(problem.contains(words) && !problem.contains(ONE), "{problem}");
        }
    }

    #[test]
    fn a_rotation_is_much_longer_than_the_life_of_a_token() {
        let rotation = |text| read(&[("LATCHKEY_KEY_ROTATION", text)]).map(|config| config.key_rotation);
        assert_eq!(rotation("off"), Ok(None));
        assert_eq!(rotation("80m"), Ok(Some(Duration::from_mins(80))));
        assert!(rotation("79m").unwrap_err().contains("1h 20m"));
        assert!(rotation("never").unwrap_err().contains("`off`"));
        let longer = [("LATCHKEY_KEY_ROTATION", "1d"), ("LATCHKEY_ACCESS_TTL", "6h")];
        assert!(read(&longer).unwrap_err().contains("LATCHKEY_KEY_ROTATION"));
    }
}
