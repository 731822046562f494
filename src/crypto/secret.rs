//! Shared secrets: HS256 keys and the master secret.

use std::{collections::HashMap, fmt};

use base64::{Engine, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::random::{NoRandomness, random_bytes};

/// The minimum length in bytes: the length of the hash (RFC 7518 §3.2).
pub const MIN_BYTES: usize = 32;

/// Below the required 128 bits, because the estimate is too low: 16 random bytes in hexadecimal give about 115,
/// and rarely 96.
const MIN_BITS: f64 = 80.0;
/// Far above passwords of words, dates and patterns; far below 16 random bytes.
const MIN_GUESSES: u64 = 1 << 50;
const MIN_DISTINCT_BYTES: usize = 10;
const GENERATED_BYTES: usize = 48;

/// Why a text cannot be a secret, and the value to set instead. Contains nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// Fewer than [`MIN_BYTES`] bytes.
    #[error("has {length} bytes and needs at least {MIN_BYTES}; set the output of `openssl rand -base64 48`")]
    TooShort {
        /// Its length in bytes.
        length: usize,
    },
    /// Made of the words of sample configurations.
    #[error("is a well-known sample value; set the output of `openssl rand -base64 48`")]
    WellKnown,
    /// A repeated pattern, or too few distinct bytes.
    #[error("is repetitive; set the output of `openssl rand -base64 48`")]
    Repetitive,
    /// Words, sequences or too little variety: less than about 128 bits.
    #[error("can be guessed; set the output of `openssl rand -base64 48`")]
    Guessable,
}

/// A secret with enough entropy. Wiped from memory when dropped.
#[derive(Clone)]
pub struct SharedSecret(Zeroizing<Vec<u8>>);

impl SharedSecret {
    /// Accepts the bytes unless they can be guessed: an attacker can verify guesses offline with any token (RFC 8725
    /// §3.5).
    pub fn parse(bytes: &[u8]) -> Result<Self, WeakSecret> {
        if bytes.len() < MIN_BYTES {
            return Err(WeakSecret::TooShort { length: bytes.len() });
        }
        if is_well_known(bytes) {
            return Err(WeakSecret::WellKnown);
        }
        if is_repetitive(bytes) {
            return Err(WeakSecret::Repetitive);
        }
        if estimated_bits(bytes) < MIN_BITS || is_guessable_text(bytes) {
            return Err(WeakSecret::Guessable);
        }
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }

    /// A random secret of 384 bits, as 64 characters for a text file.
    pub fn generate() -> Result<Self, NoRandomness> {
        let random = Zeroizing::new(random_bytes::<GENERATED_BYTES>()?);
        Ok(Self(Zeroizing::new(STANDARD.encode(*random).into_bytes())))
    }

    /// Whether `presented` is the secret, compared in constant time. The length is not secret.
    pub fn matches(&self, presented: &[u8]) -> bool {
        self.0.ct_eq(presented).into()
    }

    /// The secret itself, for the secret file and for keys.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// Words of secrets in tutorials and sample configurations, longest first.
const SAMPLE_WORDS: [&str; 45] = [
    "authentication",
    "development",
    "production",
    "changethis",
    "changeme",
    "characters",
    "latchkey",
    "password",
    "passphrase",
    "replaceme",
    "insecure",
    "minimum",
    "example",
    "default",
    "session",
    "signing",
    "private",
    "string",
    "random",
    "secure",
    "secret",
    "better",
    "please",
    "change",
    "sample",
    "access",
    "token",
    "super",
    "least",
    "local",
    "admin",
    "long",
    "this",
    "that",
    "very",
    "your",
    "here",
    "auth",
    "test",
    "bits",
    "key",
    "jwt",
    "256",
    "dev",
    "app",
];

/// Whether at least half of the letters and digits are [`SAMPLE_WORDS`].
fn is_well_known(bytes: &[u8]) -> bool {
    let mut text = String::from_utf8_lossy(bytes).to_lowercase();
    text.retain(char::is_alphanumeric);
    let before = text.len();
    for word in SAMPLE_WORDS {
        text = text.replace(word, " ");
    }
    let left = text.chars().filter(|character| *character != ' ').map(char::len_utf8).sum::<usize>();
    before > 0 && left * 2 <= before
}

/// Whether the bytes have few different values, or a period of at most half their length.
fn is_repetitive(bytes: &[u8]) -> bool {
    let has_period = |period: usize| bytes.iter().zip(&bytes[period..]).all(|(one, next)| one == next);
    counts(bytes).len() < MIN_DISTINCT_BYTES || (1..=bytes.len() / 2).any(has_period)
}

/// The Shannon entropy of the byte frequencies, times the length. An upper bound for random text, and much lower for
/// typed text.
#[expect(clippy::cast_precision_loss, reason = "lengths of secrets are small")]
fn estimated_bits(bytes: &[u8]) -> f64 {
    let length = bytes.len() as f64;
    counts(bytes).values().map(|count| *count as f64 * (length / *count as f64).log2()).sum()
}

/// Whether words, names, dates, sequences and keyboard patterns explain it within [`MIN_GUESSES`].
fn is_guessable_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| zxcvbn::zxcvbn(text, &["latchkey"]).guesses() < MIN_GUESSES)
}

fn counts(bytes: &[u8]) -> HashMap<u8, usize> {
    let mut counts = HashMap::new();
    for byte in bytes {
        *counts.entry(*byte).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex_digit(nibble: u8) -> char {
        char::from_digit(nibble.into(), 16).unwrap()
    }

    fn refusal(text: &str) -> Option<WeakSecret> {
        SharedSecret::parse(text.as_bytes()).err()
    }

    #[test]
    fn what_a_machine_drew_at_random_is_accepted() {
        for _ in 0..200 {
            let mut random = [0; 48];
            getrandom::fill(&mut random).unwrap();
            let hex: String = random[..32].iter().flat_map(|byte| [byte >> 4, byte & 15]).map(hex_digit).collect();
            for text in [
                hex[..32].to_owned(),
                hex,
                STANDARD.encode(random),
                STANDARD.encode(&random[..32]),
                STANDARD.encode(&random[..24]),
            ] {
                assert_eq!(refusal(&text), None, "{text}");
            }
            assert!(SharedSecret::parse(&random[..32]).is_ok(), "{random:?}");
        }
    }

    #[test]
    fn generated_secret_is_accepted() {
        let secret = SharedSecret::generate().unwrap();
        assert_eq!(secret.expose().len(), 64);
        assert!(SharedSecret::parse(secret.expose()).is_ok());
        assert_ne!(secret.expose(), SharedSecret::generate().unwrap().expose());
    }

    #[test]
    fn a_short_secret_is_refused_with_its_length() {
        assert_eq!(refusal(""), Some(WeakSecret::TooShort { length: 0 }));
        assert_eq!(refusal("Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3l"), Some(WeakSecret::TooShort { length: 31 }));
        assert_eq!(refusal("Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM"), None);
    }

    #[test]
    fn sample_values_are_refused() {
        for text in [
            "changemechangemechangemechangeme",
            "secretsecretsecretsecretsecretsecret",
            "your-256-bit-secret-your-256-bit-secret",
            "a-string-secret-at-least-256-bits-long",
            "super-secret-jwt-token-with-at-least-32-characters-long",
            "your-super-secret-jwt-key-change-this-in-production",
            "CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME",
            "better-auth-secret-123456789-better-auth",
            "latchkey-development-secret-0123456789",
        ] {
            assert_eq!(refusal(text), Some(WeakSecret::WellKnown), "{text}");
        }
    }

    #[test]
    fn repetitions_are_refused() {
        for text in [
            "a".repeat(64),
            "0123456789".repeat(4),
            "correct horse battery ".repeat(3),
            "Rk2vX8q0mZ5tYw7n".repeat(2),
            "abcabdabcabeabcabdabcabfabcabdabcabg".to_owned(),
        ] {
            assert_eq!(refusal(&text), Some(WeakSecret::Repetitive), "{text}");
        }
        assert!(SharedSecret::parse(&[0; 32]).is_err());
    }

    #[test]
    fn sequences_and_words_are_refused() {
        for text in [
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "qwertyuiopasdfghjklzxcvbnm1234567890",
            "0123456789abcdef0123456789ABCDEF",
            "liverpoolliverpoolchelseachelsea1999",
        ] {
            assert_eq!(refusal(text), Some(WeakSecret::Guessable), "{text}");
        }
    }

    #[test]
    fn debug_and_errors_hide_the_secret() {
        assert_eq!(format!("{:?}", SharedSecret::generate().unwrap()), "SharedSecret(…)");
        let message = refusal("qwertyuiopasdfghjklzxcvbnm1234567890").unwrap().to_string();
        assert!(!message.contains("qwerty") && message.contains("openssl rand"), "{message}");
    }
}
