//! The names of a user's values in a source.

use serde_json::Value;

use super::{
    SourceError, SourceFlag, SourceTime, SourceUser, boolean,
    values::{self, Values, is_column},
};
use crate::{auth::password::hasher::firebase::FirebaseProject, domain::Timestamp};

/// A value: the names that it can have, and whether one of them must exist.
#[derive(Clone, Debug, Default)]
pub struct Field {
    names: Vec<String>,
    required: bool,
}

impl Field {
    /// A value that can be absent, with names in order of preference.
    pub fn optional(names: &[&str]) -> Self {
        Self { names: names.iter().map(|name| (*name).to_owned()).collect(), required: false }
    }

    /// A value that every source has.
    pub fn required(names: &[&str]) -> Self {
        Self { required: true, ..Self::optional(names) }
    }

    /// Whether an object has the value, which may be null.
    pub(crate) fn is_in(&self, object: &Value) -> bool {
        self.names.iter().any(|name| values::has(object, name))
    }

    pub(crate) fn missing(&self, flag: &'static str) -> SourceError {
        let names: Vec<_> = self.names.iter().map(|name| format!("\"{name}\"")).collect();
        SourceError::NoColumn(names.join(" or "), flag)
    }

    fn text(&self, values: &Values) -> Option<String> {
        self.names.iter().find_map(|name| values.get(name))
    }
}

/// How an account is marked as disabled.
#[derive(Clone, Debug)]
pub enum Disabled {
    /// A value that is true, or a time.
    If(Field),
    /// A value that is false.
    Unless(Field),
    /// A time in the future.
    Until(Field),
}

/// Where the values of a user are.
#[derive(Debug)]
pub struct Mapping {
    /// The user id.
    pub id: Field,
    /// The address.
    pub email: Field,
    /// The name. Several values are joined with spaces.
    pub name: Vec<Field>,
    /// The address of a picture.
    pub image: Field,
    /// The password's hash.
    pub password_hash: Field,
    /// The parameters of Firebase, if the hashes are Firebase's.
    pub firebase: Option<FirebaseProject>,
    /// Whether the address is verified: yes or no, or when it was verified.
    pub email_verified: Field,
    /// When the account was created.
    pub created_at: Field,
    /// When the account last changed.
    pub updated_at: Field,
    /// Whether the account may not sign in. Each rule disables.
    pub disabled: Vec<Disabled>,
    /// The part of the user id to remove.
    pub id_prefix: &'static str,
}

/// The salt of an account that Firebase exports.
const FIREBASE_SALT: &str = "salt";

impl Default for Mapping {
    /// The names that most tables use. Only the id and the address are required.
    fn default() -> Self {
        Self {
            id: Field::required(&["id"]),
            email: Field::required(&["email"]),
            name: vec![Field::optional(&["name"])],
            image: Field::default(),
            password_hash: Field::optional(&["password_hash"]),
            firebase: None,
            email_verified: Field::optional(&["email_verified"]),
            created_at: Field::optional(&["created_at"]),
            updated_at: Field::optional(&["updated_at"]),
            disabled: vec![Disabled::If(Field::optional(&["disabled"]))],
            id_prefix: "",
        }
    }
}

impl Mapping {
    /// Fails if a required value is in none of the columns.
    pub(crate) fn check(&self, columns: &[String]) -> Result<(), SourceError> {
        let missing = self.required().into_iter();
        let mut missing = missing.filter(|(field, _)| !field.names.iter().any(|name| is_column(columns, name)));
        missing.next().map_or(Ok(()), |(field, flag)| Err(field.missing(flag)))
    }

    /// The values that every source has, each with the flag that names it.
    pub(crate) fn required(&self) -> Vec<(&Field, &'static str)> {
        self.fields().into_iter().filter(|(field, _)| field.required).collect()
    }

    /// Whether a column of a table has to be read.
    pub(crate) fn uses(&self, column: &str) -> bool {
        let column = [column.to_owned()];
        let salt = self.firebase.is_some() && column[0] == FIREBASE_SALT;
        salt || self.fields().iter().any(|(field, _)| field.names.iter().any(|name| is_column(&column, name)))
    }

    /// The fields, each with the flag that names it.
    fn fields(&self) -> Vec<(&Field, &'static str)> {
        let mut fields = vec![
            (&self.id, "--id"),
            (&self.email, "--email"),
            (&self.image, ""),
            (&self.password_hash, "--password-hash"),
            (&self.email_verified, "--email-verified"),
            (&self.created_at, "--created-at"),
            (&self.updated_at, "--updated-at"),
        ];
        fields.extend(self.name.iter().map(|field| (field, "--name")));
        fields.extend(self.disabled.iter().map(|rule| match rule {
            Disabled::If(field) | Disabled::Until(field) => (field, "--disabled"),
            Disabled::Unless(field) => (field, "--active"),
        }));
        fields
    }

    /// The user in a record.
    pub(crate) fn user(&self, values: &Values, line: Option<u64>, now: Timestamp) -> SourceUser {
        let text = |field: &Field| field.text(values).map(|text| text.trim().to_owned());
        let id = text(&self.id).unwrap_or_default();
        let names: Vec<_> = self.name.iter().filter_map(text).filter(|name| !name.is_empty()).collect();
        SourceUser {
            line,
            id: id.strip_prefix(self.id_prefix).unwrap_or(&id).to_owned(),
            email: text(&self.email).unwrap_or_default(),
            email_verified: boolean::flag(text(&self.email_verified).as_deref(), false),
            name: names.join(" "),
            image: text(&self.image),
            created_at: SourceTime::of(text(&self.created_at)),
            updated_at: SourceTime::of(text(&self.updated_at)),
            disabled: self.disabled(values, now),
            password: match &self.firebase {
                None => values::password(self.password_hash.text(values)),
                Some(project) => {
                    let hash = self.password_hash.text(values).filter(|hash| !hash.is_empty());
                    let salt = values.get(FIREBASE_SALT).unwrap_or_default();
                    hash.map(|hash| project.hash(&salt, &hash))
                }
            },
            two_step: SourceFlag::Is(false),
            authenticators: Vec::new(),
            passkeys: Vec::new(),
        }
    }

    fn disabled(&self, values: &Values, now: Timestamp) -> SourceFlag {
        let flags = self.disabled.iter().map(|rule| match rule {
            Disabled::If(field) => boolean::flag(field.text(values).as_deref(), false),
            Disabled::Unless(field) => match boolean::flag(field.text(values).as_deref(), true) {
                SourceFlag::Is(active) => SourceFlag::Is(!active),
                SourceFlag::Unreadable => SourceFlag::Unreadable,
            },
            Disabled::Until(field) => match SourceTime::of(field.text(values)) {
                SourceTime::Absent => SourceFlag::Is(false),
                SourceTime::Unreadable => SourceFlag::Unreadable,
                SourceTime::At(until) => SourceFlag::Is(until > now),
            },
        });
        let mut flags = flags.filter(|flag| *flag != SourceFlag::Is(false));
        flags.next().unwrap_or(SourceFlag::Is(false))
    }
}
