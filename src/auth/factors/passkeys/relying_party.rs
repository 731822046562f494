//! The relying party: this service, as authenticators know it.
//!
//! Only the modules of passkeys call the WebAuthn library.

use std::{borrow::Cow, fmt};

use serde::Deserialize;
use url::{Host, Url};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::ceremony::CEREMONY_LIFETIME;
use crate::auth::error::InternalError;

/// The settings of passkeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingPartySettings {
    /// The domain that passkeys are bound to.
    pub id: String,
    /// The name of this service in the dialogs of browsers.
    pub name: String,
    /// The origin of this service.
    pub origin: String,
    /// The origins with another domain where the passkeys of this service work too.
    pub related_origins: Vec<String>,
}

/// The settings fit no relying party.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("passkeys cannot be bound to {id}: it is neither the domain of {origin} nor a parent of it")]
pub struct InvalidRelyingParty {
    id: String,
    origin: String,
}

/// Creates challenges, and verifies the responses of authenticators.
pub struct RelyingParty {
    webauthn: Webauthn,
    settings: RelyingPartySettings,
    trusts: Box<dyn Fn(&str) -> bool + Send + Sync>,
}

/// The part of the data that a browser signs, which tells the page that asked.
#[derive(Deserialize)]
struct ClientData {
    origin: Url,
}

impl RelyingParty {
    /// A relying party with these settings. `trusts`: whether an origin may call the sign-in API. The pages of such origins
    /// that are within the domain can use passkeys too.
    pub fn new(
        settings: RelyingPartySettings,
        trusts: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Result<Self, InvalidRelyingParty> {
        let webauthn = library(&settings, None)
            .ok_or_else(|| InvalidRelyingParty { id: settings.id.clone(), origin: settings.origin.clone() })?;
        Ok(Self { webauthn, settings, trusts: Box::new(trusts) })
    }

    /// The domain that passkeys are bound to.
    pub fn id(&self) -> &str {
        &self.settings.id
    }

    /// The origins with another domain where the passkeys of this service work too.
    pub fn related_origins(&self) -> &[String] {
        &self.settings.related_origins
    }

    /// The library, for a challenge.
    pub(super) const fn webauthn(&self) -> &Webauthn {
        &self.webauthn
    }

    /// The library, for a response with this client data. It accepts the origin of this service, the related ones, and the
    /// trusted one that the client data names.
    pub(super) fn webauthn_for(&self, client_data: &[u8]) -> Cow<'_, Webauthn> {
        let data: Option<ClientData> = serde_json::from_slice(client_data).ok();
        let origin = data.map(|data| data.origin).filter(|origin| self.is_trusted(origin));
        match origin.and_then(|origin| library(&self.settings, Some(&origin))) {
            Some(webauthn) => Cow::Owned(webauthn),
            None => Cow::Borrowed(&self.webauthn),
        }
    }

    /// Whether the origin is trusted, within the domain, and secure.
    fn is_trusted(&self, origin: &Url) -> bool {
        let Some(Host::Domain(host)) = origin.host() else { return false };
        let is_localhost = host == "localhost" || host.ends_with(".localhost");
        let is_within = host == self.id() || host.ends_with(&format!(".{}", self.id()));
        let is_secure = origin.scheme() == "https" || (origin.scheme() == "http" && is_localhost);
        is_within && is_secure && (self.trusts)(&origin.origin().ascii_serialization())
    }
}

impl fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelyingParty").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The library failed without a response of a client.
pub(super) fn failed(error: impl fmt::Display) -> InternalError {
    InternalError::Failed(format!("a challenge for a passkey could not be made: {error}"))
}

/// The library, which accepts the origin of this service, the related ones, and `trusted`. `None`: the settings do not fit.
fn library(settings: &RelyingPartySettings, trusted: Option<&Url>) -> Option<Webauthn> {
    let RelyingPartySettings { id, name, origin, related_origins } = settings;
    let own = Url::parse(origin).ok()?;
    let mut builder = WebauthnBuilder::new(id, &own).ok()?.rp_name(name).timeout(CEREMONY_LIFETIME);
    for related in related_origins {
        builder = builder.append_allowed_origin(&Url::parse(related).ok()?);
    }
    if let Some(trusted) = trusted {
        builder = builder.append_allowed_origin(trusted);
    }
    builder.build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relying_party(id: &str, origin: &str) -> Result<RelyingParty, InvalidRelyingParty> {
        let (id, name, origin) = (id.to_owned(), "Latchkey".to_owned(), origin.to_owned());
        let settings =
            RelyingPartySettings { id, name, origin, related_origins: vec!["https://example.org".to_owned()] };
        RelyingParty::new(settings, |origin| !origin.contains("evil"))
    }

    #[test]
    fn id_is_the_domain_or_a_parent_of_it() {
        assert_eq!(relying_party("auth.example.com", "https://auth.example.com").unwrap().id(), "auth.example.com");
        assert!(relying_party("example.com", "https://auth.example.com").is_ok());
        assert!(relying_party("localhost", "http://localhost:3000").is_ok());
        for (id, origin) in [
            ("other.example.com", "https://auth.example.com"),
            ("ample.com", "https://auth.example.com"),
            ("127.0.0.1", "http://127.0.0.1:3000"),
        ] {
            assert!(relying_party(id, origin).is_err(), "{id} {origin}");
        }
    }

    #[test]
    fn trusted_origin_is_within_the_domain() {
        let party = relying_party("example.com", "https://auth.example.com").unwrap();
        let allowed = |origin: &str| {
            let webauthn = party.webauthn_for(format!("{{\"origin\":\"{origin}\"}}").as_bytes()).into_owned();
            let origin = Url::parse(origin).unwrap();
            webauthn.get_allowed_origins().contains(&origin)
        };
        for origin in ["https://auth.example.com", "https://example.org", "https://app.example.com:8443"] {
            assert!(allowed(origin), "{origin}");
        }
        for origin in [
            "https://evil.example.com",
            "http://app.example.com",
            "https://example.net",
            "https://app.example.com.evil.net",
            "https://myexample.com",
            "app://example.com",
        ] {
            assert!(!allowed(origin), "{origin}");
        }
    }
}
