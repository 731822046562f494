//! How errors are described: from the very values that handlers answer, so that status, code, words
//! and headers cannot be others than the real ones.

use std::{collections::BTreeMap, marker::PhantomData};

use axum::http::StatusCode;
use serde_json::Value;
use utoipa::{
    IntoResponses,
    openapi::{
        AllOfBuilder, ContentBuilder, Header, Object, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder,
        example::ExampleBuilder, schema::Type,
    },
};

/// An error that has a form on the wire.
pub trait ErrorForm {
    /// Its media type.
    const MEDIA_TYPE: &'static str;
    /// The name of its schema.
    const SCHEMA: &'static str;
    /// Its status.
    fn status(&self) -> StatusCode;
    /// What programs tell it by, if it has such a thing.
    fn code(&self) -> Option<&'static str>;
    /// What people are told.
    fn words(&self) -> &str;
    /// Its body.
    fn body(&self) -> Value;
    /// Names of the headers it comes with, besides those of every answer.
    fn headers(&self) -> Vec<&'static str>;
}

/// Reasons for which a request can be refused. Groups of them are put together as tuples.
pub trait Refusals {
    /// The form they take.
    type Error: ErrorForm;
    /// All of them.
    fn refusals() -> Vec<Self::Error>;
}

impl<A: Refusals, B: Refusals<Error = A::Error>> Refusals for (A, B) {
    type Error = A::Error;
    fn refusals() -> Vec<A::Error> {
        [A::refusals(), B::refusals()].into_iter().flatten().collect()
    }
}

impl<A: Refusals, B: Refusals<Error = A::Error>, C: Refusals<Error = A::Error>> Refusals for (A, B, C) {
    type Error = A::Error;
    fn refusals() -> Vec<A::Error> {
        [A::refusals(), B::refusals(), C::refusals()].into_iter().flatten().collect()
    }
}

/// The answers to refused requests, one for each status.
pub struct Refused<T>(PhantomData<T>);

impl<T: Refusals> IntoResponses for Refused<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut by_status = BTreeMap::<u16, Vec<T::Error>>::new();
        for refusal in T::refusals() {
            by_status.entry(refusal.status().as_u16()).or_default().push(refusal);
        }
        by_status.into_iter().map(|(status, cases)| (status.to_string(), response(status, &cases).into())).collect()
    }
}

fn response<E: ErrorForm>(status: u16, cases: &[E]) -> Response {
    let mut words: Vec<_> = cases.iter().map(E::words).collect();
    words.dedup();
    let mut content = ContentBuilder::new()
        .schema(Some(AllOfBuilder::new().item(Ref::from_schema_name(E::SCHEMA)).item(particulars(status, cases))));
    for case in cases {
        let name = case.code().unwrap_or("no-code");
        let example = ExampleBuilder::new().summary(case.words()).value(Some(case.body()));
        content = content.examples_from_iter([(name, example.build())]);
    }
    let mut headers: Vec<_> = cases.iter().flat_map(E::headers).collect();
    headers.sort_unstable();
    headers.dedup();
    let response = ResponseBuilder::new().description(words.join(". ")).content(E::MEDIA_TYPE, content.build());
    headers.into_iter().fold(response, |response, name| response.header(name, header(name))).build()
}

/// What the schema common to all errors cannot say: which codes this status comes with.
fn particulars<E: ErrorForm>(status: u16, cases: &[E]) -> Object {
    let codes: Option<Vec<_>> = cases.iter().map(E::code).collect();
    let mut particulars = ObjectBuilder::new();
    if cases.iter().any(|case| case.body().get("status").is_some()) {
        particulars =
            particulars.property("status", ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some([status])));
    }
    let mut known: Vec<_> = cases.iter().filter_map(E::code).collect();
    known.sort_unstable();
    known.dedup();
    if !known.is_empty() {
        let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(known));
        particulars = particulars.property("code", code);
    }
    if codes.is_some() { particulars.required("code").build() } else { particulars.build() }
}

fn header(name: &str) -> Header {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    let text = ObjectBuilder::new().schema_type(Type::String);
    let (schema, about) = match name {
        "Retry-After" | "X-Retry-After" => (seconds, "Seconds to wait before asking again"),
        "WWW-Authenticate" => (text, "How to authenticate (RFC 6750 §3)"),
        _ => (text, "See the description of the API"),
    };
    let mut header = Header::new(schema);
    header.description = Some(about.to_owned());
    header
}
