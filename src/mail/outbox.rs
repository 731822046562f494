//! Seals messages for the outbox, and opens them again.

use zeroize::Zeroizing;

use super::Letter;
use crate::{
    clock::Clock,
    crypto::{
        hex::hex,
        hmac::HmacKey,
        random::{NoRandomness, random_bytes},
        seal::{SealError, Sealer},
    },
    domain::{Email, MailId},
    store::outbox::{ClaimedMail, NewMail},
};

/// Seals messages, so that a copy of the database reveals neither the recipients nor the content.
pub struct Outbox {
    pub(super) sealer: Sealer,
    /// Tags addresses for the limits per account.
    accounts: HmacKey,
    clock: Clock,
}

/// A message cannot be queued.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The random number generator failed.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The message cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The message cannot be serialized.
    #[error("a message could not be serialized: {0}")]
    Serialize(#[from] serde_json::Error),
}

impl Outbox {
    /// An outbox with this key.
    pub fn new(key: &[u8; 32], clock: Clock) -> Result<Self, SealError> {
        Ok(Self { sealer: Sealer::new(key)?, accounts: HmacKey::new(key), clock })
    }

    /// The row of a message.
    pub fn seal(&self, letter: &Letter) -> Result<NewMail, QueueError> {
        let id = MailId::new(self.clock.now(), random_bytes()?);
        let kind = letter.kind();
        let plain = Zeroizing::new(serde_json::to_vec(letter)?);
        let sealed = self.sealer.seal(&plain, context(id, kind).as_bytes())?;
        Ok(NewMail { id, kind, account: self.account(letter.email()), sealed })
    }

    /// The message of a row. `None`: the row was changed, or sealed under another master secret.
    pub(super) fn open(&self, claim: &ClaimedMail) -> Option<Letter> {
        let plain = self.sealer.open(&claim.sealed, context(claim.id, &claim.kind).as_bytes()).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// The tag of an address: the same for every spelling.
    pub fn account(&self, email: &str) -> String {
        let key = Email::presented(email).map_or_else(|_| email.to_owned(), |email| email.key().to_owned());
        hex(&self.accounts.tag(format!("mail account\0{key}").as_bytes()))
    }
}

/// A sealed message is bound to its row.
fn context(id: MailId, kind: &str) -> String {
    format!("outbox {kind} {id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::ManualClock, domain::Timestamp, mail::letter::Client};

    fn outbox(key: u8) -> Outbox {
        Outbox::new(&[key; 32], ManualClock::starting_at(Timestamp::from_millis(1_700_000_000_000)).clock()).unwrap()
    }

    fn letter(email: &str) -> Letter {
        Letter::PasswordReset { email: email.to_owned(), client: Client { device: "curl".to_owned(), network: None } }
    }

    fn claim(mail: NewMail) -> ClaimedMail {
        let created_at = Timestamp::from_millis(1_700_000_000_000);
        ClaimedMail { id: mail.id, kind: mail.kind.to_owned(), sealed: mail.sealed, created_at, attempt: 1 }
    }

    #[test]
    fn sealed_letter_opens_with_its_key_and_row() {
        let mail = claim(outbox(1).seal(&letter("ada@example.com")).unwrap());
        assert_eq!(outbox(1).open(&mail), Some(letter("ada@example.com")));
        assert_eq!(outbox(2).open(&mail), None);
        let other = claim(outbox(1).seal(&letter("bob@example.com")).unwrap());
        assert_eq!(outbox(1).open(&ClaimedMail { id: other.id, ..mail.clone() }), None);
        assert_eq!(outbox(1).open(&ClaimedMail { kind: "reset_password".to_owned(), ..mail }), None);
    }

    #[test]
    fn row_reveals_no_address() {
        let mail = outbox(1).seal(&letter("ada@example.com")).unwrap();
        let shown = format!("{}{}", mail.account, String::from_utf8_lossy(&mail.sealed));
        assert!(!shown.contains("ada") && !shown.contains("example"));
        assert_ne!(outbox(2).seal(&letter("ada@example.com")).unwrap().account, mail.account);
    }

    #[test]
    fn account_of_every_spelling_is_the_same() {
        let account = |email: &str| outbox(1).seal(&letter(email)).unwrap().account;
        assert_eq!(account("Ada@EXAMPLE.com"), account("ada@example.com"));
        assert_ne!(account("ada@example.com"), account("bob@example.com"));
    }
}
