//! What the page about the API needs to know of it.

/// The API, as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferencePage {
    /// What the API is called.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Paragraphs about all of it.
    pub about: Vec<String>,
    /// Where it is.
    pub server: String,
    /// What opens it.
    pub credentials: Vec<Credential>,
    /// Operations that belong together.
    pub groups: Vec<Group>,
}

/// What opens operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// What it is called.
    pub name: String,
    /// How it is sent.
    pub sent: String,
    /// Where it comes from.
    pub about: String,
}

/// Operations that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they are called together; its anchor, too.
    pub name: String,
    /// What they have in common.
    pub about: String,
    /// The operations.
    pub operations: Vec<Operation>,
}

/// Something that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name for programs, and its anchor.
    pub id: String,
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// What it does, in a line.
    pub summary: String,
    /// Paragraphs about it.
    pub about: Vec<String>,
    /// Names of credentials of which it needs one; empty where it is open to all.
    pub credentials: Vec<String>,
    /// Whether it answers without any of them, too.
    pub open: bool,
    /// Parts of the path and the query.
    pub parameters: Vec<Member>,
    /// What to send, in each media type that is read.
    pub bodies: Vec<Content>,
    /// What is answered to success.
    pub answers: Vec<Answer>,
    /// What is answered otherwise.
    pub errors: Vec<Answer>,
    /// How to ask from a shell.
    pub command: String,
}

/// One part of a body, a path or a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name, with the names of what it lies in: `events[].id`.
    pub name: String,
    /// What it is: `string`, `path`.
    pub kind: Vec<String>,
    /// Whether it has to be there.
    pub required: bool,
    /// What it is for.
    pub about: String,
    /// What it must keep to.
    pub rules: Vec<String>,
}

/// A body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its media type.
    pub media_type: String,
    /// Its members; empty where it has none.
    pub members: Vec<Member>,
    /// Bodies as they can be, each with its name.
    pub examples: Vec<Example>,
}

/// A body as it can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What tells it from others: an error's code.
    pub name: String,
    /// What it says.
    pub about: String,
    /// The body.
    pub text: String,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: String,
    /// When.
    pub about: String,
    /// Names of headers it has, and what for.
    pub headers: Vec<(String, String)>,
    /// Its body, if it has one.
    pub content: Option<Content>,
}
