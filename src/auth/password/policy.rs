//! The rules for new passwords: a minimum length, and resistance to guessing.

mod common;
mod strength;

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::domain::{Email, Name, Password, password::WeakPassword};

/// A context word that passwords must not contain (ASVS 6.2.11).
const PRODUCT: &str = "latchkey";

/// The minimum length of a name or address that passwords must not contain. Shorter words occur in too many
/// strong passwords.
const CONTEXT_CHARS: usize = 4;

/// The minimum length of a personal word for the strength estimate.
const KNOWN_CHARS: usize = 2;

/// The maximum number of personal words for the strength estimate. Bounds its cost for long names.
const MAX_KNOWN: usize = 20;

/// The rules for new passwords. Sign-in does not apply the rules, so that existing passwords stay valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The minimum length in Unicode code points.
    pub min_length: u8,
    /// Whether an upper-case letter, a lower-case letter and a digit are required. Off by default: NIST
    /// SP 800-63B-4 §3.1.1.2 forbids composition rules.
    pub composition: bool,
}

/// The personal data that a new password must not contain.
#[derive(Clone, Copy)]
pub struct AboutPerson<'a> {
    /// The account's e-mail address. `None`: it is invalid, and the user will correct it.
    pub email: Option<&'a Email>,
    /// The name. May be empty.
    pub name: &'a Name,
}

/// A password that satisfies the policy. Only [`PasswordPolicy`] creates it.
#[derive(Clone)]
pub struct NewPassword(Password);

impl NewPassword {
    /// The password in plain text.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The password, for hashing.
    pub fn into_password(self) -> Password {
        self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

impl PasswordPolicy {
    /// Checks a password for a user. The error is the first violated rule.
    ///
    /// Takes about 1 ms of processor time, at most 25 ms. On an async thread use
    /// [`check_off_thread`](Self::check_off_thread).
    pub fn check(&self, password: Password, about: &AboutPerson<'_>) -> Result<NewPassword, WeakPassword> {
        self.check_length(&password)?;
        let text = password.expose();
        let folded = Zeroizing::new(fold(text));
        if common::contains(&folded) {
            return Err(WeakPassword::Common);
        }
        let context = Context::of(about);
        if context.forbidden.iter().any(|word| folded.contains(word.as_str())) {
            return Err(WeakPassword::Personal);
        }
        if strength::is_guessable(text, &context.known) {
            return Err(WeakPassword::Guessable);
        }
        if self.composition && !is_composed(text) {
            return Err(WeakPassword::Composition);
        }
        Ok(NewPassword(password))
    }

    /// Checks only the length.
    pub fn check_length(&self, password: &Password) -> Result<(), WeakPassword> {
        if password.expose().chars().count() < usize::from(self.min_length) {
            return Err(WeakPassword::TooShort { minimum: self.min_length });
        }
        Ok(())
    }

    /// Like [`check`](Self::check), on a blocking thread. Refuses the password if the service is shutting down.
    pub async fn check_off_thread(
        self,
        password: Password,
        email: Option<Email>,
        name: Name,
    ) -> Result<NewPassword, WeakPassword> {
        let check = move || self.check(password, &AboutPerson { email: email.as_ref(), name: &name });
        tokio::task::spawn_blocking(check).await.unwrap_or(Err(WeakPassword::Guessable))
    }
}

/// The words that an attacker knows about a user, folded.
struct Context {
    /// Must not occur in the password.
    forbidden: Vec<String>,
    /// Input to the strength estimate.
    known: Vec<String>,
}

impl Context {
    fn of(about: &AboutPerson<'_>) -> Self {
        let address = about.email.map(|email| [fold(email.key()), fold(email.as_str())]).into_iter().flatten();
        let local = fold(about.email.map_or("", Email::local_part));
        let domain = about.email.map_or_else(String::new, organisation);
        let name = fold(about.name.as_str());
        let name_parts = || name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
        let local_parts = local.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);

        let long_enough = |word: &String| word.chars().count() >= CONTEXT_CHARS;
        let forbidden = [PRODUCT.to_owned(), local.clone(), domain.clone()].into_iter().chain(name_parts());
        let forbidden = forbidden.filter(long_enough).chain(address).collect();
        let known = [PRODUCT.to_owned(), local.clone(), domain].into_iter().chain(name_parts()).chain(local_parts);
        let known = known.filter(|word| word.chars().count() >= KNOWN_CHARS).take(MAX_KNOWN).collect();
        Self { forbidden, known }
    }
}

/// The longest label of the domain except the last (`example` in `mail.example.co.uk`), in Unicode.
fn organisation(email: &Email) -> String {
    let domain = email.key().rsplit_once('@').map_or("", |(_, domain)| domain);
    let (domain, _) = idna::domain_to_unicode(domain);
    let parent_labels = domain.rsplit_once('.').map_or("", |(labels, _)| labels);
    fold(parent_labels.split('.').max_by_key(|label| label.chars().count()).unwrap_or_default())
}

/// Removes differences in case and compatibility forms, such as full-width letters.
fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

fn is_composed(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && text.chars().any(char::is_lowercase) && text.chars().any(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: PasswordPolicy = PasswordPolicy { min_length: 8, composition: false };

    fn check(policy: PasswordPolicy, text: &str) -> Result<(), WeakPassword> {
        let email = Email::parse("Ada.Byron@mail.difference-engine.co.uk").unwrap();
        let name = Name::parse("Ada Lovelace").unwrap();
        let about = AboutPerson { email: Some(&email), name: &name };
        policy
            .check(Password::parse(text)?, &about)
            .map(|new| assert_eq!(new.expose(), Password::parse(text).unwrap().expose()))
    }

    #[test]
    fn check_strong_password_returns_it_unchanged() {
        for good in [
            "violet spoon harbour",
            "  leading and trailing spaces  ",
            "tr0ub4dor&3 rides",
            "🗝️🐙 seven umbrellas 🎻",
            "der Köter frißt Kürbiskerne",
            "зелёный чайник поёт",
            "窓辺の猫は三時に眠る",
            "kq7#Vz!p",
            &"a sentence that goes on and on, quite happily, past sixty-four characters ".repeat(2)[..128],
        ] {
            assert_eq!(check(POLICY, good), Ok(()), "{good:?}");
        }
    }

    #[test]
    fn check_weak_password_returns_violated_rule() {
        use WeakPassword::{Common, Guessable, Missing, Personal, TooLong, TooShort};
        let full_width = "ｌａｔｃｈｋｅｙ tower bridge";
        for (bad, reason) in [
            ("", Missing),
            ("kq7#Vz!", TooShort { minimum: 8 }),
            ("🔑🔑🔑🔑🔑🔑🔑", TooShort { minimum: 8 }),
            (&"é".repeat(129), TooLong),
            ("password1", Common),
            ("PASSWORD1", Common),
            ("Qwertyuiop", Common),
            ("iloveyou", Common),
            ("11111111", Common),
            ("abcd1234", Common),
            ("ｐａｓｓｗｏｒｄ", Common),
            ("ada.byron@mail.difference-engine.co.uk", Personal),
            ("ADA.BYRON@mail.difference-engine.co.uk!", Personal),
            ("Ada.Byron1815", Personal),
            ("my difference-engine 7", Personal),
            ("lovelace wrote programs", Personal),
            ("latchkey2026", Personal),
            ("violet LatchKey harbour", Personal),
            (full_width, Personal),
            ("byron 2026", Guessable),
            ("l4tchk3y!", Guessable),
            ("P4ssw0rd!!", Guessable),
            ("asdfasdfasdf", Guessable),
            ("Summer2024!", Guessable),
            ("drowssap123", Guessable),
            ("28.07.1999", Guessable),
            ("ccccccccccccccccccccccccccccccccc", Guessable),
            ("        ", Guessable),
            ("🔑🔑🔑🔑🔑🔑🔑🔑", Guessable),
        ] {
            assert_eq!(check(POLICY, bad), Err(reason), "{bad:?}");
        }
    }

    #[test]
    fn check_composition_only_when_enabled() {
        let strict = PasswordPolicy { composition: true, ..POLICY };
        for (text, composed) in [
            ("violet spoon harbour", false),
            ("Violet spoon harbour", false),
            ("violet spoon harbour 7", false),
            ("VIOLET SPOON HARBOUR 7", false),
            ("Violet spoon harbour 7", true),
            ("Зелёный чайник 7 поёт", true),
        ] {
            assert_eq!(check(POLICY, text), Ok(()), "{text:?}");
            assert_eq!(check(strict, text), if composed { Ok(()) } else { Err(WeakPassword::Composition) }, "{text:?}");
        }
    }

    #[test]
    fn check_length_counts_characters_not_bytes() {
        let longer = PasswordPolicy { min_length: 15, ..POLICY };
        assert_eq!(check(longer, "窓辺の猫は三時に眠る"), Err(WeakPassword::TooShort { minimum: 15 }));
        assert_eq!(check(longer, "violet spoon harbour"), Ok(()));
    }

    #[test]
    fn check_short_name_inside_word_is_accepted() {
        let email = Email::parse("al@x.io").unwrap();
        let name = Name::parse("Al Li").unwrap();
        let about = AboutPerson { email: Some(&email), name: &name };
        let alpine = Password::parse("alpine lichen balcony").unwrap();
        assert!(POLICY.check(alpine, &about).is_ok());
        let address = Password::parse("seven AL@x.io spoons").unwrap();
        assert_eq!(POLICY.check(address, &about).unwrap_err(), WeakPassword::Personal);
    }

    #[test]
    fn check_without_address_applies_other_rules() {
        let about = AboutPerson { email: None, name: &Name::parse("Ada Lovelace").unwrap() };
        for (text, answer) in [
            ("violet spoon harbour", Ok(())),
            ("password1", Err(WeakPassword::Common)),
            ("lovelace wrote programs", Err(WeakPassword::Personal)),
        ] {
            assert_eq!(POLICY.check(Password::parse(text).unwrap(), &about).map(|_| ()), answer, "{text:?}");
        }
    }

    #[tokio::test]
    async fn check_off_thread_applies_the_same_rules() {
        let email = Email::parse("ada@example.com").unwrap();
        for (text, good) in [("violet spoon harbour", true), ("password1", false)] {
            let password = Password::parse(text).unwrap();
            let answer = POLICY.check_off_thread(password, Some(email.clone()), Name::default()).await;
            assert_eq!(answer.is_ok(), good, "{text:?}");
        }
    }

    #[test]
    fn new_password_debug_hides_the_password() {
        assert!(!format!("{:?}", NewPassword(Password::parse("open sesame").unwrap())).contains("sesame"));
    }
}
