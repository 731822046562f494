//! Settings that are valid by themselves, and unsafe or contradictory together.
//!
//! A check ignores invalid values, whose own problems have been recorded.

use std::time::Duration;

use super::{
    Problem,
    events::EVENTS_TOKEN,
    origins, secrets, server,
    sessions::{IDLE, MAX},
    setting::Reader,
    tokens::{ACCESS_TTL, JWT_ALGORITHM, JWT_SECRET, KEY_ROTATION},
    value::show_duration,
    webhooks::{self, WEBHOOK_ALLOW_PRIVATE, WEBHOOK_SECRET, WEBHOOK_URL},
};
use crate::{
    auth::keys::{Algorithm, JWKS_MAX_AGE},
    outbound::Reach,
};

/// The minimum rotation period, as a multiple of the time that publishing and withdrawing a key take. It keeps the
/// published key set small.
const ROTATION_FACTOR: u32 = 4;

pub(super) fn problems(reader: &Reader) -> Vec<Problem> {
    let mut problems = exposure(reader);
    problems.extend(session_idle(reader));
    problems.extend(access_ttl(reader));
    problems.extend(key_rotation(reader));
    problems.extend(master_secret(reader));
    problems.extend(events_token(reader));
    problems.extend(algorithm(reader));
    problems.extend(webhook_secret(reader));
    problems.extend(webhook_reach(reader));
    problems
}

/// What is unsafe if other machines can reach the service.
fn exposure(reader: &Reader) -> Vec<Problem> {
    let base_url = server::base_url(reader).ok();
    let public_listen = server::listen(reader).ok().filter(|listen| !listen.ip().is_loopback());
    let public_url = base_url.as_ref().filter(|url| !url.is_loopback());
    if public_listen.is_none() && public_url.is_none() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    if let Some(url) = base_url.as_ref().filter(|url| !url.is_https()) {
        let reason = match (public_url, public_listen) {
            (None, Some(listen)) => format!("and other machines can reach {listen}"),
            _ => "and is not a loopback address".to_owned(),
        };
        problems.push(server::BASE_URL.problem(format!(
            "{} sends passwords and cookies unencrypted, {reason}; set it to the public https:// URL, or listen on \
             127.0.0.1 only",
            url.as_str(),
        )));
    }
    if let Ok(false) = reader.peek(&server::RATE_LIMIT) {
        problems.push(server::RATE_LIMIT.problem("off is for load tests on 127.0.0.1 only; set it to on"));
    }
    let origins = reader.peek(&origins::TRUSTED_ORIGINS).unwrap_or_default();
    let too_broad = origins.iter().enumerate().filter(|(_, pattern)| pattern.is_too_broad());
    problems.extend(too_broad.map(|(index, _)| {
        origins::TRUSTED_ORIGINS.problem(format!(
            "entry no. {} would let any site act for signed-in users; name the domain, as in https://*.example.com",
            index + 1,
        ))
    }));
    problems
}

fn session_idle(reader: &Reader) -> Option<Problem> {
    let (idle, max) = (reader.peek(&IDLE).ok()?, reader.peek(&MAX).ok()?);
    (idle > max).then(|| IDLE.problem("is longer than LATCHKEY_SESSION_MAX; set it to the same value or less"))
}

fn access_ttl(reader: &Reader) -> Option<Problem> {
    let (access, idle) = (reader.peek(&ACCESS_TTL).ok()?, reader.peek(&IDLE).ok()?);
    (access > idle).then(|| ACCESS_TTL.problem("is longer than LATCHKEY_SESSION_IDLE; set it to about 15m"))
}

fn key_rotation(reader: &Reader) -> Option<Problem> {
    let (rotation, access): (Duration, _) = (reader.peek(&KEY_ROTATION).ok()??, reader.peek(&ACCESS_TTL).ok()?);
    let shortest = (access + JWKS_MAX_AGE) * ROTATION_FACTOR;
    (rotation < shortest).then(|| {
        KEY_ROTATION.problem(format!(
            "is too short: a key is published before it signs, and kept until its last token has expired; use at least \
             {} with this LATCHKEY_ACCESS_TTL, or better 90d",
            show_duration(shortest),
        ))
    })
}

fn master_secret(reader: &Reader) -> Option<Problem> {
    let (master, secrets) = (reader.peek(&secrets::SECRET).ok()??, reader.peek(&JWT_SECRET).ok()?);
    let shared = secrets.iter().any(|secret| secret.expose() == master.expose());
    shared.then(|| JWT_SECRET.problem("is shared with backends and must differ from LATCHKEY_SECRET; set another one"))
}

fn events_token(reader: &Reader) -> Option<Problem> {
    let (master, tokens) = (reader.peek(&secrets::SECRET).ok()??, reader.peek(&EVENTS_TOKEN).ok()?);
    let shared = tokens.iter().any(|token| token.expose() == master.expose());
    shared
        .then(|| EVENTS_TOKEN.problem("is shared with backends and must differ from LATCHKEY_SECRET; set another one"))
}

fn algorithm(reader: &Reader) -> Option<Problem> {
    let (secrets, algorithm) = (reader.peek(&JWT_SECRET).ok()?, reader.peek(&JWT_ALGORITHM).ok()??);
    match (algorithm, secrets.is_empty()) {
        (Algorithm::Pair(pair), false) => Some(JWT_ALGORITHM.problem(format!(
            "{} signs with a key pair, and LATCHKEY_JWT_SECRET is a shared secret; unset one of the two",
            pair.as_str()
        ))),
        (Algorithm::Hs256, true) => Some(JWT_ALGORITHM.problem(
            "HS256 needs a secret that is shared with the backends; set LATCHKEY_JWT_SECRET to the output of `openssl \
             rand -base64 48`, or use EdDSA",
        )),
        _ => None,
    }
}

fn webhook_secret(reader: &Reader) -> Option<Problem> {
    let (url, secrets) = (reader.peek(&WEBHOOK_URL).ok()?, reader.peek(&WEBHOOK_SECRET).ok()?);
    (url.is_some() && secrets.is_empty()).then(|| {
        WEBHOOK_SECRET.problem(
            "is needed with LATCHKEY_WEBHOOK_URL, so that the receiver can verify webhooks; set whsec_ followed by the \
             output of `openssl rand -base64 32`",
        )
    })
}

fn webhook_reach(reader: &Reader) -> Option<Problem> {
    let url = reader.peek(&WEBHOOK_URL).ok()??;
    let allow_private = reader.peek(&WEBHOOK_ALLOW_PRIVATE).ok()?;
    if webhooks::reach(reader, allow_private).ok()? == Reach::Any {
        return None;
    }
    let reason = match (webhooks::is_private(&url), url.scheme()) {
        (true, _) => "has a private address",
        (false, "http") => "sends personal data unencrypted; use https://",
        _ => return None,
    };
    Some(WEBHOOK_URL.problem(format!("{reason}; in a trusted network, set LATCHKEY_WEBHOOK_ALLOW_PRIVATE=on")))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::config::Config;

    const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";
    const PUBLIC: (&str, &str) = ("LATCHKEY_BASE_URL", "https://auth.example.com");

    fn read(vars: &[(&str, &str)]) -> Result<Config, String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup).map_err(|problems| problems.to_string())
    }

    /// The variables with problems.
    fn refused(vars: &[(&str, &str)]) -> Vec<String> {
        let text = read(vars).err().unwrap();
        text.lines().filter_map(|line| line.strip_prefix("  - ")?.split(':').next().map(str::to_owned)).collect()
    }

    #[test]
    fn exposure_unsafe_value_is_refused() {
        assert_eq!(refused(&[("LATCHKEY_BASE_URL", "http://auth.example.com")]), ["LATCHKEY_BASE_URL"]);
        assert_eq!(refused(&[("LATCHKEY_LISTEN", "0.0.0.0:3000")]), ["LATCHKEY_BASE_URL"]);
        let secret = ("LATCHKEY_JWT_SECRET", SECRET);
        assert_eq!(refused(&[PUBLIC, secret, ("LATCHKEY_RATE_LIMIT", "off")]), ["LATCHKEY_RATE_LIMIT"]);
        assert!(read(&[PUBLIC, secret, ("LATCHKEY_LISTEN", "0.0.0.0:3000")]).is_ok());
        assert!(read(&[("LATCHKEY_RATE_LIMIT", "off")]).is_ok());
        let any_site = ("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com,https://*");
        assert_eq!(refused(&[PUBLIC, secret, any_site]), ["LATCHKEY_TRUSTED_ORIGINS"]);
        assert!(read(&[any_site]).is_ok());
    }

    #[test]
    fn exposure_next_to_invalid_value_is_reported() {
        let vars =
            [("LATCHKEY_JWT_SECRET", "changeme"), ("LATCHKEY_RATE_LIMIT", "off"), ("LATCHKEY_LISTEN", "0.0.0.0:3000")];
        assert_eq!(refused(&vars), ["LATCHKEY_JWT_SECRET", "LATCHKEY_BASE_URL", "LATCHKEY_RATE_LIMIT"]);
    }

    #[test]
    fn lifetime_longer_than_its_limit_is_refused() {
        assert_eq!(refused(&[("LATCHKEY_SESSION_IDLE", "31d")]), ["LATCHKEY_SESSION_IDLE"]);
        let access = [("LATCHKEY_ACCESS_TTL", "2h"), ("LATCHKEY_SESSION_IDLE", "1h")];
        assert_eq!(refused(&access), ["LATCHKEY_ACCESS_TTL"]);
    }

    #[test]
    fn signing_contradiction_says_what_to_set() {
        for (vars, words) in [
            (vec![("LATCHKEY_JWT_ALGORITHM", "HS256")], "LATCHKEY_JWT_ALGORITHM: HS256 needs"),
            (vec![("LATCHKEY_JWT_ALGORITHM", "RS256")], "use EdDSA, ES256 or HS256"),
            (vec![("LATCHKEY_JWT_SECRET", SECRET), ("LATCHKEY_JWT_ALGORITHM", "EdDSA")], "unset one of the two"),
            (vec![("LATCHKEY_JWT_SECRET", SECRET), ("LATCHKEY_SECRET", SECRET)], "LATCHKEY_JWT_SECRET: is shared"),
            (vec![("LATCHKEY_SECRET", "changeme")], "LATCHKEY_SECRET: has 8 bytes"),
        ] {
            let problem = read(&vars).err().unwrap();
            assert!(problem.contains(words), "{problem}");
        }
    }

    #[test]
    fn key_rotation_shorter_than_limit_is_refused() {
        let rotation = |text| read(&[("LATCHKEY_KEY_ROTATION", text)]).map(|config| config.tokens.key_rotation);
        assert_eq!(rotation("off"), Ok(None));
        assert_eq!(rotation("80m"), Ok(Some(Duration::from_mins(80))));
        assert!(rotation("79m").unwrap_err().contains("1h20m"));
        assert!(rotation("never").unwrap_err().contains("`off`"));
        let longer = [("LATCHKEY_KEY_ROTATION", "1d"), ("LATCHKEY_ACCESS_TTL", "6h")];
        assert_eq!(refused(&longer), ["LATCHKEY_KEY_ROTATION"]);
    }
}
