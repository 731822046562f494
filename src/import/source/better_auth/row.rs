//! The rows of the single query.

use sea_orm::{DbErr, QueryResult};

use super::{ACCOUNT, PASSKEY, TWO_FACTOR, USER};
use crate::import::source::{
    SourceAuthenticator, SourceFlag, SourcePasskey, SourceSession, SourceTime, SourceUser, boolean, time,
};

pub(super) enum Row {
    User(Box<SourceUser>),
    /// The user, and the hash.
    Password(String, Option<String>),
    /// The user, and the key of an app.
    TwoFactor(String, SourceAuthenticator),
    /// The user, and the passkey.
    Passkey(String, Box<SourcePasskey>),
    Session(Box<SourceSession>),
}

impl Row {
    pub(super) fn from_result(row: &QueryResult) -> Result<Self, DbErr> {
        let kind: i32 = row.try_get_by_index(0)?;
        let owner = row.try_get_by_index::<Option<String>>(1)?.unwrap_or_default();
        Ok(match kind {
            USER => Self::User(Box::new(user(row, owner)?)),
            ACCOUNT => Self::Password(owner, text(row, 0)?),
            TWO_FACTOR => Self::TwoFactor(owner, authenticator(row)?),
            PASSKEY => Self::Passkey(owner, Box::new(passkey(row)?)),
            _ => Self::Session(Box::new(session(row, owner)?)),
        })
    }
}

fn text(row: &QueryResult, at: usize) -> Result<Option<String>, DbErr> {
    row.try_get_by_index(at + 2)
}

fn user(row: &QueryResult, id: String) -> Result<SourceUser, DbErr> {
    Ok(SourceUser {
        line: None,
        id,
        email: text(row, 0)?.unwrap_or_default(),
        email_verified: boolean::flag(text(row, 1)?.as_deref(), false),
        name: text(row, 2)?.unwrap_or_default(),
        image: text(row, 3)?,
        created_at: SourceTime::of(text(row, 4)?),
        updated_at: SourceTime::of(text(row, 5)?),
        disabled: SourceFlag::Is(false),
        password: None,
        two_step: boolean::flag(text(row, 6)?.as_deref(), false),
        authenticators: Vec::new(),
        passkeys: Vec::new(),
    })
}

fn authenticator(row: &QueryResult) -> Result<SourceAuthenticator, DbErr> {
    Ok(SourceAuthenticator {
        sealed_key: text(row, 0)?.unwrap_or_default(),
        backup_codes: text(row, 1)?.map(Into::into),
        // Without the column, a set-up that was not completed is not marked on the user either.
        verified: boolean::flag(text(row, 2)?.as_deref(), true),
    })
}

fn passkey(row: &QueryResult) -> Result<SourcePasskey, DbErr> {
    Ok(SourcePasskey {
        id: text(row, 0)?.unwrap_or_default(),
        name: text(row, 1)?.unwrap_or_default(),
        public_key: text(row, 2)?.unwrap_or_default(),
        credential_id: text(row, 3)?.unwrap_or_default(),
        counter: text(row, 4)?.unwrap_or_default(),
        device_type: text(row, 5)?.unwrap_or_default(),
        backed_up: boolean::flag(text(row, 6)?.as_deref(), false),
        transports: text(row, 7)?.unwrap_or_default(),
        created_at: SourceTime::of(text(row, 8)?),
        aaguid: text(row, 9)?,
    })
}

fn session(row: &QueryResult, user_id: String) -> Result<SourceSession, DbErr> {
    let moment = |at| Ok::<_, DbErr>(text(row, at)?.and_then(|text| time::parse(&text)));
    Ok(SourceSession {
        user_id,
        id: text(row, 0)?.unwrap_or_default(),
        token: text(row, 1)?.unwrap_or_default(),
        expires_at: moment(2)?,
        created_at: moment(3)?,
        updated_at: moment(4)?,
        address: text(row, 5)?,
        user_agent: text(row, 6)?,
    })
}
