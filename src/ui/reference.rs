//! The data of the API reference page. `http::openapi` fills it from the OpenAPI document.

/// The API reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferencePage {
    /// The API's title.
    pub title: String,
    /// The API's version.
    pub version: String,
    /// The introduction, by paragraph.
    pub about: Vec<String>,
    /// The server's base URL.
    pub server: String,
    /// The credentials that the API accepts.
    pub credentials: Vec<Credential>,
    /// The operations by group.
    pub groups: Vec<Group>,
    /// The operations of the contract that this service always refuses.
    pub unavailable: Vec<UnavailableOperation>,
}

/// An operation that this service always refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnavailableOperation {
    /// The HTTP method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The summary.
    pub summary: String,
}

/// A kind of credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The name of the security scheme.
    pub name: String,
    /// The header, such as `Authorization: Bearer`.
    pub sent: String,
    /// How to obtain the credential.
    pub about: String,
}

/// Related operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The heading. The group's anchor is derived from it.
    pub name: String,
    /// The introduction.
    pub about: String,
    /// The operations.
    pub operations: Vec<Operation>,
}

/// An operation: one method on one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The `operationId`, which is also the anchor.
    pub id: String,
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The summary, which is the heading.
    pub summary: String,
    /// The description, by paragraph.
    pub about: Vec<String>,
    /// The names of the accepted credentials, of which a request carries one.
    pub credentials: Vec<String>,
    /// Whether the credential is optional.
    pub open: bool,
    /// The path and query parameters.
    pub parameters: Vec<Member>,
    /// The request body in each accepted media type.
    pub bodies: Vec<Content>,
    /// The responses with a 2xx or 3xx status.
    pub answers: Vec<Answer>,
    /// The responses with any other status.
    pub errors: Vec<Answer>,
    /// An example `curl` command.
    pub command: String,
}

/// A parameter, or a member of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The path from the root of the body: `events[].id`.
    pub name: String,
    /// The place and the type: `path`, `string`.
    pub kind: Vec<String>,
    /// Whether the member is required.
    pub required: bool,
    /// The description.
    pub about: String,
    /// The constraints on the value.
    pub rules: Vec<String>,
}

/// A request or response body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The media type.
    pub media_type: String,
    /// The members, including nested ones.
    pub members: Vec<Member>,
    /// Example bodies.
    pub examples: Vec<Example>,
}

/// An example body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The example's name. For an error it is the error's code.
    pub name: String,
    /// The summary.
    pub about: String,
    /// The body as text.
    pub text: String,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status, such as `200` or `4XX`.
    pub status: String,
    /// The description.
    pub about: String,
    /// The names and descriptions of its headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub content: Option<Content>,
}
