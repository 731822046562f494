//! Request bodies and queries, declared once: type, validation and schema.

use std::marker::PhantomData;

use axum::{extract::FromRequestParts, http::request::Parts, response::IntoResponse};
use serde_json::Value;
use utoipa::openapi::{Object, ObjectBuilder, RefOr, Schema};

use super::{
    kinds::Kind,
    members::{MemberSet, Members, Shape, ValidationError},
    query::ContractQuery,
    raw_body::RawBody,
};

/// Declares a set of members: for each a field, its kind and its name in the request. A field whose name starts
/// with `_` is validated only.
macro_rules! members {
    (
        $(#[doc = $about:literal])+
        $vis:vis struct $name:ident: $shape:ident {
            $($(#[doc = $doc:literal])* $field:ident: $kind:ty = $wire:literal,)*
        }
        $(example $example:tt)?
    ) => {
        $(#[doc = $about])+
        $vis struct $name {
            $(pub $field: <$kind as $crate::http::api::better_auth::contract::kinds::Kind>::Value,)*
        }

        const _: () = {
            use utoipa::openapi::{Object, ObjectBuilder, RefOr, Schema};
            use $crate::http::api::better_auth::contract::{
                kinds::Kind,
                members::{MemberSet, Members, Shape},
                valid::property,
            };

            impl MemberSet for $name {
                const SHAPE: Shape = Shape::$shape;

                fn read(members: &mut Members<'_>) -> Self {
                    Self { $($field: <$kind as Kind>::read(members, $wire),)* }
                }

                fn object() -> Object {
                    let object = ObjectBuilder::new().description(Some(concat!($($about),+).trim()));
                    $(let object = property::<$kind>(object, $wire, concat!($($doc),*).trim());)*
                    $(let object = object.examples([serde_json::json!($example)]);)?
                    object.build()
                }
            }

            impl utoipa::PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    Self::object().into()
                }
            }

            impl utoipa::ToSchema for $name {
                fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                    $(<$kind as Kind>::add_schemas(schemas);)*
                }
            }
        };
    };
}
pub(crate) use members;

/// Adds a member to a schema.
pub fn property<K: Kind>(object: ObjectBuilder, name: &str, about: &str) -> ObjectBuilder {
    let mut schema = K::schema();
    if !about.is_empty() {
        match &mut schema {
            RefOr::Ref(reference) => about.clone_into(&mut reference.description),
            RefOr::T(Schema::Object(object)) => object.description = Some(about.to_owned()),
            RefOr::T(Schema::Array(array)) => array.description = Some(about.to_owned()),
            RefOr::T(_) => {}
        }
    }
    let object = object.property(name, schema);
    if K::REQUIRED { object.required(name) } else { object }
}

/// A valid request body. `E` is the error of the route.
pub struct ValidBody<T, E>(pub T, pub PhantomData<E>);

impl<S, T, E> FromRequestParts<S> for ValidBody<T, E>
where
    S: Sync,
    T: MemberSet,
    E: From<ValidationError> + IntoResponse,
{
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, E> {
        let body = parts.extensions.get::<RawBody>().and_then(|body| body.0.as_ref());
        Ok(Self(parse(Members::of_body(body, T::SHAPE))?, PhantomData))
    }
}

/// A valid query. `E` is the error of the route.
pub struct ValidQuery<T, E>(pub T, pub PhantomData<E>);

impl<S, T, E> FromRequestParts<S> for ValidQuery<T, E>
where
    S: Sync,
    T: MemberSet,
    E: From<ValidationError> + IntoResponse,
{
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, E> {
        let query = ContractQuery::parse(parts.uri.query());
        Ok(Self(parse(Members::of_query(&query.0))?, PhantomData))
    }
}

fn parse<T: MemberSet>(mut members: Members<'_>) -> Result<T, ValidationError> {
    let value = T::read(&mut members);
    members.finish()?;
    Ok(value)
}

/// A body that is an object with any members, which the handler reads.
pub struct AnyMembers(Value);

impl MemberSet for AnyMembers {
    const SHAPE: Shape = Shape::Record;

    fn read(members: &mut Members<'_>) -> Self {
        let copy = |name: &str| members.get(name).map(|value| (name.to_owned(), value.clone()));
        Self(Value::Object(members.names().filter_map(copy).collect()))
    }

    fn object() -> Object {
        Object::new()
    }
}

impl AnyMembers {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Reads the members of `T`.
    pub fn parse<T: MemberSet>(&self) -> Result<T, ValidationError> {
        parse(Members::of_body(Some(&self.0), T::SHAPE))
    }
}
