//! The formats of well-known systems.

use clap::ValueEnum;

use super::mapping::{Disabled, Field, Mapping};

/// A system whose tables and exports are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// Auth0: the file with password hashes that its support exports, or a bulk export of users.
    Auth0,
    /// Devise: a Rails table.
    Devise,
    /// Django: its table, or the output of `manage.py dumpdata auth.user`.
    Django,
    /// fastapi-users with `SQLAlchemy`.
    FastapiUsers,
    /// Firebase: the output of `firebase auth:export users.json`.
    Firebase,
    /// Supabase: the table `auth.users`, or its export as CSV.
    Supabase,
}

impl Preset {
    /// The table with the users, if the source is a database.
    pub const fn table(self) -> Option<&'static str> {
        match self {
            Self::Auth0 | Self::Firebase => None,
            Self::Devise => Some("users"),
            Self::Django => Some("auth_user"),
            Self::FastapiUsers => Some("user"),
            Self::Supabase => Some("auth.users"),
        }
    }

    /// The names of the values.
    pub fn mapping(self) -> Mapping {
        match self {
            Self::Auth0 => auth0(),
            Self::Devise => devise(),
            Self::Django => django(),
            Self::FastapiUsers => fastapi_users(),
            Self::Firebase => firebase(),
            Self::Supabase => supabase(),
        }
    }
}

/// auth0.com/docs/manage-users/user-migration: the user id is `auth0|` and the `_id` of the other file.
fn auth0() -> Mapping {
    Mapping {
        id: Field::required(&["_id", "user_id"]),
        id_prefix: "auth0|",
        image: Field::optional(&["picture"]),
        password_hash: Field::optional(&["passwordHash"]),
        created_at: Field::optional(&["created_at"]),
        disabled: vec![Disabled::If(Field::optional(&["blocked"]))],
        ..Mapping::default()
    }
}

/// github.com/heartcombo/devise, the migration of its generator. A pepper cannot be imported.
fn devise() -> Mapping {
    Mapping {
        password_hash: Field::required(&["encrypted_password"]),
        email_verified: Field::optional(&["confirmed_at"]),
        ..Mapping::default()
    }
}

/// docs.djangoproject.com/ref/contrib/auth, and the format of dumpdata.
fn django() -> Mapping {
    Mapping {
        id: Field::required(&["id", "pk"]),
        email: Field::required(&["email", "fields.email"]),
        name: vec![
            Field::optional(&["first_name", "fields.first_name"]),
            Field::optional(&["last_name", "fields.last_name"]),
        ],
        password_hash: Field::required(&["password", "fields.password"]),
        created_at: Field::optional(&["date_joined", "fields.date_joined"]),
        disabled: vec![Disabled::Unless(Field::optional(&["is_active", "fields.is_active"]))],
        ..Mapping::default()
    }
}

/// fastapi-users.github.io, `SQLAlchemyBaseUserTable`.
fn fastapi_users() -> Mapping {
    Mapping {
        password_hash: Field::required(&["hashed_password"]),
        email_verified: Field::optional(&["is_verified"]),
        disabled: vec![Disabled::Unless(Field::optional(&["is_active"]))],
        ..Mapping::default()
    }
}

/// `firebase.google.com/docs/cli/auth#file_format`
fn firebase() -> Mapping {
    Mapping {
        id: Field::required(&["localId"]),
        name: vec![Field::optional(&["displayName"])],
        image: Field::optional(&["photoUrl"]),
        password_hash: Field::optional(&["passwordHash"]),
        email_verified: Field::optional(&["emailVerified"]),
        created_at: Field::optional(&["createdAt"]),
        ..Mapping::default()
    }
}

/// supabase.com/docs/guides/auth/users: the table of its auth server.
fn supabase() -> Mapping {
    Mapping {
        name: vec![Field::optional(&["raw_user_meta_data.full_name", "raw_user_meta_data.name"])],
        image: Field::optional(&["raw_user_meta_data.avatar_url"]),
        password_hash: Field::required(&["encrypted_password"]),
        email_verified: Field::optional(&["email_confirmed_at"]),
        disabled: vec![
            Disabled::Until(Field::optional(&["banned_until"])),
            Disabled::If(Field::optional(&["deleted_at"])),
        ],
        ..Mapping::default()
    }
}
