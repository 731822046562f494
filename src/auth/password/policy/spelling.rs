//! Spellings of a password that the lists treat as one, and their keys.
//!
//! `scripts/common-passwords` compiles this file too, so that the built-in list and the service use the same keys. A
//! change here requires a new list.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The minimum length of a password without the signs at its ends. A shorter rest is not compared alone.
const BARE_CHARS: usize = 6;

/// The minimum length of a word.
const WORD_CHARS: usize = 4;

/// The maximum number of digits and signs around a word: a date and a sign.
const DECORATION_CHARS: usize = 9;

/// Removes differences in case and compatibility forms, such as full-width letters.
pub fn fold(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.nfkc().flat_map(char::to_lowercase).nfkc().collect())
}

/// The key of a whole password. Case, width, and signs at both ends make no difference: `Password123!` has the key of
/// `password123`.
pub fn password_key(folded: &str) -> u64 {
    let bare = folded.trim_matches(is_sign);
    let compared = if bare.chars().count() < BARE_CHARS { folded } else { bare };
    key("password", compared)
}

/// The key of the word in a password that is a word with a few digits and signs at its ends: `Summer2024!` has the
/// key of `summer`.
pub fn word_key(folded: &str) -> Option<u64> {
    let word = folded.trim_matches(is_decoration);
    let length = word.chars().count();
    let decoration = folded.chars().count() - length;
    (length >= WORD_CHARS && decoration <= DECORATION_CHARS).then(|| key("word", word))
}

/// A digit or a sign, which users add to a word.
pub fn is_decoration(c: char) -> bool {
    c.is_ascii_digit() || is_sign(c)
}

fn is_sign(c: char) -> bool {
    c.is_ascii_punctuation() || c.is_whitespace()
}

/// 64 bits of a digest: two of ten million passwords have the same key with a probability of 1 in 400,000.
fn key(kind: &str, text: &str) -> u64 {
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(text).finalize();
    digest.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}
