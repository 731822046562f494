//! What handlers share.

use std::{net::IpAddr, sync::Arc};

use axum::extract::FromRef;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use tower_cookies::Key;
use tower_http::csrf::CsrfLayer;

use super::assets;
use crate::{
    auth::Auth,
    config::{BaseUrl, Config, TrustedOrigins},
    crypto::derive::DerivedKeys,
    ui::page::Assets,
};

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub auth: Arc<Auth>,
    /// What the edge needs to know of the settings.
    pub settings: Arc<HttpSettings>,
}

/// What the edge needs to know of the settings.
pub struct HttpSettings {
    /// How browsers reach the service.
    pub base_url: BaseUrl,
    /// Sites and apps that may use the sign-in API from a browser.
    pub trusted_origins: TrustedOrigins,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Seals what a form hands to the next page.
    pub form_key: Key,
    /// The names of the stylesheet and the scripts.
    pub assets: Assets,
    /// Leptos's own settings.
    pub leptos: LeptosOptions,
    /// Whether `cargo leptos watch` is to reload the pages.
    pub watch: bool,
}

impl HttpSettings {
    /// Takes what the edge needs.
    pub fn new(config: &Config, derived: &DerivedKeys) -> Self {
        Self {
            base_url: config.server.base_url.clone(),
            trusted_origins: config.origins.clone(),
            trusted_proxies: config.proxies.trusted.clone(),
            form_key: Key::from(&*derived.form_cookie),
            assets: assets::names(),
            leptos: LeptosOptions::builder().output_name("latchkey").build(),
            watch: std::env::var_os("LEPTOS_WATCH").is_some(),
        }
    }

    /// Whether `address` is a proxy whose `X-Forwarded-For` is believed.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(&address))
    }

    /// Refuses state-changing requests that a browser sends from another site: by `Sec-Fetch-Site`,
    /// with `Origin` as fallback. No hidden form fields, no tokens.
    pub fn refuse_cross_site(&self) -> CsrfLayer {
        let layer = CsrfLayer::new();
        // Behind a proxy that rewrites `Host`, the base URL still is where the pages come from. A base
        // URL is an origin by construction.
        layer.clone().add_trusted_origin(self.base_url.as_str()).unwrap_or(layer)
    }
}

impl FromRef<AppState> for Arc<Auth> {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.auth)
    }
}
