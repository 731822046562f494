//! Every sentence a form or an error page can say. An error says how to mend it and blames nobody.

use super::{
    page::{ErrorKind, Page},
    words,
};
use crate::domain::{
    email::InvalidEmail,
    form::{FormError, Notice},
    name::{self, InvalidName},
    password::{self, WeakPassword},
};

/// What a form says about `error`.
pub fn form_error(error: FormError) -> String {
    match error {
        FormError::Email(InvalidEmail::Missing) => "Enter your e-mail address.".into(),
        FormError::Email(InvalidEmail::Malformed) => "Enter an e-mail address like name@example.com.".into(),
        FormError::EmailTaken => "There is already an account with this e-mail address. Sign in instead.".into(),
        FormError::Name(InvalidName::TooLong) => format!("Use at most {} characters for the name.", name::MAX_CHARS),
        FormError::Name(InvalidName::ControlCharacter) => {
            "Use only letters, digits, spaces and punctuation in the name.".into()
        }
        FormError::Password(weakness) => weak_password(weakness),
        FormError::CurrentPassword => "This isn’t your current password. Try again.".into(),
        FormError::Credentials => "The e-mail address or the password isn’t right. Check both and try again.".into(),
        FormError::Throttled { retry_after } => {
            format!("Too many attempts. Try again in {}.", words::duration(retry_after))
        }
        FormError::Busy => "We’re busy just now. Try again in a few seconds.".into(),
        FormError::Internal => "Something went wrong on our side, and nothing was changed. Try again.".into(),
    }
}

fn weak_password(weakness: WeakPassword) -> String {
    match weakness {
        WeakPassword::Missing => "Enter a password.".into(),
        WeakPassword::TooShort { minimum } => format!("Use at least {minimum} characters for the password."),
        WeakPassword::TooLong => format!("Use at most {} characters for the password.", password::MAX_CHARS),
        WeakPassword::Common => "This is a commonly used password. Choose another.".into(),
        WeakPassword::Personal => "Leave your e-mail address, your name and “latchkey” out of the password.".into(),
        WeakPassword::Guessable => "This password is easy to guess. Add a few unrelated words.".into(),
        WeakPassword::Composition => {
            "Use at least one upper-case letter, one lower-case letter and one digit in the password.".into()
        }
    }
}

/// What the next page says when a form did what it says.
pub const fn notice(notice: Notice) -> &'static str {
    match notice {
        Notice::ProfileSaved => "Your name is saved.",
        Notice::PasswordChanged => "Your password is changed, and every other device is signed out.",
        Notice::SessionEnded => "The device is signed out.",
        Notice::OtherSessionsEnded => "Every other device is signed out.",
        Notice::SignedOut => "You’re signed out.",
        Notice::AccountDeleted => "Your account is deleted.",
    }
}

/// What a page is called.
pub const fn title(page: &Page) -> &'static str {
    match page {
        Page::Home => "Latchkey",
        Page::SignUp(_) => "Create your account",
        Page::SignIn(_) => "Sign in",
        Page::Account(_) => "Your account",
        Page::Reference(_) => "The API",
        Page::NotFound => "Page not found",
        Page::Error(page) => failure(page.kind).0,
    }
}

/// The heading and the advice of an error page.
pub const fn failure(kind: ErrorKind) -> (&'static str, &'static str) {
    match kind {
        ErrorKind::Internal => {
            ("Something went wrong", "It’s on our side, and nothing was changed. Please try again in a moment.")
        }
        ErrorKind::Busy => (
            "We’re busy just now",
            "More people are here than we can serve at once. Please try again in a few seconds.",
        ),
        ErrorKind::Unreadable => {
            ("We couldn’t read that", "Nothing was changed. Go back, check what you entered and send it again.")
        }
        ErrorKind::Forbidden => (
            "That came from another site",
            "To keep your account safe, we only accept forms sent from our own pages. Nothing was changed.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_a_sentence() {
        let errors = [
            FormError::Email(InvalidEmail::Missing),
            FormError::EmailTaken,
            FormError::Name(InvalidName::TooLong),
            FormError::Password(WeakPassword::TooShort { minimum: 8 }),
            FormError::Password(WeakPassword::Personal),
            FormError::CurrentPassword,
            FormError::Credentials,
            FormError::Throttled { retry_after: 90 },
            FormError::Busy,
            FormError::Internal,
        ];
        for message in errors.map(form_error) {
            assert!(message.starts_with(char::is_uppercase) && message.ends_with('.'), "{message}");
            assert!(!message.contains('!'), "{message}");
        }
    }

    #[test]
    fn a_wait_is_told_in_words() {
        assert_eq!(form_error(FormError::Throttled { retry_after: 90 }), "Too many attempts. Try again in 2 minutes.");
    }
}
