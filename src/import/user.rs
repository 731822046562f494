//! Converts a user of the old database, independent of the users that exist here.

use super::{
    report::{UserSkipped, Warning},
    source::SourceUser,
};
use crate::{
    auth::password::hasher::PasswordHash,
    domain::{Email, Name, name::InvalidName, user::is_image},
    store::import::Profile,
};

/// A user with valid values.
pub(crate) struct ImportedUser {
    pub profile: Profile,
    /// The hash to store, or why there is none.
    pub password: Result<String, Warning>,
    /// What was changed or left out.
    pub warnings: Vec<Warning>,
}

impl ImportedUser {
    pub(crate) fn from_source(user: SourceUser) -> Result<Self, UserSkipped> {
        let id = user.id.parse().map_err(|_| UserSkipped::Id)?;
        let email = Email::presented(&user.email).map_err(|_| UserSkipped::Address)?;
        let created_at = user.created_at.ok_or(UserSkipped::Time)?;
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
        let profile = Profile {
            id,
            email,
            email_verified: user.email_verified,
            name,
            image: kept,
            created_at,
            updated_at: user.updated_at.unwrap_or(created_at),
        };
        Ok(Self { profile, password: convert_password(user.password.as_deref()), warnings })
    }
}

fn convert_password(hash: Option<&str>) -> Result<String, Warning> {
    let hash = PasswordHash::from_better_auth(hash.ok_or(Warning::NoPassword)?);
    hash.map(|hash| hash.as_str().to_owned()).map_err(Warning::UnknownHash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{auth::password::hasher::UnknownHash, domain::Timestamp};

    const EARLIER: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn user() -> SourceUser {
        SourceUser {
            id: "Yk3vJtQx9ZbLw2RmNc8PdFhGs5TaUe1X".to_owned(),
            email: "ada@example.com".to_owned(),
            email_verified: true,
            name: "Ada".to_owned(),
            image: None,
            created_at: Some(EARLIER),
            updated_at: Some(EARLIER),
            password: None,
        }
    }

    fn skipped(user: SourceUser) -> Option<UserSkipped> {
        ImportedUser::from_source(user).err()
    }

    #[test]
    fn user_keeps_id_address_and_times() {
        let ImportedUser { profile, password, warnings } = ImportedUser::from_source(user()).ok().unwrap();
        assert_eq!((profile.id.as_str(), profile.email.as_str()), (user().id.as_str(), "ada@example.com"));
        assert_eq!((profile.created_at, profile.updated_at, profile.email_verified), (EARLIER, EARLIER, true));
        assert_eq!((password, warnings), (Err(Warning::NoPassword), vec![]));
    }

    #[test]
    fn user_with_invalid_value_is_skipped() {
        assert_eq!(skipped(SourceUser { id: "a b".to_owned(), ..user() }), Some(UserSkipped::Id));
        assert_eq!(skipped(SourceUser { id: String::new(), ..user() }), Some(UserSkipped::Id));
        assert_eq!(skipped(SourceUser { email: "ada@localhost".to_owned(), ..user() }), Some(UserSkipped::Address));
        assert_eq!(skipped(SourceUser { created_at: None, ..user() }), Some(UserSkipped::Time));
    }

    #[test]
    fn user_with_invalid_name_or_image_gets_warning() {
        let long = SourceUser { name: format!("Ada\n{}", "x".repeat(200)), ..user() };
        let imported = ImportedUser::from_source(long).ok().unwrap();
        assert_eq!(imported.profile.name.as_str(), format!("Ada {}", "x".repeat(96)));
        assert_eq!(imported.warnings, [Warning::NameShortened]);
        let picture = SourceUser { image: Some("x".repeat(3000)), ..user() };
        let imported = ImportedUser::from_source(picture).ok().unwrap();
        assert_eq!((imported.profile.image, imported.warnings), (None, vec![Warning::ImageLeftOut]));
        let growing = SourceUser { name: "\u{1d160}".repeat(100), ..user() };
        assert!(!ImportedUser::from_source(growing).ok().unwrap().profile.name.is_empty());
        let misleading = SourceUser { name: "\u{202e}Ada\u{200b}\nByron".to_owned(), ..user() };
        let imported = ImportedUser::from_source(misleading).ok().unwrap();
        assert_eq!((imported.profile.name.as_str(), imported.warnings), ("Ada Byron", vec![Warning::NameCleaned]));
    }

    #[test]
    fn user_address_is_normalized() {
        let typed = SourceUser { email: "\u{200b}Ｇrace@Exam\u{200b}ple.com".to_owned(), ..user() };
        assert_eq!(ImportedUser::from_source(typed).ok().unwrap().profile.email.as_str(), "grace@example.com");
    }

    #[test]
    fn user_with_unknown_hash_gets_warning() {
        let bcrypt = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned();
        let imported = ImportedUser::from_source(SourceUser { password: Some(bcrypt), ..user() }).ok().unwrap();
        assert_eq!(imported.password, Err(Warning::UnknownHash(UnknownHash::Bcrypt)));
    }
}
