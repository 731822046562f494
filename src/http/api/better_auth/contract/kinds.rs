//! The kinds of members: how a kind is read, and its schema.

use std::marker::PhantomData;

use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, Object, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat,
        schema::{ArrayBuilder, SchemaType, Type},
    },
};

use super::{
    error::sentence,
    members::{MemberSet, Members, kind},
};
use crate::domain::{Email, Name, email::InvalidEmail, image::is_image};

/// Text on one line.
const LINE: &str = r"^[^\u0000-\u001F\u007F-\u009F]*$";

/// Text on one line without characters that change its direction. Other invisible characters depend on their neighbours.
const NAME: &str = r"^[^\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]*$";

/// A kind of members.
pub trait Kind {
    /// The value read.
    type Value;
    /// Whether the member must be present.
    const REQUIRED: bool = true;
    /// Reads the member `name`. An invalid member is reported to `members` and read as any value.
    fn read(members: &mut Members<'_>, name: &str) -> Self::Value;
    /// The schema of the member.
    fn schema() -> RefOr<Schema>;
    /// Adds the schemas that [`schema`](Self::schema) refers to.
    fn add_schemas(_schemas: &mut Vec<(String, RefOr<Schema>)>) {}
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn format(format: KnownFormat) -> ObjectBuilder {
    string().format(Some(SchemaFormat::KnownFormat(format)))
}

/// Declares kinds of strings: the schema, and the message for an invalid string if some are.
macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident: $schema:expr $(, if $is_invalid:expr => $message:literal)?;)*) => {$(
        $(#[$meta])*
        pub struct $name;

        impl Kind for $name {
            type Value = String;

            fn read(members: &mut Members<'_>, name: &str) -> String {
                let Some(Value::String(text)) = members.get(name) else {
                    members.wrong_type(name, "string");
                    return String::new();
                };
                $(if $is_invalid(text) {
                    members.problem(name, $message);
                })?
                text.clone()
            }

            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }
    )*};
}

texts! {
    /// Any string.
    Text: string();
    /// Any string that the use case parses as an e-mail address.
    EmailText: format(KnownFormat::Email);
    /// A password to verify.
    PasswordText: format(KnownFormat::Password);
    /// Any string that the use case parses as a display name.
    NameText: string().max_length(Some(100)).pattern(Some(NAME));
    /// The address of a picture.
    ImageUrl: string().max_length(Some(2048)).pattern(Some(LINE)), if |text: &str| !is_image(text)
        => "Invalid image address: use https, or data with a picture";
}

/// A valid e-mail address.
pub struct EmailAddress;

impl Kind for EmailAddress {
    type Value = String;

    fn read(members: &mut Members<'_>, name: &str) -> String {
        let text = EmailText::read(members, name);
        if members.get(name).is_some_and(Value::is_string) {
            match Email::parse(&text) {
                Ok(_) if text.trim() == text => {}
                Err(InvalidEmail::InvisibleCharacter) => {
                    members.problem(name, "Invalid email address: remove the invisible characters");
                }
                _ => members.problem(name, "Invalid email address"),
            }
        }
        text
    }

    fn schema() -> RefOr<Schema> {
        EmailText::schema()
    }
}

/// A new password. The document adds the configured minimum length to its schema.
pub struct NewPassword;

impl PartialSchema for NewPassword {
    fn schema() -> RefOr<Schema> {
        let about = "A new password. Common passwords, guessable passwords and passwords that contain personal data \
                     are refused.";
        format(KnownFormat::Password).max_length(Some(128)).description(Some(about)).into()
    }
}

impl ToSchema for NewPassword {}

impl Kind for NewPassword {
    type Value = String;

    fn read(members: &mut Members<'_>, name: &str) -> String {
        Text::read(members, name)
    }

    fn schema() -> RefOr<Schema> {
        Ref::from_schema_name(Self::name()).into()
    }

    fn add_schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Self::name().into_owned(), <Self as PartialSchema>::schema()));
    }
}

/// A string of one character or more.
pub struct NonEmpty<K>(PhantomData<K>);

impl<K: Kind<Value = String>> Kind for NonEmpty<K> {
    type Value = String;

    fn read(members: &mut Members<'_>, name: &str) -> String {
        let text = K::read(members, name);
        if text.is_empty() && members.get(name).is_some_and(Value::is_string) {
            members.problem(name, "Too small: expected string to have >=1 characters");
        }
        text
    }

    fn schema() -> RefOr<Schema> {
        K::schema()
    }

    fn add_schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        K::add_schemas(schemas);
    }
}

/// A valid display name.
pub struct DisplayName;

impl Kind for DisplayName {
    type Value = Name;

    fn read(members: &mut Members<'_>, name: &str) -> Name {
        let text = Text::read(members, name);
        Name::parse(&text).unwrap_or_else(|invalid| {
            members.problem(name, &sentence(&invalid.to_string()));
            Name::default()
        })
    }

    fn schema() -> RefOr<Schema> {
        NameText::schema()
    }
}

/// `true` or `false`.
pub struct Flag;

impl Kind for Flag {
    type Value = bool;

    fn read(members: &mut Members<'_>, name: &str) -> bool {
        let flag = members.get(name).and_then(Value::as_bool);
        if flag.is_none() {
            members.wrong_type(name, "boolean");
        }
        flag.unwrap_or_default()
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Boolean).into()
    }
}

/// `true` or `false`; `DEFAULT` when absent.
pub struct FlagOr<const DEFAULT: bool>;

impl<const DEFAULT: bool> Kind for FlagOr<DEFAULT> {
    type Value = bool;
    const REQUIRED: bool = false;

    fn read(members: &mut Members<'_>, name: &str) -> bool {
        Optional::<Flag>::read(members, name).unwrap_or(DEFAULT)
    }

    fn schema() -> RefOr<Schema> {
        // Without `default`: openapi-typescript requires members that have one.
        ObjectBuilder::new().schema_type(Type::Boolean).into()
    }
}

/// A number that is only validated.
pub struct Number;

impl Kind for Number {
    type Value = ();

    fn read(members: &mut Members<'_>, name: &str) {
        if !members.get(name).is_some_and(Value::is_number) {
            members.wrong_type(name, "number");
        }
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Number).into()
    }
}

/// A list of strings that is only validated.
pub struct Texts;

impl Kind for Texts {
    type Value = ();

    fn read(members: &mut Members<'_>, name: &str) {
        let Some(Value::Array(items)) = members.get(name) else { return members.wrong_type(name, "array") };
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_string()) {
            let problem = format!("Invalid input: expected string, received {}", kind(Some(item)));
            members.problem(&format!("{name}.{index}"), &problem);
        }
    }

    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(string()).into()
    }
}

/// An object with any members that is only validated.
pub struct Record;

impl Kind for Record {
    type Value = ();

    fn read(members: &mut Members<'_>, name: &str) {
        if !members.get(name).is_some_and(Value::is_object) {
            members.wrong_type(name, "record");
        }
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).into()
    }
}

/// An object with the members of `T`.
pub struct Nested<T>(PhantomData<T>);

impl<T: MemberSet> Kind for Nested<T> {
    type Value = Option<T>;

    fn read(members: &mut Members<'_>, name: &str) -> Option<T> {
        members.nested(name, "object", T::read).map(|(value, _)| value)
    }

    fn schema() -> RefOr<Schema> {
        T::object().into()
    }
}

/// A member that may be absent.
pub struct Optional<K>(PhantomData<K>);

impl<K: Kind> Kind for Optional<K> {
    type Value = Option<K::Value>;
    const REQUIRED: bool = false;

    fn read(members: &mut Members<'_>, name: &str) -> Option<K::Value> {
        members.get(name).is_some().then(|| K::read(members, name))
    }

    fn schema() -> RefOr<Schema> {
        K::schema()
    }

    fn add_schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        K::add_schemas(schemas);
    }
}

/// A member that may be `null`.
pub struct Nullable<K>(PhantomData<K>);

impl<K: Kind> Kind for Nullable<K> {
    type Value = Option<K::Value>;

    fn read(members: &mut Members<'_>, name: &str) -> Option<K::Value> {
        (!members.get(name).is_some_and(Value::is_null)).then(|| K::read(members, name))
    }

    fn schema() -> RefOr<Schema> {
        let mut schema = K::schema();
        if let RefOr::T(Schema::Object(Object { schema_type, .. })) = &mut schema
            && let SchemaType::Type(kind) = schema_type
        {
            *schema_type = SchemaType::from_iter([kind.clone(), Type::Null]);
        }
        schema
    }
}
