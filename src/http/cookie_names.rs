//! The names of the cookies.
//!
//! On https the names have the prefix `__Host-`, so browsers require `Secure`, `Path=/` and no `Domain`: no other host,
//! not even a sibling, can set or read them (RFC 6265bis §4.1.3.2). All ports of a host share its cookies, so instances
//! on one host need names of their own.

/// The names of the cookies.
#[derive(Debug)]
pub struct CookieNames {
    /// The access token.
    pub access: String,
    /// The session token.
    pub session: String,
    /// The device, for the budget of failed sign-ins.
    pub device: String,
    /// A sign-in that waits for the second factor.
    pub second_step: String,
    /// A form that waits until the user has confirmed their identity.
    pub confirmation: String,
    /// The device, if it needs no second factor.
    pub trusted: String,
    /// The registration of a passkey.
    pub passkey_registration: String,
    /// A sign-in with a passkey.
    pub passkey_sign_in: String,
    /// A sign-up with a passkey.
    pub passkey_sign_up: String,
    /// A passkey as the second factor.
    pub passkey_second_step: String,
    /// The result of a form, for the next page.
    pub form: String,
    /// The secret of a link in a message, for the form on its page.
    pub link: String,
    /// The secret of a browser that asked for a message with a code.
    pub code: String,
    /// The user whose sign-up or password this browser has sent, and whose address is not verified.
    pub unverified: String,
    /// The session cookie of Better Auth, for imported sessions. On https only the name that no page on plain http can
    /// set.
    pub imported: &'static str,
}

impl CookieNames {
    /// The names with `suffix`. Browsers refuse the prefix on http, which is for localhost only.
    pub fn new(https: bool, suffix: Option<&str>) -> Self {
        let prefix = if https { "__Host-" } else { "" };
        let name = |purpose: &str| match suffix {
            Some(suffix) => format!("{prefix}latchkey_{purpose}_{suffix}"),
            None => format!("{prefix}latchkey_{purpose}"),
        };
        Self {
            access: name("access"),
            session: name("session"),
            device: name("device"),
            second_step: name("second_step"),
            confirmation: name("confirmation"),
            trusted: name("trusted"),
            passkey_registration: name("passkey_registration"),
            passkey_sign_in: name("passkey_sign_in"),
            passkey_sign_up: name("passkey_sign_up"),
            passkey_second_step: name("passkey_second_step"),
            form: name("form"),
            link: name("link"),
            code: name("code"),
            unverified: name("unverified"),
            imported: if https { "__Secure-better-auth.session_token" } else { "better-auth.session_token" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_has_prefix_on_https_and_suffix() {
        assert_eq!(CookieNames::new(true, None).session, "__Host-latchkey_session");
        assert_eq!(CookieNames::new(false, None).access, "latchkey_access");
        assert_eq!(CookieNames::new(true, Some("b")).form, "__Host-latchkey_form_b");
    }
}
