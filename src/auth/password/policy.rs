//! The rules for new passwords: a minimum length, and resistance to guessing.
//!
//! The rules compare the password with lists and with the words known about the user (NIST SP 800-63B-4 §3.1.1.2). That
//! takes some microseconds and no network. [`breach`](super::breach) asks another service.

pub mod blocklist;
mod common;
mod context;
mod repetition;
mod spelling;
mod strength;

use std::fmt;

use crate::domain::{Email, Name, Password, password::WeakPassword};
use blocklist::Blocklist;
use context::Context;

/// Which new passwords count as easy to guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordCheck {
    /// Passwords on a list, repetitions, and passwords made of the user's data (NIST SP 800-63B-4 §3.1.1.2).
    #[default]
    Blocklist,
    /// Also passwords with a low number of estimated guesses.
    Strong,
}

/// The rules for new passwords. Sign-in does not apply the rules, so that existing passwords stay valid. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The minimum length in Unicode code points.
    pub min_length: u8,
    /// Whether an upper-case letter, a lower-case letter and a digit are required. Off by default: NIST
    /// SP 800-63B-4 §3.1.1.2 forbids composition rules.
    pub composition: bool,
    /// Which passwords count as easy to guess.
    pub check: PasswordCheck,
    /// The operator's own refused passwords.
    pub blocklist: Blocklist,
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
    /// With [`PasswordCheck::Strong`], it takes about 1 ms of processor time, at most 25 ms: do not call it on an async
    /// thread.
    pub fn check(&self, password: Password, about: &AboutPerson<'_>) -> Result<NewPassword, WeakPassword> {
        let password = self.long_enough(password)?;
        let text = password.expose();
        let folded = spelling::fold(text);
        let context = Context::of(about);
        if self.blocklist.contains(&folded) {
            return Err(WeakPassword::Blocklisted);
        }
        if common::contains(&folded) {
            return Err(WeakPassword::Common);
        }
        if context.is_in(&folded) {
            return Err(WeakPassword::Personal);
        }
        if common::contains_word(&folded) {
            return Err(WeakPassword::CommonWord);
        }
        if repetition::is_repetition(&folded) {
            return Err(WeakPassword::Repetition);
        }
        if self.check == PasswordCheck::Strong && strength::is_guessable(text, context.known()) {
            return Err(WeakPassword::Guessable);
        }
        if self.composition && !is_composed(text) {
            return Err(WeakPassword::Composition);
        }
        Ok(NewPassword(password))
    }

    /// The password, if it has the minimum length.
    pub fn long_enough(&self, password: Password) -> Result<Password, WeakPassword> {
        if password.expose().chars().count() < usize::from(self.min_length) {
            return Err(WeakPassword::TooShort { minimum: self.min_length });
        }
        Ok(password)
    }
}

fn is_composed(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && text.chars().any(char::is_lowercase) && text.chars().any(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(check: PasswordCheck) -> PasswordPolicy {
        PasswordPolicy { min_length: 8, composition: false, check, blocklist: Blocklist::default() }
    }

    fn check(policy: &PasswordPolicy, text: &str) -> Result<(), WeakPassword> {
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
            for mode in [PasswordCheck::Blocklist, PasswordCheck::Strong] {
                assert_eq!(check(&policy(mode), good), Ok(()), "{good:?} {mode:?}");
            }
        }
    }

    #[test]
    fn check_weak_password_returns_violated_rule() {
        use WeakPassword::{Common, CommonWord, Missing, Personal, Repetition, TooLong, TooShort};
        for (bad, reason) in [
            ("", Missing),
            ("kq7#Vz!", TooShort { minimum: 8 }),
            ("🔑🔑🔑🔑🔑🔑🔑", TooShort { minimum: 8 }),
            (&"é".repeat(129), TooLong),
            ("Password123!", Common),
            ("PASSWORD1", Common),
            ("Qwertyuiop", Common),
            ("11111111", Common),
            ("P4ssw0rd!!", Common),
            ("ｐａｓｓｗｏｒｄ", Common),
            ("ADA.BYRON@mail.difference-engine.co.uk!", Personal),
            ("my difference-engine 7", Personal),
            ("latchkey2026", Personal),
            ("violet LatchKey harbour", Personal),
            ("byron 2026", Personal),
            ("l4tchk3y!", Personal),
            ("Summer2024!", CommonWord),
            ("drowssap123", CommonWord),
            ("asdfasdfasdf", Common),
            ("abcabcabcabc", Repetition),
            ("ccccccccccccccccccccccccccccccccc", Repetition),
            ("        ", Repetition),
            ("🔑🔑🔑🔑🔑🔑🔑🔑", Repetition),
        ] {
            for mode in [PasswordCheck::Blocklist, PasswordCheck::Strong] {
                assert_eq!(check(&policy(mode), bad), Err(reason), "{bad:?} {mode:?}");
            }
        }
    }

    #[test]
    fn check_guessable_password_only_when_strong() {
        for guessable in ["SecurePass123", "Kitchen2024", "CoffeeAt7am", "28.07.1999"] {
            assert_eq!(check(&policy(PasswordCheck::Blocklist), guessable), Ok(()), "{guessable}");
            assert_eq!(check(&policy(PasswordCheck::Strong), guessable), Err(WeakPassword::Guessable), "{guessable}");
        }
        for mode in [PasswordCheck::Blocklist, PasswordCheck::Strong] {
            assert_eq!(check(&policy(mode), "MyDogRex2024"), Ok(()));
        }
    }

    #[test]
    fn check_refuses_the_operators_passwords() {
        let blocklist = Blocklist::parse("Contoso\nviolet spoon harbour\n".as_bytes()).unwrap();
        let own = PasswordPolicy { blocklist, ..policy(PasswordCheck::Blocklist) };
        for refused in ["Contoso2026!", "Violet Spoon Harbour"] {
            assert_eq!(check(&own, refused), Err(WeakPassword::Blocklisted), "{refused}");
        }
        assert_eq!(check(&own, "violet spoon lantern"), Ok(()));
    }

    #[test]
    fn check_composition_only_when_enabled() {
        let strict = PasswordPolicy { composition: true, ..policy(PasswordCheck::Blocklist) };
        for (text, composed) in [
            ("violet spoon harbour", false),
            ("Violet spoon harbour", false),
            ("violet spoon harbour 7", false),
            ("VIOLET SPOON HARBOUR 7", false),
            ("Violet spoon harbour 7", true),
            ("Зелёный чайник 7 поёт", true),
        ] {
            assert_eq!(check(&policy(PasswordCheck::Strong), text), Ok(()), "{text:?}");
            let expected = if composed { Ok(()) } else { Err(WeakPassword::Composition) };
            assert_eq!(check(&strict, text), expected, "{text:?}");
        }
    }

    #[test]
    fn check_length_counts_characters_not_bytes() {
        let longer = PasswordPolicy { min_length: 15, ..policy(PasswordCheck::Blocklist) };
        assert_eq!(check(&longer, "窓辺の猫は三時に眠る"), Err(WeakPassword::TooShort { minimum: 15 }));
        assert_eq!(check(&longer, "violet spoon harbour"), Ok(()));
    }

    #[test]
    fn new_password_debug_hides_the_password() {
        assert!(!format!("{:?}", NewPassword(Password::parse("open sesame").unwrap())).contains("sesame"));
    }
}
