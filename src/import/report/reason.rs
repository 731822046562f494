//! Why a record is skipped or changed.

use crate::{auth::password::hasher::UnsupportedHash, domain::UserId};

/// Why a line of a file or a row of a table is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineSkipped {
    /// Another number of fields than the header.
    #[error("it does not have as many fields as the header")]
    Fields,
    /// Not a JSON object.
    #[error("it is not a JSON object")]
    NotJson,
    /// Not UTF-8.
    #[error("it is not UTF-8 text")]
    NotUtf8,
}

/// Why a user is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserSkipped {
    /// The id is invalid here.
    #[error("its id is not 1 to 64 letters, digits, \"-\" and \"_\", or is a UUID not in its canonical form")]
    Id,
    /// The e-mail address is invalid here.
    #[error("its e-mail address is not one that this service accepts")]
    Address,
    /// The time of its creation is not a time.
    #[error("the time of its creation cannot be read")]
    Time,
    /// The source has an earlier user with this id.
    #[error("its id appears twice")]
    Twice,
    /// An account here has the same mailbox.
    #[error("its e-mail address belongs to user {0}, which has an account here")]
    MailboxTaken(UserId),
    /// An imported user has the same mailbox.
    #[error("its e-mail address is the same mailbox as that of user {0}, which is imported")]
    SameMailbox(UserId),
    /// The id exists here with another mailbox, so it may be another person.
    #[error("its id is here already, with another e-mail address")]
    OtherAddressHere,
    /// The account was imported or created before, and deleted.
    #[error("its account was here before and has been deleted here")]
    DeletedHere,
    /// The second factor cannot be imported, and without it the password alone would sign in.
    #[error("its second factor cannot be imported: {0} (--without-factors imports the user without it)")]
    Factor(FactorProblem),
}

/// Why a second factor cannot be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactorProblem {
    /// The user has no verified app, and uses codes in messages.
    #[error(
        "there is no key of an authenticator app, so the codes are sent in messages, or the table has another name"
    )]
    NoApp,
    /// The user has more than one verified app.
    #[error("there are several keys of authenticator apps")]
    Several,
    /// The old apps have another number of digits, or another period.
    #[error("the authenticator apps do not have 6 digits and 30 seconds")]
    Parameters,
    /// The old secret is missing.
    #[error("the old secret, which decrypts the key, is missing")]
    NoSecret,
    /// The key was encrypted with another secret, or is damaged.
    #[error("the key cannot be decrypted with the old secret")]
    Encrypted,
    /// The key is too short or too long.
    #[error("the key does not have 16 to 128 bytes")]
    Key,
}

/// Why a passkey is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeySkipped {
    /// The user is skipped, or does not exist.
    #[error("its user is not imported")]
    User,
    /// The credential id is not 1 to 1023 bytes in base64url.
    #[error("its credential id cannot be read")]
    CredentialId,
    /// The public key is damaged, or is of another algorithm.
    #[error("its public key is not one of ES256, ES384 or RS256")]
    PublicKey,
    /// The counter is not a number of 32 bits.
    #[error("its counter cannot be read")]
    Counter,
    /// The time of its creation is not a time.
    #[error("the time of its creation cannot be read")]
    Time,
    /// Another user has the credential id.
    #[error("it belongs to another user too")]
    OtherUser,
    /// The user has the maximum number of passkeys.
    #[error("its user has 20 passkeys")]
    Surplus,
    /// The user, or an operator, has removed a passkey here. It may be this one.
    #[error("its user has had a passkey removed here")]
    RemovedHere,
    /// The address was verified here only: the passkey may be another person's.
    #[error("the address of its user was verified here, and not in the source")]
    Unverified,
}

/// Why a session is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionSkipped {
    /// The expiry has passed.
    #[error("it has expired")]
    Expired,
    /// The maximum lifetime, counted from its creation, has passed.
    #[error("it was opened longer ago than LATCHKEY_SESSION_MAX: the user signs in again")]
    TooOld,
    /// Not 16 to 255 printable characters without a dot.
    #[error("its token has an unknown format")]
    Token,
    /// `createdAt` or `expiresAt` is not a time.
    #[error("its times cannot be read")]
    Time,
    /// The user has the maximum number of sessions.
    #[error("its user has 100 sessions that expire later")]
    Surplus,
    /// The user is skipped.
    #[error("its user is not imported")]
    User,
    /// A password change here ended all earlier sessions.
    #[error("its owner has changed the password here")]
    PasswordChanged,
    /// An imported session is refused if its user has a second factor.
    #[error("its user has a second factor and signs in again")]
    SecondFactor,
    /// The address was verified here only: the session may be another person's.
    #[error("the address of its user was verified here, and not in the source")]
    Unverified,
}

/// What is missing or changed in an imported user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// The user has no credential account and signed in through a provider.
    #[error("has no password: cannot sign in with one until it is set")]
    NoPassword,
    /// The format of the password hash is not supported.
    #[error("cannot sign in until there is a new password: {0}")]
    UnsupportedHash(UnsupportedHash),
    /// Whether the address is verified cannot be read.
    #[error("imported with an unverified address: the value cannot be read")]
    Verified,
    /// Whether the account is disabled cannot be read.
    #[error("imported as disabled: the value cannot be read")]
    Disabled,
    /// The account exists here, and is disabled in the source.
    #[error("disabled, as it is in the source")]
    DisabledInSource,
    /// The name was longer than a name can be, or has characters that are not allowed.
    #[error("name shortened to 100 characters on one line, without invisible ones")]
    NameShortened,
    /// The name had characters that a name here cannot have.
    #[error("name without its line breaks and its control, direction and invisible characters")]
    NameCleaned,
    /// The account exists here, has no password, and its address was verified here only.
    #[error("password left out: the address was verified here, and not in the source")]
    PasswordOfUnverified,
    /// The account exists here, has no second factor, and its address was verified here only.
    #[error("second factor left out: the address was verified here, and not in the source")]
    FactorOfUnverified,
    /// The second factor cannot be imported.
    #[error("imported without a second factor: {0}")]
    WithoutFactor(FactorProblem),
    /// The user has removed the second factor here.
    #[error("has a second factor in the source, and has had one removed here")]
    FactorRemovedHere,
    /// Backup codes do not have ten letters and digits.
    #[error("backup codes left out, because they do not have ten letters and digits: new ones are needed")]
    CodesFormat,
    /// The backup codes are encrypted in another way.
    #[error("backup codes left out, because they cannot be read: new ones are needed")]
    CodesUnreadable,
    /// The address of the picture is invalid here.
    #[error("picture left out: its address is longer than 2048 bytes or has control characters")]
    ImageLeftOut,
}
