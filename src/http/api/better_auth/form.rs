//! Bodies as URL-encoded forms.

use std::{borrow::Cow, marker::PhantomData};

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

use super::contract::MemberSet;

/// The members of `T` that a form can have: values are strings, so flags are left out.
pub struct Form<T>(PhantomData<T>);

impl<T: MemberSet> PartialSchema for Form<T> {
    fn schema() -> RefOr<Schema> {
        let flag = SchemaType::Type(Type::Boolean);
        let is_flag = |schema: &RefOr<Schema>| match schema {
            RefOr::T(Schema::Object(object)) => object.schema_type == flag,
            _ => false,
        };
        let mut object = T::object();
        object.properties.retain(|_, schema| !is_flag(schema));
        for example in &mut object.examples {
            if let Some(example) = example.as_object_mut() {
                example.retain(|name, _| object.properties.contains_key(name));
            }
        }
        object.into()
    }
}

impl<T: MemberSet + ToSchema> ToSchema for Form<T> {
    fn name() -> Cow<'static, str> {
        T::name().replace("Body", "Form").into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}
