//! Words that an attacker tries first for this user and this service: the address, the name and the product's name
//! (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.1.2 and 6.2.11).

use std::cmp::Reverse;

use zeroize::Zeroizing;

use super::{
    AboutPerson,
    spelling::{fold, is_decoration},
};
use crate::domain::Email;

/// The product's name.
const PRODUCT: &str = "latchkey";

/// The minimum length of a word that no password may contain. Shorter words occur in too many strong passwords.
const CONTAINED_CHARS: usize = 4;

/// The minimum length of a word that no password may consist of.
const KNOWN_CHARS: usize = 2;

/// The maximum number of known words. Bounds the cost for long names.
const MAX_KNOWN: usize = 20;

/// A password with fewer other letters than this consists of the known words.
const OTHER_LETTERS: usize = 3;

/// The maximum number of digits and signs in a password that consists of known words. More of them are a password.
const MAX_DECORATION: usize = 9;

/// Digits and signs that stand for letters. `1` is read both ways.
const LETTERS: [(char, char); 9] =
    [('4', 'a'), ('@', 'a'), ('3', 'e'), ('0', 'o'), ('$', 's'), ('5', 's'), ('7', 't'), ('1', 'i'), ('!', 'i')];

/// The words that an attacker knows, folded.
pub(super) struct Context {
    /// No password may contain them.
    contained: Vec<String>,
    /// No password may consist of them. The longest ones come first. Also the input of the strength estimate.
    known: Vec<String>,
}

impl Context {
    pub(super) fn of(about: &AboutPerson<'_>) -> Self {
        let folded = |text: &str| fold(text).to_string();
        let local = folded(about.email.map_or("", Email::local_part));
        let domain = about.email.map_or_else(String::new, organisation);
        let name = folded(about.name.as_str());
        let names = words(&name).map(str::to_owned);
        let parts = words(&local).chain(words(&domain)).map(str::to_owned);

        let addresses = about.email.map(|email| [folded(email.key()), folded(email.as_str())]);
        let whole = [PRODUCT.to_owned(), local.clone(), domain.clone()];
        let contained = whole.clone().into_iter().chain(names.clone());
        let contained = contained
            .filter(|word| is_at_least(word, CONTAINED_CHARS))
            .chain(addresses.into_iter().flatten())
            .collect();
        let known = whole.into_iter().chain(names).chain(parts);
        let mut known: Vec<_> = known.filter(|word| is_at_least(word, KNOWN_CHARS)).take(MAX_KNOWN).collect();
        known.sort_by_key(|word| Reverse(word.len()));
        Self { contained, known }
    }

    /// The words for the strength estimate.
    pub(super) fn known(&self) -> &[String] {
        &self.known
    }

    /// Whether the password contains a long word of the context, or consists of short ones. Digits and signs that
    /// stand for letters make no difference.
    pub(super) fn is_in(&self, folded: &str) -> bool {
        let (inner, tail) = folded.split_at(folded.trim_end_matches(is_decoration).len());
        let without_ones = Zeroizing::new(folded.replace('1', "l"));
        let mut inner = in_letters(inner);
        inner.push_str(tail);
        let readings = [Zeroizing::new(folded.to_owned()), in_letters(folded), in_letters(&without_ones), inner];
        readings.iter().any(|password| {
            self.contained.iter().any(|word| password.contains(word.as_str())) || self.is_all_of(password)
        })
    }

    /// Whether little is left of the password without the known words.
    fn is_all_of(&self, password: &str) -> bool {
        let whole = Zeroizing::new(password.to_owned());
        let rest = self.known.iter().fold(whole, |rest, word| Zeroizing::new(rest.replace(word.as_str(), "")));
        let decoration = rest.chars().filter(|c| is_decoration(*c)).count();
        let letters = rest.chars().count() - decoration;
        rest.len() < password.len() && letters < OTHER_LETTERS && decoration <= MAX_DECORATION
    }
}

/// Reads digits and signs as letters.
fn in_letters(folded: &str) -> Zeroizing<String> {
    let letter = |c| LETTERS.iter().find(|(sign, _)| *sign == c).map_or(c, |(_, letter)| *letter);
    Zeroizing::new(folded.chars().map(letter).collect())
}

fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn is_at_least(word: &str, chars: usize) -> bool {
    word.chars().nth(chars - 1).is_some()
}

/// The longest label of the domain except the last (`example` in `mail.example.co.uk`), in Unicode.
fn organisation(email: &Email) -> String {
    let domain = email.key().rsplit_once('@').map_or("", |(_, domain)| domain);
    let (domain, _) = idna::domain_to_unicode(domain);
    let parent_labels = domain.rsplit_once('.').map_or("", |(labels, _)| labels);
    fold(parent_labels.split('.').max_by_key(|label| label.chars().count()).unwrap_or_default()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Name;

    fn is_in(email: &str, name: &str, password: &str) -> bool {
        let (email, name) = (Email::parse(email).ok(), Name::parse(name).unwrap());
        Context::of(&AboutPerson { email: email.as_ref(), name: &name }).is_in(&fold(password))
    }

    fn is_adas(password: &str) -> bool {
        is_in("Ada.Byron@mail.difference-engine.co.uk", "Ada Lovelace", password)
    }

    #[test]
    fn is_in_long_word_anywhere_returns_true() {
        for password in [
            "ada.byron@mail.difference-engine.co.uk",
            "ADA.BYRON@mail.difference-engine.co.uk!",
            "Ada.Byron1815",
            "my difference-engine 7",
            "lovelace wrote programs",
            "latchkey2026",
            "violet LatchKey harbour",
            "ｌａｔｃｈｋｅｙ tower bridge",
            "l4tchk3y!",
            "L0v3lac3 rides",
            "10ve1ace 1815",
        ] {
            assert!(is_adas(password), "{password}");
        }
    }

    #[test]
    fn is_in_only_short_words_returns_true() {
        for password in ["ada12345!", "AdaByron1815", "Ada-Engine-24!", "@da@da1815", "byronbyron"] {
            assert!(is_adas(password), "{password}");
        }
        for password in ["al123456", "Al_Li_2026", "alalalal!", "A1 Li 1999"] {
            assert!(is_in("al@x.io", "Al Li", password), "{password}");
        }
    }

    #[test]
    fn is_in_short_word_inside_other_returns_false() {
        for password in ["canada geese migrate", "violet spoon harbour", "MyDogRex2024", "ada 314159265358979"] {
            assert!(!is_adas(password), "{password}");
        }
        for password in ["alpine lichen balcony", "kq7#Vz!p", "Salad4Lunch", "窓辺の猫は三時に眠る"] {
            assert!(!is_in("al@x.io", "Al Li", password), "{password}");
        }
    }

    #[test]
    fn is_in_without_address_compares_other_words() {
        assert!(is_in("not an address", "Ada Lovelace", "lovelace wrote programs"));
        assert!(is_in("", "", "latchkey 1815"));
        assert!(!is_in("", "", "violet spoon harbour"));
    }

    #[test]
    fn is_in_address_in_any_spelling_returns_true() {
        assert!(is_in("al@x.io", "", "seven AL@x.io spoons"));
        assert!(is_in("jos\u{e9}@bücher.example", "", "BÜCHER lesen wir"));
        assert!(is_in("x@y.io", "Жанна Дарк", "ЖАННА и чайник"));
    }
}
