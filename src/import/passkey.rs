//! Converts a passkey of the old database.

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use uuid::Uuid;

use super::{
    report::PasskeySkipped,
    source::{SourceFlag, SourcePasskey, SourceTime},
};
use crate::{
    auth::factors::passkeys::PublicKey,
    crypto::random::{NoRandomness, random_bytes},
    domain::{PasskeyId, PasskeyName, Timestamp, UserId, passkey::NewPasskey},
    store::import::ImportedPasskey,
};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// The longest credential id in bytes (WebAuthn Level 3 §4).
const MAX_CREDENTIAL_ID: usize = 1023;

/// The most names of transports, and the longest one.
const MAX_TRANSPORTS: usize = 8;
const MAX_TRANSPORT: usize = 32;

/// Why a passkey is not converted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConversionError {
    #[error(transparent)]
    Skipped(#[from] PasskeySkipped),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// The passkey with valid values. The authenticator's name for its user is not known: Better Auth does not store it.
pub(crate) fn convert(
    source: &SourcePasskey,
    owner: UserId,
    now: Timestamp,
) -> Result<ImportedPasskey, ConversionError> {
    let credential_id = BASE64_URL.decode(source.credential_id.trim()).map_err(|_| PasskeySkipped::CredentialId)?;
    if !(1..=MAX_CREDENTIAL_ID).contains(&credential_id.len()) {
        return Err(PasskeySkipped::CredentialId.into());
    }
    let cose = BASE64.decode(source.public_key.trim()).map_err(|_| PasskeySkipped::PublicKey)?;
    let public_key = PublicKey::parse(&cose).map_err(|_| PasskeySkipped::PublicKey)?.to_cose();
    let created_at = match source.created_at {
        SourceTime::At(time) => time.min(now),
        SourceTime::Absent => now,
        SourceTime::Unreadable => return Err(PasskeySkipped::Time.into()),
    };
    let new = NewPasskey {
        id: PasskeyId::new(created_at, random_bytes()?),
        name: PasskeyName::cleaned(&source.name),
        credential_id,
        public_key,
        counter: counter(&source.counter).ok_or(PasskeySkipped::Counter)?,
        is_synced: source.device_type.trim() == "multiDevice",
        backed_up: source.backed_up == SourceFlag::Is(true),
        transports: transports(&source.transports),
        aaguid: source.aaguid.as_deref().and_then(|text| Uuid::try_parse(text.trim()).ok()).unwrap_or_default(),
        handle_known: false,
    };
    Ok(ImportedPasskey { owner, new, created_at })
}

/// A column of type REAL can hold `5.0`.
fn counter(text: &str) -> Option<u32> {
    let text = text.trim();
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

fn transports(text: &str) -> Vec<String> {
    let is_name = |name: &&str| {
        (1..=MAX_TRANSPORT).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    text.split(',').map(str::trim).filter(is_name).take(MAX_TRANSPORTS).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    /// A row of @better-auth/passkey 1.7.6.
    fn row() -> SourcePasskey {
        SourcePasskey {
            id: "po4oOmo6iCr1gReqmnSaaTVvKd16mYm7".to_owned(),
            name: "Ada’s phone".to_owned(),
            public_key: "pQECAyYgASFYIEh2AjYmP/iUFtJbW92lv0rcjPn7sGng8RIrXvXM4RjzIlggdQEwhG3ThBWAbGUUMbiKpAenk2B6pJoapwc2ToI8bQQ=".to_owned(),
            credential_id: "-0bGN82PW3p7B0CODz7PGXSVPUQEoEQn-DW8HMc_t9k".to_owned(),
            counter: "0".to_owned(),
            device_type: "multiDevice".to_owned(),
            backed_up: SourceFlag::Is(true),
            transports: "internal,hybrid".to_owned(),
            created_at: SourceTime::At(Timestamp::from_millis(1_700_000_000_000)),
            aaguid: Some("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4".to_owned()),
        }
    }

    fn converted(row: &SourcePasskey) -> Result<NewPasskey, PasskeySkipped> {
        match convert(row, "ada".parse().unwrap(), NOW) {
            Ok(passkey) => Ok(passkey.new),
            Err(ConversionError::Skipped(reason)) => Err(reason),
            Err(ConversionError::Randomness(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn passkey_of_better_auth_is_converted() {
        let new = converted(&row()).unwrap();
        assert_eq!((new.name.as_str(), new.credential_id.len(), new.counter), ("Ada’s phone", 32, 0));
        assert_eq!(BASE64.encode(&new.public_key), row().public_key);
        assert_eq!(new.transports, ["internal", "hybrid"]);
        assert!(new.is_synced && new.backed_up && !new.handle_known && !new.aaguid.is_nil());
        let created_at = convert(&row(), "ada".parse().unwrap(), NOW).unwrap().created_at;
        assert_eq!(created_at, Timestamp::from_millis(1_700_000_000_000));
    }

    #[test]
    fn passkey_without_optional_values_is_converted() {
        let bare = SourcePasskey {
            name: String::new(),
            device_type: "singleDevice".to_owned(),
            backed_up: SourceFlag::Unreadable,
            transports: ",Internal,usb\n,a b,".to_owned(),
            created_at: SourceTime::Absent,
            aaguid: None,
            counter: "7.0".to_owned(),
            ..row()
        };
        let new = converted(&bare).unwrap();
        assert_eq!((new.name.as_str(), new.counter, new.transports.join(",").as_str()), ("Passkey", 7, "usb"));
        assert!(!new.is_synced && !new.backed_up && new.aaguid.is_nil());
    }

    #[test]
    fn passkey_with_invalid_value_is_skipped() {
        let text = |text: &str| text.to_owned();
        // EdDSA, as @better-auth/passkey stores it.
        let eddsa = "pAEBAycgBiFYIMn3p8Y6zaX2NQAKJRv/KjidyfPNSpu+qGyP7I4U32YT";
        for (row, reason) in [
            (SourcePasskey { credential_id: text(""), ..row() }, PasskeySkipped::CredentialId),
            (SourcePasskey { credential_id: text("a+b/"), ..row() }, PasskeySkipped::CredentialId),
            (SourcePasskey { credential_id: "a".repeat(1400), ..row() }, PasskeySkipped::CredentialId),
            (SourcePasskey { public_key: text(""), ..row() }, PasskeySkipped::PublicKey),
            (SourcePasskey { public_key: text("pQECAyYgASFYIEh2"), ..row() }, PasskeySkipped::PublicKey),
            (SourcePasskey { public_key: text(eddsa), ..row() }, PasskeySkipped::PublicKey),
            (SourcePasskey { counter: text("-1"), ..row() }, PasskeySkipped::Counter),
            (SourcePasskey { counter: text("4294967296"), ..row() }, PasskeySkipped::Counter),
            (SourcePasskey { created_at: SourceTime::Unreadable, ..row() }, PasskeySkipped::Time),
        ] {
            assert_eq!(converted(&row).err(), Some(reason), "{reason}");
        }
    }
}
