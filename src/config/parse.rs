//! How the values of settings are read. The message of an error continues "NAME: …".

use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    time::Duration,
};

use ipnet::IpNet;

use super::JwtClaims;
use crate::{
    auth::keys::{Algorithm, PairAlgorithm},
    crypto::secret::SharedSecret,
};

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{text:?} is not an address and port such as 127.0.0.1:3000"))
}

pub(super) fn secret(text: &str) -> Result<Option<SharedSecret>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    SharedSecret::parse(text.as_bytes()).map(Some).map_err(|weak| weak.to_string())
}

/// Several secrets, separated by white space.
pub(super) fn secrets(text: &str) -> Result<Vec<SharedSecret>, String> {
    let words: Vec<_> = text.split_whitespace().collect();
    if (1..words.len()).any(|index| words[..index].contains(&words[index])) {
        return Err("has the same secret twice; name each once".to_owned());
    }
    let parse = |(index, word): (usize, &&str)| {
        let which = if words.len() == 1 { String::new() } else { format!("the secret no. {} ", index + 1) };
        SharedSecret::parse(word.as_bytes()).map_err(|weak| format!("{which}{weak}"))
    };
    words.iter().enumerate().map(parse).collect()
}

pub(super) fn jwt_algorithm(text: &str) -> Result<Option<Algorithm>, String> {
    match text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "eddsa" => Ok(Some(Algorithm::Pair(PairAlgorithm::EdDsa))),
        "es256" => Ok(Some(Algorithm::Pair(PairAlgorithm::Es256))),
        "hs256" => Ok(Some(Algorithm::Hs256)),
        _ => Err(format!("{text:?} is not a way to sign here; use EdDSA, ES256 or HS256")),
    }
}

pub(super) fn key_rotation(text: &str) -> Result<Option<Duration>, String> {
    match switch(text) {
        Ok(false) => Ok(None),
        _ => {
            duration(text).map(Some).map_err(|message| format!("{message}; `off` leaves it to `latchkey keys rotate`"))
        }
    }
}

pub(super) fn jwt_claims(text: &str) -> Result<JwtClaims, String> {
    let mut claims = JwtClaims::default();
    for word in text.split(',').map(str::trim).filter(|word| !matches!(*word, "" | "none")) {
        match word {
            "email" => claims.email = true,
            "name" => claims.name = true,
            _ => return Err(format!("{word:?} is not a claim that can be added; use email, name, both or none")),
        }
    }
    Ok(claims)
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration >= Duration::from_secs(1) => Ok(duration),
        Ok(_) => Err("is too short; use at least 1s".to_owned()),
        Err(_) => Err(format!("{text:?} is not a duration such as 15m, 12h or 7d")),
    }
}

pub(super) fn min_length(text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(length @ 8..=64) => Ok(length),
        _ => Err(format!("{text:?} is not a number from 8 to 64; 15 is what NIST asks where a password stands alone")),
    }
}

pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Ok(true),
        "false" | "off" | "no" | "0" => Ok(false),
        _ => Err(format!("{text:?} is neither on nor off")),
    }
}

pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parse = |word: &str| {
        word.parse::<IpNet>().or_else(|_| word.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
            format!("{word:?} is neither an address nor a network; use a list such as 127.0.0.1,10.0.0.0/8")
        })
    };
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(parse).collect()
}

pub(super) fn database_url(text: &str, data_dir: &Path) -> Result<String, String> {
    if text.is_empty() {
        return Ok(format!("sqlite:{}", data_dir.join("latchkey.db").display()));
    }
    let known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme));
    if known { Ok(text.to_owned()) } else { Err("must start with sqlite: or postgres:".to_owned()) }
}
