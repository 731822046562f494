//! How many guesses a password stands.

use zxcvbn::zxcvbn;

/// Which characters stand for a letter when words are spelled with digits and signs, as zxcvbn reads
/// them: one text per letter.
const SPELLINGS: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];

/// The characters that stand for two letters; zxcvbn tries each with and without.
const AMBIGUOUS: [char; 3] = ['1', '|', '7'];

/// The fewest guesses a password must stand: what zxcvbn gives to eight characters without any
/// pattern. Its score 3 begins five guesses later and would refuse every random password of eight.
const MIN_GUESSES: u64 = 100_000_000;

/// How many characters zxcvbn reads at most.
const READ_CHARS: usize = 100;

/// The most lookups (readings × characters²) for which all of a password is estimated: about 25 ms.
const MAX_LOOKUPS: usize = 400_000;

/// How much of a more laborious password is estimated, in characters.
const PREFIX_CHARS: usize = 16;

/// Whether fewer than [`MIN_GUESSES`] are enough, given what an attacker knows about the person.
pub(crate) fn is_guessable(password: &str, known: &[String]) -> bool {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    zxcvbn(bounded(password), &known).guesses() < MIN_GUESSES
}

/// As much of the password as can be estimated in about 25 ms.
///
/// zxcvbn stops reading after 100 characters but tries every reading of digits and signs as letters
/// on all of them: a second for one password of `4@8({[<3691!|…`, and anyone may send those. Such a
/// text is judged by its beginning: if that alone stands enough guesses, so does the whole.
fn bounded(password: &str) -> &str {
    let chars = password.chars().count().min(READ_CHARS);
    if readings(password) * chars * chars <= MAX_LOOKUPS {
        return password;
    }
    password.char_indices().nth(PREFIX_CHARS).map_or(password, |(end, _)| &password[..end])
}

/// In how many ways a password's digits and signs can be read as letters.
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
    fn ordinary_passwords_are_estimated_whole() {
        let digits = "3141592653589793238462643383279502884197";
        let sentence = "Meet me at 17:45 (the old bridge), bring $5 & 3 @pples!";
        for text in [digits, sentence, "correct horse battery staple", &"🔑".repeat(128)] {
            assert_eq!(bounded(text), text);
        }
    }

    #[test]
    fn a_text_made_to_be_slow_is_estimated_by_its_beginning() {
        let slow: String = "4@8({[<3691!|170$5+7%2".chars().cycle().take(128).collect();
        assert_eq!(bounded(&slow).chars().count(), PREFIX_CHARS);
        assert!(!is_guessable(&slow, &[]));
        let umlauts: String = "ä".repeat(30) + &slow;
        assert_eq!(bounded(&umlauts), "ä".repeat(PREFIX_CHARS));
    }

    #[test]
    fn eight_characters_without_a_pattern_are_enough() {
        for random in ["kq7#Vz!p", "xK9#mQ2p", "fhwqzjcb", "😀🐍🎉🚀🔑🏠🎈🌊"] {
            assert!(!is_guessable(random, &[]), "{random:?}");
        }
    }

    #[test]
    fn what_is_known_about_a_person_is_easier_to_guess() {
        assert!(!is_guessable("quvenzhane81", &[]));
        assert!(is_guessable("quvenzhane81", &["quvenzhane".to_owned()]));
    }
}
