//! Judges a user of the old installation by itself, before the database here is looked at.

use super::{
    report::{Remark, UserSkipped},
    source::SourceUser,
};
use crate::{
    domain::{Email, Name, name, user::is_image},
    store::import::Profile,
};

/// A user who can be imported as far as they themselves are concerned.
pub(crate) struct Candidate {
    pub profile: Profile,
    /// The hash to be stored, or what is to be said about there being none.
    pub password: Result<String, Remark>,
    /// What could not be taken as it was.
    pub remarks: Vec<Remark>,
}

impl Candidate {
    pub(crate) fn judge(user: SourceUser) -> Result<Self, UserSkipped> {
        let id = user.id.parse().map_err(|_| UserSkipped::Id)?;
        let email = Email::parse(&user.email).map_err(|_| UserSkipped::Address)?;
        let created_at = user.created_at.ok_or(UserSkipped::Time)?;
        let mut remarks = Vec::new();
        let name = Name::parse(&user.name).unwrap_or_else(|_| {
            remarks.push(Remark::NameShortened);
            acceptable(&user.name)
        });
        let image = user.image.filter(|image| !image.is_empty());
        let kept = image.clone().filter(|image| is_image(image));
        if kept != image {
            remarks.push(Remark::ImageLeftOut);
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
        Ok(Self { profile, password: Remark::of_password(user.password.as_deref()), remarks })
    }
}

/// The name without what names cannot hold: control characters become spaces, the rest is cut off.
fn acceptable(text: &str) -> Name {
    let on_one_line = text.replace(char::is_control, " ");
    let mut length = name::MAX_CHARS;
    // Normal form C can have more characters than the text.
    while length > 0 {
        let cut: String = on_one_line.trim().chars().take(length).collect();
        if let Ok(name) = Name::parse(&cut) {
            return name;
        }
        length /= 2;
    }
    Name::default()
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
        Candidate::judge(user).err()
    }

    #[test]
    fn a_user_keeps_id_address_and_times() {
        let Candidate { profile, password, remarks } = Candidate::judge(user()).ok().unwrap();
        assert_eq!((profile.id.as_str(), profile.email.as_str()), (user().id.as_str(), "ada@example.com"));
        assert_eq!((profile.created_at, profile.updated_at, profile.email_verified), (EARLIER, EARLIER, true));
        assert_eq!((password, remarks), (Err(Remark::NoPassword), vec![]));
    }

    #[test]
    fn what_cannot_be_an_account_here_is_skipped_with_its_reason() {
        assert_eq!(skipped(SourceUser { id: "a b".to_owned(), ..user() }), Some(UserSkipped::Id));
        assert_eq!(skipped(SourceUser { id: String::new(), ..user() }), Some(UserSkipped::Id));
        assert_eq!(skipped(SourceUser { email: "ada@localhost".to_owned(), ..user() }), Some(UserSkipped::Address));
        assert_eq!(skipped(SourceUser { created_at: None, ..user() }), Some(UserSkipped::Time));
    }

    #[test]
    fn a_name_or_picture_that_cannot_be_taken_as_it_is_does_not_keep_its_owner_out() {
        let long = SourceUser { name: format!("Ada\n{}", "x".repeat(200)), ..user() };
        let candidate = Candidate::judge(long).ok().unwrap();
        assert_eq!(candidate.profile.name.as_str(), format!("Ada {}", "x".repeat(96)));
        assert_eq!(candidate.remarks, [Remark::NameShortened]);
        let picture = SourceUser { image: Some("x".repeat(3000)), ..user() };
        let candidate = Candidate::judge(picture).ok().unwrap();
        assert_eq!((candidate.profile.image, candidate.remarks), (None, vec![Remark::ImageLeftOut]));
        let growing = SourceUser { name: "\u{1d160}".repeat(100), ..user() };
        assert!(!Candidate::judge(growing).ok().unwrap().profile.name.is_empty());
    }

    #[test]
    fn a_hash_that_cannot_be_verified_here_does_not_keep_its_owner_out() {
        let bcrypt = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned();
        let candidate = Candidate::judge(SourceUser { password: Some(bcrypt), ..user() }).ok().unwrap();
        assert_eq!(candidate.password, Err(Remark::UnknownHash(UnknownHash::Bcrypt)));
    }
}
