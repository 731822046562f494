//! The messages of forms and of the security log. An error message says how to correct the input.

mod passkey;

use super::format;
use crate::domain::{
    email::InvalidEmail,
    event::EventKind,
    form::{FormError, Notice},
    name::{self, InvalidName},
    password::{self, WeakPassword},
};

/// The message for a form error.
pub fn form_error(error: FormError) -> String {
    match error {
        FormError::Email(InvalidEmail::Missing) => "Enter your e-mail address.".into(),
        FormError::Email(InvalidEmail::Malformed) => "Enter an e-mail address like name@example.com.".into(),
        FormError::Email(InvalidEmail::InvisibleCharacter) => {
            "The e-mail address has an invisible character. Type the address instead of pasting it.".into()
        }
        FormError::EmailTaken => "There is already an account with this e-mail address.".into(),
        FormError::EmailSame => "This is your e-mail address already. Capital letters make no difference.".into(),
        FormError::Name(invalid) => invalid_name(invalid),
        FormError::Password(weakness) => weak_password(weakness),
        FormError::CurrentPasswordMissing => "Enter your current password.".into(),
        FormError::CurrentPassword => "This isn’t your current password. Try again.".into(),
        FormError::NotRecent => {
            "Your last sign-in is too long ago, and nothing was changed. Sign out, sign in again, and repeat the change."
                .into()
        }
        FormError::CodeMissing => "Enter the code from the message.".into(),
        FormError::Code => "This code isn’t right. Enter the six digits of the latest message, or use its link.".into(),
        FormError::MailCode => "This code isn’t right. Enter the six digits of the latest message.".into(),
        FormError::CodeExpired => "This code has expired. Send a new one.".into(),
        FormError::CodeExhausted => "This code had too many wrong attempts. Send a new one.".into(),
        FormError::TotpMissing => "Enter the code from your authenticator app.".into(),
        FormError::Totp => {
            "This code isn’t right, or it was used. Enter the code that the app shows now, and check the time of its device."
                .into()
        }
        FormError::RecoveryCodeMissing => "Enter one of your recovery codes.".into(),
        FormError::RecoveryCode => "This recovery code isn’t right, or it was used. Enter another one.".into(),
        FormError::SecondStepEnded => "The second step took too long. Sign in again.".into(),
        FormError::SecondStepExhausted => "Too many wrong codes. Sign in again.".into(),
        FormError::SetUpEnded => "The set-up took too long. Begin again.".into(),
        FormError::Passkey(problem) => passkey::problem(problem),
        FormError::SecondFactorRequired => {
            "Two-step sign-in is required here. To use another device, set it up there instead.".into()
        }
        FormError::SignUpClosed => "Sign-up is closed.".into(),
        FormError::Credentials => "The e-mail address or the password isn’t right. Check both and try again.".into(),
        FormError::Disabled => "This account is disabled. Contact support.".into(),
        FormError::NotVerified => {
            "Your e-mail address isn’t verified yet. We’ve sent you a new link: follow it, then sign in.".into()
        }
        FormError::Throttled { retry_after } => {
            format!("Too many attempts. Try again in {}.", format::duration(retry_after))
        }
        FormError::SignOutPending => {
            "You’re signed out in this browser. The database does not answer just now: other servers may accept the \
             session until it does."
                .into()
        }
        FormError::RevocationPending => {
            "The database does not answer just now: other servers may accept the device until it does. Try again in a \
             few seconds."
                .into()
        }
        FormError::Busy => "We’re busy just now, and nothing was changed. Try again in a few seconds.".into(),
        FormError::Internal => "Something went wrong on our side, and nothing was changed. Try again.".into(),
    }
}

fn invalid_name(invalid: InvalidName) -> String {
    match invalid {
        InvalidName::TooLong => format!("Use at most {} characters for the name.", name::MAX_CHARS),
        InvalidName::LineBreak => "Write the name on one line.".into(),
        InvalidName::ControlCharacter => {
            "The name has a control character. Type the name instead of pasting it.".into()
        }
        InvalidName::DirectionControl => {
            "The name has a character that changes the direction of text. Type the name instead of pasting it.".into()
        }
        InvalidName::InvisibleCharacter => {
            "The name has an invisible character. Type the name instead of pasting it.".into()
        }
        InvalidName::NothingVisible => {
            "The name has no visible character. Enter a name, or leave the field empty.".into()
        }
    }
}

fn weak_password(weakness: WeakPassword) -> String {
    match weakness {
        WeakPassword::Missing => "Enter a password.".into(),
        WeakPassword::TooShort { minimum } => format!("Use at least {minimum} characters for the password."),
        WeakPassword::TooLong => format!("Use at most {} characters for the password.", password::MAX_CHARS),
        WeakPassword::Common => "This is a commonly used password. Choose another.".into(),
        WeakPassword::CommonWord => {
            "This is a commonly used password with digits or signs added. Add a few unrelated words.".into()
        }
        WeakPassword::Blocklisted => "This password is not accepted here. Choose another.".into(),
        WeakPassword::Breached => {
            "This password occurs in a known data breach. Choose another, and change it where you use it.".into()
        }
        WeakPassword::Repetition => "This password repeats a few characters. Add a few unrelated words.".into(),
        WeakPassword::Personal => "Leave your e-mail address, your name and “latchkey” out of the password.".into(),
        WeakPassword::Guessable => "This password is easy to guess. Add a few unrelated words.".into(),
        WeakPassword::Composition => {
            "Use at least one upper-case letter, one lower-case letter and one digit in the password.".into()
        }
    }
}

/// The confirmation of a successful form post.
pub const fn notice(notice: Notice) -> &'static str {
    match notice {
        Notice::AccountCreated => "Your account is created, and you’re signed in.",
        Notice::ProfileSaved => "Your name is saved.",
        Notice::PasswordChanged => "Your password is changed, and every other device is signed out.",
        Notice::SessionEnded => "The device is signed out.",
        Notice::OtherSessionsEnded => "Every other device is signed out.",
        Notice::SignedOut => "You’re signed out.",
        Notice::AccountDeleted => "Your account is deleted.",
        Notice::ResetRequested => {
            "If this address has an account, we’ve sent a message with a link. It works for 30 minutes. No message? Check \
             the spam folder and the address."
        }
        Notice::CheckMail => {
            "We’ve sent you a message. Follow its link to complete your account, then sign in. No message? Check the spam \
             folder and the address."
        }
        Notice::VerificationSent => {
            "We’ve sent you a message with a link. It works for an hour. No message? Check the spam folder."
        }
        Notice::EmailVerified => "Your e-mail address is verified.",
        Notice::AccountClaimed => "Your e-mail address is verified, and your new password is set. Sign in with it.",
        Notice::DeletionRequested => {
            "We’ve sent you a message with a link. Open it in this browser within an hour to delete your account. No \
             message? Check the spam folder."
        }
        Notice::EmailChangeRequested => {
            "We’ve sent a message to the new address. Follow its link in this browser: it works for an hour, and your \
             address stays the same until then. No message? Check the spam folder and the address."
        }
        Notice::EmailChanged => "Your e-mail address is changed, and every other device is signed out.",
        Notice::EmailRespelled => "Your e-mail address is changed.",
        Notice::EmailRestored => {
            "Your e-mail address is restored, your new password is set, and every device is signed out. Sign in with \
             the new password."
        }
        Notice::CodeSentAgain => "We’ve sent another message. Only its code and its link work now.",
        Notice::FirstPasswordSet => "Your password is set, and every other device is signed out.",
        Notice::TwoStepOn => "Two-step sign-in is on. Signed in on devices that you no longer use? Sign them out.",
        Notice::TwoStepOff => "Two-step sign-in is off. Signed in on devices that you no longer use? Sign them out.",
        Notice::RecoveryCodeUsed => {
            "You’re signed in. If you’ve lost the device with your authenticator app, set up two-step sign-in again."
        }
        Notice::DeviceUntrusted => "The device needs a code the next time.",
        Notice::PasskeyAdded => {
            "Your passkey is added: you can sign in with it. Signed in on devices that you no longer use? Sign them out."
        }
        Notice::PasskeyRenamed => "Your passkey is renamed.",
        Notice::PasskeyRemoved => "The passkey is removed, and no longer signs in. Delete it from your device too.",
        Notice::ConfirmationCodeSent => "We’ve sent another message. Only its code works now.",
        Notice::ConfirmationEnded => {
            "Nothing was changed: the confirmation took too long, or you began another change since."
        }
        Notice::PasswordReset => {
            "Your new password is set, and every device is signed out. Sign in with the new password."
        }
    }
}

/// The title of a security event, for the account's owner.
pub const fn event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::UserCreated => "Account created",
        EventKind::UserUpdated => "Profile changed",
        EventKind::UserDisabled => "Account disabled",
        EventKind::UserEnabled => "Account enabled",
        EventKind::UserDeleted => "Account deleted",
        EventKind::LoginSuccess => "Signed in",
        EventKind::Reauthenticated => "Identity confirmed, for a sensitive change",
        EventKind::LoginFail => "A wrong password or code was given",
        EventKind::LoginFailMax => "Sign-in slowed down after many attempts",
        EventKind::SessionCreated => "Session opened",
        EventKind::SessionRenewed => "Session renewed",
        EventKind::SessionExpired => "Signed out",
        EventKind::TokenRevoked => "Device signed out from another one",
        EventKind::TokenReuse => "Session ended: an old token was used again",
        EventKind::TokenStale => "An older token was used: after a lost connection, or by a copy",
        EventKind::TokenInvalid => "Request refused: its token was not valid",
        EventKind::EmailVerified => "E-mail address verified",
        EventKind::EmailChangeRequested => "Change of the e-mail address requested",
        EventKind::EmailChanged => "E-mail address changed",
        EventKind::EmailChangeUndone => "Change of the e-mail address undone",
        EventKind::PasswordReset => "Password reset with a link sent by e-mail",
        EventKind::MailFail => "A message to you could not be delivered",
        EventKind::PasswordChange => "Password changed",
        EventKind::PasswordChangeFail => "Password change refused",
        EventKind::FactorAdded => "Two-step sign-in turned on",
        EventKind::FactorRemoved => "Two-step sign-in turned off",
        EventKind::FactorsReset => "Two-step sign-in and passkeys removed by support",
        EventKind::RecoveryCodesRenewed => "New recovery codes made",
        EventKind::RecoveryCodeUsed => "Signed in with a recovery code",
        EventKind::PasskeyAdded => "Passkey added",
        EventKind::PasskeyRemoved => "Passkey removed",
        EventKind::PasskeyCounterFail => "Passkey refused: it may have been copied",
        EventKind::SecondStepFail => "The right password, then a wrong code",
        EventKind::DeviceTrusted => "Device trusted: it needs no code",
        EventKind::DeviceUntrusted => "Device no longer trusted",
        EventKind::BreachCheckFail => "New password not compared with known breaches",
        EventKind::AuthorizationFail => "Request for someone else’s data refused",
        EventKind::MaliciousCsrf => "Form from another site refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{form::PasskeyProblem, passkey::InvalidPasskeyName};

    #[test]
    fn form_errors_are_calm_sentences() {
        let errors = [
            FormError::Email(InvalidEmail::Missing),
            FormError::EmailTaken,
            FormError::Email(InvalidEmail::InvisibleCharacter),
            FormError::Name(InvalidName::TooLong),
            FormError::Name(InvalidName::LineBreak),
            FormError::Name(InvalidName::ControlCharacter),
            FormError::Name(InvalidName::DirectionControl),
            FormError::Name(InvalidName::InvisibleCharacter),
            FormError::Name(InvalidName::NothingVisible),
            FormError::Password(WeakPassword::TooShort { minimum: 8 }),
            FormError::Password(WeakPassword::CommonWord),
            FormError::Password(WeakPassword::Blocklisted),
            FormError::Password(WeakPassword::Breached),
            FormError::Password(WeakPassword::Repetition),
            FormError::Password(WeakPassword::Personal),
            FormError::CurrentPasswordMissing,
            FormError::CurrentPassword,
            FormError::EmailSame,
            FormError::NotRecent,
            FormError::MailCode,
            FormError::TotpMissing,
            FormError::Totp,
            FormError::RecoveryCodeMissing,
            FormError::RecoveryCode,
            FormError::SecondStepEnded,
            FormError::SecondStepExhausted,
            FormError::SetUpEnded,
            FormError::Passkey(PasskeyProblem::Name(InvalidPasskeyName::Empty)),
            FormError::Passkey(PasskeyProblem::Name(InvalidPasskeyName::TooLong)),
            FormError::Passkey(PasskeyProblem::Missing),
            FormError::Passkey(PasskeyProblem::Ended),
            FormError::Passkey(PasskeyProblem::Invalid),
            FormError::Passkey(PasskeyProblem::Unknown),
            FormError::Passkey(PasskeyProblem::NotVerified),
            FormError::Passkey(PasskeyProblem::Duplicate),
            FormError::Passkey(PasskeyProblem::TooMany),
            FormError::Passkey(PasskeyProblem::Gone),
            FormError::Passkey(PasskeyProblem::LastWayIn),
            FormError::SecondFactorRequired,
            FormError::SignUpClosed,
            FormError::Credentials,
            FormError::Disabled,
            FormError::NotVerified,
            FormError::Throttled { retry_after: 90 },
            FormError::Busy,
            FormError::SignOutPending,
            FormError::RevocationPending,
            FormError::Internal,
        ];
        for message in errors.map(form_error) {
            assert!(message.starts_with(char::is_uppercase) && message.ends_with('.'), "{message}");
            assert!(!message.contains('!'), "{message}");
        }
    }

    #[test]
    fn throttled_error_names_the_wait() {
        assert_eq!(form_error(FormError::Throttled { retry_after: 90 }), "Too many attempts. Try again in 2 minutes.");
    }
}
