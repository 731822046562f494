//! The pages: load what a page shows, then draw it.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{FromRequestParts, Query, Request, State, rejection::QueryRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use leptos::nonce::Nonce;
use serde::Deserialize;

use super::{
    AppState, HttpSettings,
    extract::principal::{self, Authentication},
    middleware::error_rewrite::BareError,
    openapi::Description,
    session::{changes::ResponseChanges, cookies::CookieJar},
};
use crate::{
    auth::{Requester, error::InternalError},
    domain::{
        ReturnAddress,
        form::{FormError, FormState},
        return_address,
        session::Session,
        user::User,
    },
    ui::{
        page::{AccountPage, Document, ErrorKind, ErrorPage, Page, PasswordRules, SignInPage, SignUpPage, Viewer},
        shell,
    },
};

/// How many entries of the security log the account page shows at a time.
const EVENTS: u8 = 20;

/// `?next=`: where to go after signing in. What leads to a site nobody trusts is as good as nothing.
#[derive(Debug, Default, Deserialize)]
pub struct NextQuery {
    #[serde(default)]
    next: String,
}

impl NextQuery {
    fn address(&self, settings: &HttpSettings) -> Option<ReturnAddress> {
        ReturnAddress::parse(&self.next, |origin| settings.trusted_origins.trusts(origin))
    }
}

/// `?before=`: the security log, older than this entry.
#[derive(Debug, Default, Deserialize)]
pub struct EventsQuery {
    before: Option<i64>,
}

/// A page being asked for: everything needed to draw one.
pub struct Visitor {
    state: AppState,
    jar: Option<CookieJar>,
    requester: Requester,
    account: Option<(Session, User)>,
    path: String,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, StatusCode> {
        let authentication = principal::authentication(parts);
        if matches!(authentication, Authentication::Unavailable) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        let mut visitor = Self::unknown(parts, state);
        if let Some(principal) = authentication.principal() {
            visitor.account = state.auth.current_session(principal).await.map_err(failed)?;
            if let (None, Some(changes)) = (&visitor.account, parts.extensions.get::<ResponseChanges>()) {
                changes.end_session();
            }
        }
        Ok(visitor)
    }
}

/// The cause goes to the log; the pages' error form fills in the rest.
fn failed(error: InternalError) -> StatusCode {
    tracing::error!(%error, "a page could not be made");
    StatusCode::INTERNAL_SERVER_ERROR
}

impl Visitor {
    /// Somebody not signed in, or not known to be.
    fn unknown(parts: &Parts, state: &AppState) -> Self {
        Self {
            state: state.clone(),
            jar: parts.extensions.get().cloned(),
            requester: parts.extensions.get().cloned().unwrap_or_default(),
            account: None,
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        }
    }

    fn rules(&self) -> PasswordRules {
        let policy = self.state.auth.password_policy();
        PasswordRules { min_length: policy.min_length, composition: policy.composition }
    }

    fn show(self, status: StatusCode, page: Page) -> Response {
        let nonce = Nonce::new();
        let policy = content_security_policy(&nonce, page.leads_to(), self.state.settings.watch);
        let settings = &self.state.settings;
        let form = self.jar.as_ref().and_then(|jar| jar.take_form(&settings.form_key));
        let wait = form.as_ref().and_then(FormState::asks_to_wait).map(wait);
        let document = Document {
            page,
            viewer: self.account.as_ref().map(|(_, user)| Viewer { name: user.display_name().to_owned() }),
            form,
            assets: settings.assets.clone(),
            now: self.state.auth.now(),
            reload: settings.watch.then(|| settings.leptos.clone()),
        };
        let mut response = (status, Html(shell::render(document, nonce))).into_response();
        if let Some((status, seconds)) = wait {
            *response.status_mut() = status;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    fn show_error(self, status: StatusCode, kind: ErrorKind) -> Response {
        let request_id = self.requester.request_id.clone().unwrap_or_default();
        self.show(status, Page::Error(ErrorPage { status: status.as_u16(), request_id, kind }))
    }
}

/// The page that says "later" says it to programs too, with the seconds to wait.
const fn wait(error: FormError) -> (StatusCode, u32) {
    match error {
        FormError::Throttled { retry_after } => (StatusCode::TOO_MANY_REQUESTS, retry_after),
        _ => (StatusCode::SERVICE_UNAVAILABLE, 1),
    }
}

/// Scripts run only from this origin and with this response's nonce; nothing may frame the page or
/// send its forms elsewhere (ASVS 3.4.3); browsers count the redirect that answers a form, too, so the
/// trusted origin that a form `leads_to` is named. In development the page also listens for its reload.
fn content_security_policy(nonce: &Nonce, leads_to: Option<&str>, watch: bool) -> String {
    let elsewhere = leads_to.map(|origin| format!(" {origin}")).unwrap_or_default();
    let reload = if watch { " ws://localhost:3001 ws://127.0.0.1:3001" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'{reload}; form-action 'self'{elsewhere}; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// `/`
pub async fn home(visitor: Visitor) -> Response {
    visitor.show(StatusCode::OK, Page::Home)
}

/// `/sign-up`
pub async fn sign_up(visitor: Visitor, query: Result<Query<NextQuery>, QueryRejection>) -> Response {
    let next = query.ok().and_then(|query| query.address(&visitor.state.settings));
    if visitor.account.is_some() {
        return Redirect::to(next.as_ref().map_or("/account", ReturnAddress::as_str)).into_response();
    }
    let rules = visitor.rules();
    visitor.show(StatusCode::OK, Page::SignUp(SignUpPage { next, rules }))
}

/// `/sign-in`
pub async fn sign_in(visitor: Visitor, query: Result<Query<NextQuery>, QueryRejection>) -> Response {
    let next = query.ok().and_then(|query| query.address(&visitor.state.settings));
    if visitor.account.is_some() {
        return Redirect::to(next.as_ref().map_or("/account", ReturnAddress::as_str)).into_response();
    }
    visitor.show(StatusCode::OK, Page::SignIn(SignInPage { next }))
}

/// `/account`: without a session, to the sign-in page and back.
pub async fn account(visitor: Visitor, query: Result<Query<EventsQuery>, QueryRejection>) -> Response {
    let Some((session, user)) = visitor.account.clone() else {
        return Redirect::to(&return_address::with_next("/sign-in", Some(&visitor.path))).into_response();
    };
    let before = query.ok().and_then(|query| query.before);
    match load_account(&visitor, session, user, before).await {
        Ok(page) => visitor.show(StatusCode::OK, Page::Account(Box::new(page))),
        Err(error) => failed(error).into_response(),
    }
}

async fn load_account(
    visitor: &Visitor,
    session: Session,
    user: User,
    before: Option<i64>,
) -> Result<AccountPage, InternalError> {
    let auth = &visitor.state.auth;
    let sessions = auth.list_sessions(user.id).await?;
    let log = auth.list_notable_events(user.id, before, EVENTS).await?;
    Ok(AccountPage {
        user,
        current: session.id,
        sessions,
        events: log.events,
        paged: before.is_some(),
        older_events: log.next,
        rules: visitor.rules(),
    })
}

/// `/docs`
pub async fn reference(visitor: Visitor, Extension(description): Extension<Arc<Description>>) -> Response {
    visitor.show(StatusCode::OK, Page::Reference(description.page()))
}

/// Any other path.
pub async fn not_found(visitor: Visitor) -> Response {
    visitor.show(StatusCode::NOT_FOUND, Page::NotFound)
}

/// Answers bare errors with an error page.
pub async fn rewrite_errors(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(error) = BareError::of(&response) else { return response };
    let visitor = match Visitor::from_request_parts(&mut asked, &state).await {
        Ok(visitor) => visitor,
        Err(_) => Visitor::unknown(&asked, &state),
    };
    if error.cross_site {
        state.auth.record_cross_site(&visitor.requester).await;
    }
    match error.status {
        StatusCode::NOT_FOUND => visitor.show(error.status, Page::NotFound),
        _ if error.cross_site => visitor.show_error(error.status, ErrorKind::Forbidden),
        StatusCode::SERVICE_UNAVAILABLE => visitor.show_error(error.status, ErrorKind::Busy),
        status if status.is_client_error() => visitor.show_error(status, ErrorKind::Unreadable),
        status => visitor.show_error(status, ErrorKind::Internal),
    }
}
