//! Sign-in with a link in a message (`LATCHKEY_EMAIL_SIGN_IN`).

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{
        ContractError, ContractQuery, DisplayName, EmailAddress, GetErrors, LoginCsrfError, Optional, PostErrors,
        Record, Text, ValidBody, ValidQuery, ValidationError, members,
        origin::{NextPageError, check_next_pages},
        redirect,
    },
    models::{SessionObject, StatusResponse, UserObject},
    two_factor::{self, TwoFactorRedirect},
};
use crate::{
    auth::{
        Requester,
        codes::RequestCodeError,
        error::{InternalError, Interrupted},
        sign_in::{
            SignInStep, SignedIn,
            by_mail::{LinkError, MailRequest, MailSignedIn, SignInLink},
        },
    },
    config::TrustedOrigins,
    domain::{Name, form::FormKind},
    http::{
        header_values::{SEC_FETCH_SITE, Single, text},
        route_error::route_errors,
        session::{changes::ResponseChanges, cookies::CookieJar, mail_request::MailRequested},
        state::AppState,
        step_up,
    },
    mail::sign_in::SignInParts,
};

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

members! {
    /// The address to sign in with.
    pub struct SignInMagicLinkBody: Object {
        email: EmailAddress = "email",
        /// The name of a new account.
        name: Optional<DisplayName> = "name",
        /// Where the link leads: a path, or a URL of a trusted origin. Default: a page of this service.
        callback_url: Optional<Text> = "callbackURL",
        /// Where the link leads after it has created an account. Default: `callbackURL`.
        new_user_callback_url: Optional<Text> = "newUserCallbackURL",
        /// Where a link that is not valid leads, with `error`. Default: `callbackURL`.
        error_callback_url: Optional<Text> = "errorCallbackURL",
        /// Ignored.
        _metadata: Optional<Record> = "metadata",
    }
    example { "email": "ada@example.com", "callbackURL": "/dashboard" }
}

route_errors! {
    /// Errors of `POST /sign-in/magic-link`.
    pub enum SignInMagicLinkRouteError: ContractError {
        InvalidEmail => ContractError::bad_request("VALIDATION_ERROR", "[body.email] Invalid email address"),
        ..LoginCsrf(LoginCsrfError),
        ..Validation(ValidationError),
        ..Interrupted(Interrupted),
    }
}

impl From<RequestCodeError> for SignInMagicLinkRouteError {
    fn from(error: RequestCodeError) -> Self {
        match error {
            RequestCodeError::Email(_) => Self::InvalidEmail,
            RequestCodeError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Request a link that signs in
///
/// The answer is the same for every address. The link works once, for 10 minutes. An address without an account gets one,
/// unless sign-up is closed.
#[utoipa::path(
    post, path = "/sign-in/magic-link", tag = "Sign-in", operation_id = "signInMagicLink", security(()),
    request_body = SignInMagicLinkBody,
    responses(
        (status = 200, description = "The request is accepted", body = StatusResponse),
        PostErrors<SignInMagicLinkRouteError>,
    ),
)]
pub async fn request(
    State(state): State<AppState>,
    requester: Requester,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<SignInMagicLinkBody, SignInMagicLinkRouteError>,
) -> Result<Json<StatusResponse>, SignInMagicLinkRouteError> {
    let key = &state.settings.form_key;
    let browser = jar.browser_secret(key).map_err(InternalError::from).map_err(Interrupted::from)?;
    let given = |target: Option<String>| target.filter(|target| !target.is_empty());
    let mail = MailRequest {
        email: &body.email,
        name: body.name.as_ref().map_or("", Name::as_str),
        remember: true,
        parts: SignInParts::Link,
        return_to: given(body.callback_url),
        new_user_return_to: given(body.new_user_callback_url),
        error_return_to: given(body.error_callback_url),
    };
    state.auth.sign_in.request_mail(mail, &browser, &requester).await?;
    jar.keep_mail_request(&MailRequested::new(&browser, &body.email, true, "", state.auth.now()), key);
    Ok(Json(StatusResponse::SUCCESS))
}

members! {
    /// The parameters of a mailed link.
    pub struct MagicLinkQuery: Object {
        token: Text = "token",
        callback_url: Optional<Text> = "callbackURL",
        new_user_callback_url: Optional<Text> = "newUserCallbackURL",
        error_callback_url: Optional<Text> = "errorCallbackURL",
    }
}

/// A new session.
#[derive(Serialize, ToSchema)]
pub struct MagicLinkResponse {
    /// The session token.
    token: String,
    user: UserObject,
    session: SessionObject,
}

route_errors! {
    /// Errors of `GET /magic-link/verify`.
    pub enum MagicLinkRouteError: ContractError {
        ..Validation(ValidationError),
        ..NextPage(NextPageError),
        ..Interrupted(Interrupted),
    }
}

/// Follow a link that signs in
///
/// Signs in at once in the browser that asked for the link, and for programs, which leave out `callbackURL`. Otherwise, it
/// changes nothing and redirects to a page of this service with one button, because mail scanners open links.
#[utoipa::path(
    get, path = "/magic-link/verify", tag = "Sign-in", operation_id = "verifyMagicLink", security(()),
    params(
        ("token" = String, Query), ("callbackURL" = Option<String>, Query),
        ("newUserCallbackURL" = Option<String>, Query), ("errorCallbackURL" = Option<String>, Query),
    ),
    responses(
        (status = 200, description = "A new session; both cookies are set", body = MagicLinkResponse, headers(
            ("set-auth-token" = String, description = "The session token"),
        )),
        (status = 302, description = "Redirects to `callbackURL` with a new session; or with `error`; or to a page, also for \
          the second factor"),
        GetErrors<MagicLinkRouteError>,
    ),
)]
pub async fn verify(
    State(state): State<AppState>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    Extension(jar): Extension<CookieJar>,
    headers: HeaderMap,
    parameters: ContractQuery,
    ValidQuery(query, ..): ValidQuery<MagicLinkQuery, MagicLinkRouteError>,
) -> Result<Response, MagicLinkRouteError> {
    check_next_pages(&parameters, &state.settings.trusted_origins)?;
    let targets = Targets::new(&query, state.settings.base_url.as_str());
    let browser = jar.mail_request(&state.settings.form_key).and_then(|mail| mail.browser());
    let sign_in = &state.auth.sign_in;
    let link = sign_in.link(&query.token, browser.as_ref()).await.map_err(Interrupted::from)?;
    let SignInLink::Valid(link) = link else { return Ok(targets.invalid()) };
    let is_program = targets.callback.is_none() && is_program(&headers, &state.settings.trusted_origins);
    if !link.is_own_browser && !is_program {
        return Ok(redirect::to(&format!("{}/sign-in/link?token={}", targets.base, query.token)));
    }
    match sign_in.with_link(&query.token, &requester).await {
        Ok(signed_in) => {
            jar.drop_mail_request();
            let MailSignedIn { step, created, .. } = signed_in;
            Ok(match step {
                SignInStep::Complete(session) => targets.signed_in(&session, created, &changes),
                SignInStep::SecondFactor(pending) => {
                    two_factor::keep(&state, &jar, &changes, &pending, targets.callback.unwrap_or_default());
                    targets.second_factor()
                }
            })
        }
        Err(LinkError::Invalid) => Ok(targets.invalid()),
        Err(LinkError::Interrupted(interrupted)) => Err(interrupted.into()),
    }
}

/// Where a link leads. The addresses are trusted.
struct Targets<'a> {
    base: &'a str,
    callback: Option<&'a str>,
    new_user: Option<&'a str>,
    error: Option<&'a str>,
}

impl<'a> Targets<'a> {
    fn new(query: &'a MagicLinkQuery, base: &'a str) -> Self {
        let given = |target: &'a Option<String>| target.as_deref().filter(|target| !target.is_empty());
        Self {
            base,
            callback: given(&query.callback_url),
            new_user: given(&query.new_user_callback_url),
            error: given(&query.error_callback_url),
        }
    }

    fn invalid(&self) -> Response {
        let target = self.error.or(self.callback).unwrap_or("/");
        let url = redirect::with_set(self.base, target, "error", "INVALID_TOKEN");
        url.map_or_else(|| ContractError::invalid_callback().into_response(), |url| redirect::to(&url))
    }

    /// A program gets the answer of the contract; a browser gets the page of this service.
    fn second_factor(&self) -> Response {
        match self.callback {
            None => Json(TwoFactorRedirect::TOTP).into_response(),
            Some(_) => redirect::to(&format!("{}{}", self.base, FormKind::SecondStep.page())),
        }
    }

    fn signed_in(&self, session: &SignedIn, created: bool, changes: &ResponseChanges) -> Response {
        changes.start_session(session);
        let Some(callback) = self.callback else {
            return Json(MagicLinkResponse {
                token: session.session_token.expose(),
                user: UserObject::from(&session.user),
                session: SessionObject::from(&session.session),
            })
            .into_response();
        };
        let target = self.new_user.filter(|_| created).unwrap_or(callback);
        if session.is_restricted() {
            return redirect::to(&format!("{}{}", self.base, step_up::set_up_address(Some(target))));
        }
        let url = redirect::resolved(self.base, target);
        url.map_or_else(|| ContractError::invalid_callback().into_response(), |url| redirect::to(&url))
    }
}

/// Whether a program sent the request, or a script of this service or of a trusted origin. A script of any other origin
/// could sign the browser in to an account of its own (login CSRF).
fn is_program(headers: &HeaderMap, trusted: &TrustedOrigins) -> bool {
    let is_trusted = match Single::of(headers, &SEC_FETCH_SITE) {
        Single::Absent | Single::Text("same-origin") => true,
        Single::Text(_) => Single::of(headers, header::ORIGIN).text().is_some_and(|origin| trusted.trusts(origin)),
        Single::Unreadable => false,
    };
    is_trusted && !is_navigation(headers)
}

/// Whether a browser shows the response to a user.
fn is_navigation(headers: &HeaderMap) -> bool {
    let is_html = headers.get_all(header::ACCEPT).iter().any(|accept| text(accept).contains("text/html"));
    is_html
        || match Single::of(headers, &SEC_FETCH_MODE) {
            Single::Absent => false,
            Single::Text(mode) => mode == "navigate",
            Single::Unreadable => true,
        }
}
