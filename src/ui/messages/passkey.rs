//! The messages of forms about passkeys.

use super::invalid_name;
use crate::domain::{
    form::PasskeyProblem,
    passkey::{InvalidPasskeyName, MAX_NAME, MAX_PASSKEYS},
};

/// The message for a rejected form.
pub(super) fn problem(problem: PasskeyProblem) -> String {
    match problem {
        PasskeyProblem::Name(InvalidPasskeyName::Empty) => "Enter a name for the passkey.".into(),
        PasskeyProblem::Name(InvalidPasskeyName::TooLong) => format!("Use at most {MAX_NAME} characters for the name."),
        PasskeyProblem::Name(InvalidPasskeyName::Characters(invalid)) => invalid_name(invalid),
        PasskeyProblem::Missing => {
            "Passkeys need JavaScript, and the script of this page did not run. Allow it, then reload the page.".into()
        }
        PasskeyProblem::Ended => "That took too long, or another window has begun the same since. Try again.".into(),
        PasskeyProblem::Invalid => "This passkey couldn’t be checked. Try again, or use another one.".into(),
        PasskeyProblem::Unknown => {
            "No account has this passkey: it was removed. Sign in another way, and delete the passkey on your device."
                .into()
        }
        PasskeyProblem::NotVerified => {
            "Your e-mail address isn’t verified yet. Follow the link in the message that we sent, then sign in.".into()
        }
        PasskeyProblem::Duplicate => "This passkey is in use already.".into(),
        PasskeyProblem::TooMany => {
            format!("An account has at most {MAX_PASSKEYS} passkeys. Remove one that you no longer use.")
        }
        PasskeyProblem::Gone => "This passkey was removed before.".into(),
        PasskeyProblem::LastWayIn => {
            "This passkey is your only way to sign in. Set a password or add another passkey, then remove it.".into()
        }
    }
}
