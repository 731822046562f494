//! The strength estimate: the number of guesses that an attacker needs.

use zxcvbn::zxcvbn;

/// The characters that zxcvbn reads as a letter (`4` as `a`), one string per letter.
const SPELLINGS: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];

/// The characters that stand for two letters. zxcvbn tries both.
const AMBIGUOUS: [char; 3] = ['1', '|', '7'];

/// The minimum number of guesses: zxcvbn's estimate for eight random characters. zxcvbn's score 3 starts five
/// guesses higher and would refuse every random password of eight characters.
const MIN_GUESSES: u64 = 100_000_000;

/// The maximum number of characters that zxcvbn reads.
const READ_CHARS: usize = 100;

/// The maximum number of lookups (readings × characters²) for the whole password: about 25 ms.
const MAX_LOOKUPS: usize = 400_000;

/// The length of the prefix that is estimated for a more expensive password.
const PREFIX_CHARS: usize = 16;

/// Whether fewer than [`MIN_GUESSES`] guesses find the password, given the words known about the user.
pub(crate) fn is_guessable(password: &str, known: &[String]) -> bool {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    zxcvbn(bounded(password), &known).guesses() < MIN_GUESSES
}

/// The part of the password to estimate: the whole password, or a prefix if zxcvbn would need more than 25 ms.
///
/// zxcvbn tries every reading of digits and signs as letters. A password like `4@8({[<3691!|…` takes one second,
/// which allows denial of service. If the prefix is strong enough, the password is too.
fn bounded(password: &str) -> &str {
    let chars = password.chars().count().min(READ_CHARS);
    if readings(password) * chars * chars <= MAX_LOOKUPS {
        return password;
    }
    password.char_indices().nth(PREFIX_CHARS).map_or(password, |(end, _)| &password[..end])
}

/// The number of ways to read a password's digits and signs as letters.
fn readings(password: &str) -> usize {
    let letter = |signs: &str| -> usize {
        let present = signs.chars().filter(|sign| password.contains(*sign));
        present.map(|sign| if AMBIGUOUS.contains(&sign) { 2 } else { 1 }).sum()
    };
    SPELLINGS.iter().map(|signs| letter(signs).max(1)).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounded_ordinary_password_is_unchanged() {
        let digits = "3141592653589793238462643383279502884197";
        let sentence = "Meet me at 17:45 (the old bridge), bring $5 & 3 @pples!";
        for text in [digits, sentence, "correct horse battery staple", &"🔑".repeat(128)] {
            assert_eq!(bounded(text), text);
        }
    }

    #[test]
    fn bounded_slow_password_returns_prefix() {
        let slow: String = "4@8({[<3691!|170$5+7%2".chars().cycle().take(128).collect();
        assert_eq!(bounded(&slow).chars().count(), PREFIX_CHARS);
        assert!(!is_guessable(&slow, &[]));
        let umlauts: String = "ä".repeat(30) + &slow;
        assert_eq!(bounded(&umlauts), "ä".repeat(PREFIX_CHARS));
    }

    #[test]
    fn is_guessable_eight_random_chars_returns_false() {
        for random in ["kq7#Vz!p", "xK9#mQ2p", "fhwqzjcb", "😀🐍🎉🚀🔑🏠🎈🌊"] {
            assert!(!is_guessable(random, &[]), "{random:?}");
        }
    }

    #[test]
    fn is_guessable_known_word_returns_true() {
        assert!(!is_guessable("quvenzhane81", &[]));
        assert!(is_guessable("quvenzhane81", &["quvenzhane".to_owned()]));
    }
}
