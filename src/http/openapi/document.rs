//! The parts of the document besides its operations.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Header, Info, License, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Response, Schema, Server,
        schema::{Components, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::TagBuilder,
    },
};

use crate::http::{
    api::better_auth::contract::{ContractErrorBody, NewPassword},
    problem::Problem,
    state::AppState,
};

const ABOUT: &str = "Bodies are JSON of at most 16 kB. Times are RFC 3339 in UTC with three fraction digits.\n\n\
                     A session token authenticates requests to `/api/auth/…` until its session ends. An access \
                     token authenticates requests to `/api/users/…` for some minutes. Both are sent as \
                     `Authorization: Bearer`. Browsers send both as cookies, which authenticate requests to both \
                     and are renewed automatically. A POST with any cookie needs a trusted `Origin` (or \
                     `Referer`): this service's own, or one of `LATCHKEY_TRUSTED_ORIGINS`. An `Authorization` \
                     header takes precedence over cookies.\n\n\
                     Below `/api/auth`, an unknown path or method is answered with 404 and an empty body. All other \
                     paths answer a wrong method with 405 and `Allow`.";

/// The tags, in reading order.
const TAGS: [(&str, &str); 8] = [
    ("Sign-in", "Sign up, sign in and sign out, with the HTTP contract of Better Auth 1.7."),
    ("Sessions", "Read, list and end sessions, and exchange one for an access token. Requires a session token."),
    ("Second factors", "Set an authenticator app up, and complete a sign-in with one of its codes or a backup code."),
    ("Passkeys", "Add, list and remove passkeys, and sign in with one."),
    ("Account", "Change the signed-in user's profile and password. Requires a session token."),
    ("User", "The resources of one user. Requires that user's access token. Errors are problems (RFC 9457)."),
    ("Backends", "Verify access tokens in a backend or a reverse proxy, and follow the changes of users."),
    ("Service", "Health checks and this description."),
];

/// Adds the parts that all operations share.
pub fn complete(mut document: OpenApi, state: &AppState) -> OpenApi {
    let settings = &state.settings;
    let mut info = Info::new("Latchkey", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    let mut license = License::new("MIT");
    license.identifier = Some("MIT".to_owned());
    info.license = Some(license);
    document.info = info;
    document.servers = Some(vec![Server::new(settings.base_url.as_str())]);
    let tag = |(name, about)| TagBuilder::new().name(name).description(Some(about)).build();
    document.tags = Some(TAGS.map(tag).into());

    let components = document.components.get_or_insert_default();
    add_schemas(components, state.auth.passwords.policy().min_length);
    add_security_schemes(components, &settings.cookie_names.session);
    components.headers.insert("RequestId".to_owned(), request_id().into());
    document.paths.paths.values_mut().flat_map(responses).for_each(|response| {
        let reference = Ref::new("#/components/headers/RequestId");
        response.headers.insert("X-Request-Id".to_owned(), RefOr::Ref(reference));
    });
    document
}

/// Adds the schemas of errors, which operations refer to by name, and the configured password length.
fn add_schemas(components: &mut Components, min_length: u8) {
    let mut schemas = vec![
        (Problem::name().into_owned(), Problem::schema()),
        (ContractErrorBody::name().into_owned(), ContractErrorBody::schema()),
    ];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    if let Some(RefOr::T(Schema::Object(password))) = components.schemas.get_mut(NewPassword::name().as_ref()) {
        password.min_length = Some(min_length.into());
    }
}

fn add_security_schemes(components: &mut Components, session_cookie: &str) {
    let bearer = |format: &str, about: &str| {
        let http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
        SecurityScheme::Http(http.description(Some(about)).build())
    };
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        session_cookie,
        "The session token, as browsers send it. The cookie of the access token accompanies it.",
    )));
    components.security_schemes.extend(
        [
            (
                "sessionToken",
                bearer("session token", "The `token` of a sign-in or sign-up, or the header `set-auth-token`."),
            ),
            ("accessToken", bearer("JWT", "The `token` of `GET /api/auth/token`.")),
            ("sessionCookie", cookie),
            ("eventsToken", bearer("secret", "A token of `LATCHKEY_EVENTS_TOKEN`, for backends.")),
        ]
        .map(|(name, scheme)| (name.to_owned(), scheme.into())),
    );
}

fn request_id() -> Header {
    let id = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9a-f]{32}$")).build();
    let mut header = Header::new(id);
    header.description = Some("The id of the request, as in the log".to_owned());
    header
}

fn responses(item: &mut PathItem) -> impl Iterator<Item = &mut Response> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let operations = [get, put, post, delete, patch].into_iter().flatten();
    operations.flat_map(|operation| operation.responses.responses.values_mut()).filter_map(|response| match response {
        RefOr::T(response) => Some(response),
        RefOr::Ref(_) => None,
    })
}
