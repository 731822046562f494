//! The sign-in API as its description has it: the bodies it reads, and the errors that every route has.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa::{
    IntoResponses, PartialSchema, ToSchema,
    openapi::{RefOr, Response, ResponseBuilder, Schema, schema::AnyOfBuilder},
};

use super::error::{ContractError, Failed};
use crate::http::openapi::refusals::{ErrorForm, Refusals};

/// An error of the sign-in API.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `ContractError` answers")]
pub struct SignInError {
    /// What is wrong, for people.
    message: String,
    /// What is wrong, for programs.
    #[schema(required = false)]
    code: String,
}

impl ErrorForm for ContractError {
    const MEDIA_TYPE: &'static str = "application/json";
    const SCHEMA: &'static str = "SignInError";

    fn status(&self) -> StatusCode {
        self.status
    }

    fn code(&self) -> Option<&'static str> {
        self.code
    }

    fn words(&self) -> &str {
        &self.message
    }

    fn body(&self) -> Value {
        self.body()
    }

    fn headers(&self) -> Vec<&'static str> {
        if self.retry_after.is_some() { vec!["Retry-After", "X-Retry-After"] } else { Vec::new() }
    }
}

impl IntoResponses for Failed {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let words = "Something failed that the caller cannot mend; the log has the cause. No body";
        BTreeMap::from([("500".to_owned(), ResponseBuilder::new().description(words).build().into())])
    }
}

/// What any request can be answered.
pub struct Anything;

impl Refusals for Anything {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![
            ContractError::unreadable(),
            ContractError::too_slow(),
            ContractError::too_large(),
            ContractError::busy_now(),
        ]
    }
}

/// What any POST can be answered besides: for its body, and for where it comes from and leads to.
pub struct Posted;

impl Refusals for Posted {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        let mut refusals = Anything::refusals();
        refusals.extend([
            ContractError::malformed_json(),
            ContractError::next_no_string("callbackURL"),
            ContractError::media_type("text/plain", false),
            ContractError::missing_origin(),
            ContractError::invalid_origin(),
            ContractError::invalid_callback(),
            ContractError::forbidden("INVALID_REDIRECT_URL", "Invalid redirectURL"),
            ContractError::forbidden("INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL"),
            ContractError::forbidden("INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL"),
        ]);
        refusals
    }
}

/// What a route that needs a session answers without one.
pub struct NeedsSession;

impl Refusals for NeedsSession {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![ContractError::unauthorized()]
    }
}

/// What a route that reads members of a body answers where they cannot be used.
pub struct NeedsMembers;

impl Refusals for NeedsMembers {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        let message = "[body.token] Invalid input: expected string, received undefined";
        vec![ContractError::bad_request("VALIDATION_ERROR", message)]
    }
}

/// What a link answers that leads to another site.
pub struct LeadsElsewhere;

impl Refusals for LeadsElsewhere {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![ContractError::invalid_callback()]
    }
}

/// What a route answers that does work which is slowed down for whoever asks too often.
pub struct Throttled;

impl Refusals for Throttled {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![ContractError::throttled(Duration::from_secs(30))]
    }
}

/// An account to be made.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", examples(json!({
    "name": "Ada", "email": "ada@example.com", "password": "violet otter lantern 42",
})))]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct SignUpBody {
    /// What to call the user, on one line; may be empty. White space around it is dropped.
    #[schema(max_length = 100, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$")]
    name: String,
    /// The address to sign in with. Taken in any case, answered in lower case.
    #[schema(format = Email)]
    email: String,
    #[schema(value_type = NewPassword)]
    password: String,
    /// A picture's address.
    #[schema(required = false, max_length = 2048, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$")]
    image: String,
    /// `false`: the session ends with the browser, or after 24 hours without use.
    #[schema(required = false, default = true)]
    remember_me: bool,
    /// Checked to lead to this site, and otherwise ignored.
    #[schema(required = false, rename = "callbackURL")]
    callback_url: String,
}

/// A password to choose. Common, guessable and personal ones are refused, too.
#[derive(ToSchema)]
#[schema(max_length = 128, value_type = String, format = Password)]
#[expect(dead_code, reason = "describes what the password policy lets pass")]
pub struct NewPassword(String);

/// Whose session to open.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", examples(json!({
    "email": "ada@example.com", "password": "violet otter lantern 42", "rememberMe": true,
})))]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct SignInBody {
    #[schema(format = Email)]
    email: String,
    #[schema(format = Password)]
    password: String,
    /// `false`: the session ends with the browser, or after 24 hours without use.
    #[schema(required = false, default = true)]
    remember_me: bool,
    /// Where to go next: a path on this site or a URL of it, answered as `url` and `Location`.
    #[schema(required = false, rename = "callbackURL")]
    callback_url: String,
}

/// Whose session to open, as a form.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", examples(json!({
    "email": "ada@example.com", "password": "violet otter lantern 42",
})))]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct SignInForm {
    #[schema(format = Email)]
    email: String,
    #[schema(format = Password)]
    password: String,
    /// Where to go next: a path on this site or a URL of it, answered as `url` and `Location`.
    #[schema(required = false, rename = "callbackURL")]
    callback_url: String,
}

/// An account to be made, as a form.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", examples(json!({
    "name": "Ada", "email": "ada@example.com", "password": "violet otter lantern 42",
})))]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct SignUpForm {
    /// What to call the user, on one line; may be empty. White space around it is dropped.
    #[schema(max_length = 100, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$")]
    name: String,
    /// The address to sign in with. Taken in any case, answered in lower case.
    #[schema(format = Email)]
    email: String,
    #[schema(value_type = NewPassword)]
    password: String,
    /// Checked to lead to this site, and otherwise ignored.
    #[schema(required = false, rename = "callbackURL")]
    callback_url: String,
}

/// A session to end.
#[derive(ToSchema)]
#[schema(examples(json!({ "token": "01a1fdd4-8fab-7e2d-a429-11e08750ea01" })))]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct RevokeBody {
    /// A `session.token` of an answer, or a session token. Any other text is passed over in silence.
    token: String,
}

/// A password to replace with another.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", examples(json!({
    "currentPassword": "violet otter lantern 42", "newPassword": "amber walrus teapot 24",
})))]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct ChangePasswordBody {
    #[schema(format = Password)]
    current_password: String,
    #[schema(value_type = NewPassword)]
    new_password: String,
    /// `true`: the session that asks is replaced as well. All others end anyway.
    #[schema(required = false, default = false)]
    revoke_other_sessions: bool,
}

/// What is to change of a profile: one member at least.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
struct NameChange {
    /// What to call the user, on one line; may be empty. White space around it is dropped.
    #[schema(max_length = 100, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$")]
    name: String,
    /// A picture's address; `null` removes it.
    #[schema(max_length = 2048, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$")]
    image: Option<String>,
}

/// The picture alone.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
struct ImageChange {
    /// A picture's address; `null` removes it.
    #[schema(required = true, max_length = 2048, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$")]
    image: Option<String>,
}

/// A change of the name, of the picture, or of both.
pub struct UpdateUserBody;

impl ToSchema for UpdateUserBody {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("UpdateUserBody")
    }
}

impl PartialSchema for UpdateUserBody {
    fn schema() -> RefOr<Schema> {
        let either = AnyOfBuilder::new().item(NameChange::schema()).item(ImageChange::schema());
        let example = json!({ "name": "Ada Lovelace" });
        Schema::from(either.description(Some("One member at least.")).examples([example]).build()).into()
    }
}
