//! Renders a page as a response: status, headers and HTML.

use std::iter;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use leptos::nonce::Nonce;

use super::Visitor;
use crate::{
    domain::form::{FormError, FormState},
    ui::{
        page::{Document, Page, Viewer},
        shell,
    },
};

impl Visitor {
    /// Renders `page` together with the outcome of the last form post, if it is for this page, and removes its cookie.
    /// The page of a server error does neither.
    pub fn render<P: Page + 'static>(self, status: StatusCode, page: P) -> Response {
        let nonce = Nonce::new();
        let settings = &self.state.settings;
        let origins = [page.form_redirect_origin(), self.default_redirect_origin()];
        let has_script = P::HAS_FORMS || P::HAS_SCRIPT || P::ISLANDS.is_some() || page.has_passkeys() || settings.watch;
        let frames = if P::HAS_FRAME { "frame-src 'self'; " } else { "" };
        let policy = content_security_policy(has_script.then_some(&nonce), origins, settings.watch);
        let policy = format!("{frames}{policy}");
        // An error page does not show the outcome, so the next page does.
        let form = if status.is_server_error() { None } else { self.take_form() };
        let failure = form.as_ref().and_then(FormState::failure).map(failure_status);
        let document = Document {
            viewer: self.account.as_ref().map(|(_, user)| Viewer { name: user.display_name().to_owned() }),
            sign_up: self.state.auth.accounts.sign_up_is_open(),
            product: settings.product.clone(),
            form,
            assets: settings.assets.clone(),
            reload: settings.watch.then(|| settings.leptos.clone()),
        };
        let is_constant = page.is_constant() && document.viewer.is_none() && document.form.is_none();
        let html = if is_constant {
            settings.constant_pages.html::<P>(&nonce, |nonce| shell::render(page, document, nonce))
        } else {
            shell::render(page, document, nonce)
        };
        let mut response = (status, Html(html)).into_response();
        if let Some((status, retry_after)) = failure {
            *response.status_mut() = status;
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
        }
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    /// The other origin to which the forms of this visitor's pages redirect by default: sign-in and sign-up before
    /// signing in, sign-out afterwards.
    fn default_redirect_origin(&self) -> Option<&str> {
        let pages = &self.state.settings.pages;
        if self.account.is_some() { pages.after_sign_out.origin() } else { pages.home.as_ref()?.origin() }
    }

    /// The outcome of the last form post.
    ///
    /// A sign-up with a taken address leaves the address for the sign-in page, in the same encrypted cookie. In the URL
    /// of the link, the address would reach the logs of proxies, the history and other sites (`Referer`).
    fn take_form(&self) -> Option<FormState> {
        let (jar, key) = (self.jar.as_ref()?, &self.state.settings.form_key);
        let path = self.path.split('?').next().unwrap_or_default();
        let form = jar.take_form(key, path)?;
        if let Some(sign_in) = form.sign_in_instead() {
            jar.leave_form(&sign_in, key);
        }
        Some(form)
    }
}

/// The status and `Retry-After`, in seconds, of a page that shows why a form failed.
const fn failure_status(error: FormError) -> (StatusCode, Option<u32>) {
    match error {
        FormError::Throttled { retry_after } => (StatusCode::TOO_MANY_REQUESTS, Some(retry_after)),
        FormError::Internal => (StatusCode::INTERNAL_SERVER_ERROR, None),
        // A layer adds `Retry-After`.
        _ => (StatusCode::SERVICE_UNAVAILABLE, None),
    }
}

/// The Content-Security-Policy of a page (ASVS 3.4.3).
///
/// Without `nonce` no script is allowed. `connect-src` then allows nothing to a page, but lets Lighthouse read
/// `robots.txt`, which it requests in the name of the page. `form-action` names `redirect_origins`, because browsers
/// also apply it to the redirect after a form post. In development the page connects to the reload server.
fn content_security_policy(nonce: Option<&Nonce>, redirect_origins: [Option<&str>; 2], watch: bool) -> String {
    let form_action = iter::once("'self'").chain(redirect_origins.into_iter().flatten()).collect::<Vec<_>>().join(" ");
    let reload = if watch { " ws://localhost:3001 ws://127.0.0.1:3001" } else { "" };
    let scripts =
        nonce.map_or_else(String::new, |nonce| format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; "));
    format!(
        "default-src 'none'; {scripts}connect-src 'self'{reload}; style-src 'self'; img-src 'self'; \
         form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
    )
}
