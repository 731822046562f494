//! Converts a user of the old database, independent of the users that exist here.

use super::{
    factor::{Factor, TotpParameters},
    report::{UserSkipped, Warning},
    secrets::OldSecrets,
    source::{SourceFlag, SourceTime, SourceUser},
};
use crate::{
    domain::{Email, Name, Timestamp, image::is_image, name::InvalidName},
    store::import::Profile,
};

/// A user with valid values.
pub(crate) struct ImportedUser {
    pub line: Option<u64>,
    pub profile: Profile,
    /// The hash to store, or why there is none.
    pub password: Result<String, Warning>,
    /// The second factor.
    pub factor: Factor,
    /// What was changed or left out.
    pub warnings: Vec<Warning>,
}

impl ImportedUser {
    pub(crate) fn from_source(
        user: SourceUser,
        secrets: Option<&OldSecrets>,
        parameters: TotpParameters,
        now: Timestamp,
    ) -> Result<Self, UserSkipped> {
        let id = user.id.parse().map_err(|_| UserSkipped::Id)?;
        let email = Email::presented(&user.email).map_err(|_| UserSkipped::Address)?;
        let created_at = match user.created_at {
            SourceTime::At(time) => time,
            SourceTime::Absent => now,
            SourceTime::Unreadable => return Err(UserSkipped::Time),
        };
        let mut warnings = Vec::new();
        let name = Name::parse(&user.name).unwrap_or_else(|invalid| {
            warnings.push(if invalid == InvalidName::TooLong { Warning::NameShortened } else { Warning::NameCleaned });
            Name::cleaned(&user.name)
        });
        let image = user.image.filter(|image| !image.is_empty());
        let kept = image.clone().filter(|image| is_image(image));
        if kept != image {
            warnings.push(Warning::ImageLeftOut);
        }
        // An unreadable value grants nothing.
        let (email_verified, disabled) =
            (user.email_verified == SourceFlag::Is(true), user.disabled != SourceFlag::Is(false));
        if user.email_verified == SourceFlag::Unreadable {
            warnings.push(Warning::Verified);
        }
        if user.disabled == SourceFlag::Unreadable {
            warnings.push(Warning::Disabled);
        }
        let profile = Profile {
            id,
            email,
            email_verified,
            name,
            image: kept,
            created_at,
            updated_at: user.updated_at.moment().unwrap_or(created_at),
            disabled,
        };
        let hash = user.password.ok_or(Warning::NoPassword).and_then(|hash| hash.map_err(Warning::UnsupportedHash));
        Ok(Self {
            line: user.line,
            profile,
            password: hash.map(|hash| hash.as_str().to_owned()),
            factor: Factor::from_source(user.two_step, &user.authenticators, secrets, parameters),
            warnings,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::password::hasher::UnsupportedHash;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const EARLIER: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn user() -> SourceUser {
        SourceUser {
            line: None,
            id: "Yk3vJtQx9ZbLw2RmNc8PdFhGs5TaUe1X".to_owned(),
            email: "ada@example.com".to_owned(),
            email_verified: SourceFlag::Is(true),
            name: "Ada".to_owned(),
            image: None,
            created_at: SourceTime::At(EARLIER),
            updated_at: SourceTime::At(EARLIER),
            disabled: SourceFlag::Is(false),
            password: None,
            two_step: SourceFlag::Is(false),
            authenticators: Vec::new(),
            passkeys: Vec::new(),
        }
    }

    fn convert(user: SourceUser) -> Result<ImportedUser, UserSkipped> {
        ImportedUser::from_source(user, None, TotpParameters::default(), NOW)
    }

    fn skipped(user: SourceUser) -> Option<UserSkipped> {
        convert(user).err()
    }

    #[test]
    fn user_keeps_id_address_and_times() {
        let ImportedUser { profile, password, warnings, .. } = convert(user()).ok().unwrap();
        assert_eq!((profile.id.as_str(), profile.email.as_str()), (user().id.as_str(), "ada@example.com"));
        assert_eq!((profile.created_at, profile.updated_at, profile.email_verified), (EARLIER, EARLIER, true));
        assert_eq!((password, warnings), (Err(Warning::NoPassword), vec![]));
    }

    #[test]
    fn user_with_invalid_value_is_skipped() {
        assert_eq!(skipped(SourceUser { id: "a b".to_owned(), ..user() }), Some(UserSkipped::Id));
        assert_eq!(skipped(SourceUser { id: String::new(), ..user() }), Some(UserSkipped::Id));
        assert_eq!(skipped(SourceUser { email: "ada@localhost".to_owned(), ..user() }), Some(UserSkipped::Address));
        assert_eq!(skipped(SourceUser { created_at: SourceTime::Unreadable, ..user() }), Some(UserSkipped::Time));
    }

    #[test]
    fn user_with_invalid_name_or_image_gets_warning() {
        let long = SourceUser { name: format!("Ada\n{}", "x".repeat(200)), ..user() };
        let imported = convert(long).ok().unwrap();
        assert_eq!(imported.profile.name.as_str(), format!("Ada {}", "x".repeat(96)));
        assert_eq!(imported.warnings, [Warning::NameShortened]);
        let picture = SourceUser { image: Some("x".repeat(3000)), ..user() };
        let imported = convert(picture).ok().unwrap();
        assert_eq!((imported.profile.image, imported.warnings), (None, vec![Warning::ImageLeftOut]));
        let growing = SourceUser { name: "\u{1d160}".repeat(100), ..user() };
        assert!(!convert(growing).ok().unwrap().profile.name.is_empty());
        let misleading = SourceUser { name: "\u{202e}Ada\u{200b}\nByron".to_owned(), ..user() };
        let imported = convert(misleading).ok().unwrap();
        assert_eq!((imported.profile.name.as_str(), imported.warnings), ("Ada Byron", vec![Warning::NameCleaned]));
    }

    #[test]
    fn user_address_is_normalized() {
        let typed = SourceUser { email: "\u{200b}Ｇrace@Exam\u{200b}ple.com".to_owned(), ..user() };
        assert_eq!(convert(typed).ok().unwrap().profile.email.as_str(), "grace@example.com");
    }

    #[test]
    fn user_without_creation_time_is_created_now() {
        let new = SourceUser { created_at: SourceTime::Absent, updated_at: SourceTime::Absent, ..user() };
        let profile = convert(new).ok().unwrap().profile;
        assert_eq!((profile.created_at, profile.updated_at), (NOW, NOW));
    }

    #[test]
    fn user_with_unreadable_flags_gets_no_rights() {
        let odd = SourceUser { email_verified: SourceFlag::Unreadable, disabled: SourceFlag::Unreadable, ..user() };
        let ImportedUser { profile, warnings, .. } = convert(odd).ok().unwrap();
        assert_eq!((profile.email_verified, profile.disabled), (false, true));
        assert_eq!(warnings, [Warning::Verified, Warning::Disabled]);
    }

    #[test]
    fn user_with_unsupported_hash_gets_warning() {
        let unknown = SourceUser { password: Some(Err(UnsupportedHash::Unknown)), ..user() };
        let imported = convert(unknown).ok().unwrap();
        assert_eq!(imported.password, Err(Warning::UnsupportedHash(UnsupportedHash::Unknown)));
    }
}
