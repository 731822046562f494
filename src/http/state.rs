//! The state that handlers and middleware share.

use std::{net::IpAddr, sync::Arc};

use axum::extract::FromRef;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use tower_cookies::Key;

use super::{assets, constant_pages::ConstantPages, cookie_names::CookieNames};
use crate::{
    auth::Auth,
    config::{BaseUrl, Config, PagesConfig, TrustedOrigins},
    crypto::{derive::DerivedKeys, secret::SharedSecret},
    domain::ReturnAddress,
    ui::page::Assets,
};

/// The account page.
const ACCOUNT: &str = "/account";

/// The router's state. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub auth: Arc<Auth>,
    /// The settings of the http layer.
    pub settings: Arc<HttpSettings>,
}

/// The settings of the http layer.
pub struct HttpSettings {
    /// The public URL of the service.
    pub base_url: BaseUrl,
    /// Sites and apps that may call the API from a browser, and that users may return to.
    pub trusted_origins: TrustedOrigins,
    /// Other origins where the passkeys of this service work.
    pub passkey_origins: Vec<String>,
    /// The product's name on pages.
    pub product: String,
    /// Where the pages lead.
    pub pages: PagesConfig,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The names of the cookies.
    pub cookie_names: Arc<CookieNames>,
    /// The tokens that may read the user events.
    pub events_tokens: Vec<SharedSecret>,
    /// Encrypts the cookie with a form's result.
    pub form_key: Key,
    /// The paths of the stylesheet and the scripts.
    pub assets: Assets,
    /// Pages that are rendered once.
    pub constant_pages: ConstantPages,
    /// The settings of Leptos.
    pub leptos: LeptosOptions,
    /// Whether `cargo leptos watch` reloads the pages.
    pub watch: bool,
}

impl HttpSettings {
    /// Takes the http layer's part of the configuration.
    pub fn new(config: &Config, derived: &DerivedKeys) -> Self {
        let base_url = &config.server.base_url;
        Self {
            cookie_names: Arc::new(CookieNames::new(base_url.is_https(), config.cookies.suffix.as_deref())),
            base_url: base_url.clone(),
            trusted_origins: config.origins.clone(),
            passkey_origins: config.passkeys.origins.clone(),
            product: config.mail.product.as_str().to_owned(),
            pages: config.pages.clone(),
            trusted_proxies: config.proxies.trusted.clone(),
            events_tokens: config.events.tokens.clone(),
            form_key: Key::from(&*derived.form_cookie),
            assets: assets::names(),
            constant_pages: ConstantPages::new(),
            leptos: LeptosOptions::builder().output_name("latchkey").build(),
            watch: std::env::var_os("LEPTOS_WATCH").is_some(),
        }
    }

    /// The address to return to after signing in, if it is a path on this site or on a trusted origin.
    pub fn return_address(&self, text: &str) -> Option<ReturnAddress> {
        let origins = &self.trusted_origins;
        let address = ReturnAddress::parse(text, |origin| origins.trusts(origin))?;
        Some(address.relative_to(|origin| origins.is_own(origin)))
    }

    /// The page after signing in without a return address.
    pub fn home(&self) -> &str {
        self.pages.home.as_ref().map_or(ACCOUNT, ReturnAddress::as_str)
    }

    /// Whether the `X-Forwarded-For` of requests from `address` is trusted.
    pub fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(&address))
    }
}

impl FromRef<AppState> for Arc<Auth> {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.auth)
    }
}
