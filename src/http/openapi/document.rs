//! What the document says besides its operations.

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
    AppState,
    api::better_auth::description::{NewPassword, SignInError},
    problem::Problem,
    session::cookies,
};

const ABOUT: &str = "Signing up, in and out, sessions, and what a user owns. Bodies are JSON of at most 16 kB, \
                     times are RFC 3339 in UTC with three fraction digits.\n\n\
                     A session token opens `/api/auth/…` as long as its session lives; an access token opens \
                     `/api/users/…` for some minutes. Both are sent as `Authorization: Bearer`. A browser sends \
                     both as cookies, which open both parts and are renewed unseen; a POST with any cookie needs \
                     `Origin` (or `Referer`) that is trusted: this service's own, or one of \
                     `LATCHKEY_TRUSTED_ORIGINS`. Where a request has an `Authorization` header too, the header \
                     decides.\n\n\
                     Below `/api/auth` a path or method that is not described here is answered 404 without a \
                     body; everywhere else a wrong method is answered 405 with `Allow`.";

/// The tags, in the order in which people read them.
const TAGS: [(&str, &str); 5] = [
    ("Signing in", "From an account to a session and back: the HTTP contract of Better Auth 1.7."),
    ("Sessions", "The sessions of whoever asks, and access tokens for them."),
    ("Account", "What a user owns, opened by an access token. Errors are problems (RFC 9457)."),
    ("Not available", "What the contract has and this service does not: it needs mail or other providers."),
    ("Service", "For backends, proxies, load balancers, process managers and generators of clients."),
];

/// Adds to the operations what holds for all of them.
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
    add_schemas(components, state.auth.password_policy().min_length);
    add_security_schemes(components, settings.base_url.is_https());
    components.headers.insert("RequestId".to_owned(), request_id().into());
    document.paths.paths.values_mut().flat_map(responses).for_each(|response| {
        let reference = Ref::new("#/components/headers/RequestId");
        response.headers.insert("X-Request-Id".to_owned(), RefOr::Ref(reference));
    });
    document
}

/// The forms of errors, which no operation names by their types, and what depends on the settings.
fn add_schemas(components: &mut Components, min_length: u8) {
    let mut schemas = vec![
        (Problem::name().into_owned(), Problem::schema()),
        (SignInError::name().into_owned(), SignInError::schema()),
    ];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    if let Some(RefOr::T(Schema::Object(password))) = components.schemas.get_mut(NewPassword::name().as_ref()) {
        password.min_length = Some(min_length.into());
    }
}

fn add_security_schemes(components: &mut Components, https: bool) {
    let bearer = |format: &str, about: &str| {
        let http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
        SecurityScheme::Http(http.description(Some(about)).build())
    };
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        cookies::session_name(https),
        "The session token as a browser sends it. The access token's cookie goes with it.",
    )));
    components.security_schemes.extend(
        [
            (
                "sessionToken",
                bearer("session token", "The `token` of signing in or up, or the header `set-auth-token`."),
            ),
            ("accessToken", bearer("JWT", "The `token` of `GET /api/auth/token`.")),
            ("sessionCookie", cookie),
        ]
        .map(|(name, scheme)| (name.to_owned(), scheme.into())),
    );
}

fn request_id() -> Header {
    let id = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9a-f]{32}$")).build();
    let mut header = Header::new(id);
    header.description = Some("Names the request; it is in the log, too".to_owned());
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
