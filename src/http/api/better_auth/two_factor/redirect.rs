//! The answer to a correct first factor of an account with a second one.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::sign_in::PendingSignIn,
    http::{
        session::{changes::ResponseChanges, cookies::CookieJar, second_step::WaitingSignIn},
        state::AppState,
    },
};

/// The sign-in needs a second factor. There is no session yet; a cookie names the sign-in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TwoFactorRedirect {
    /// Always `true`.
    two_factor_redirect: bool,
    /// The second factors of the account.
    #[schema(value_type = Vec<String>)]
    two_factor_methods: [&'static str; 1],
}

impl TwoFactorRedirect {
    /// The second factors of every account that has one.
    pub const TOTP: Self = Self { two_factor_redirect: true, two_factor_methods: ["totp"] };
}

/// Keeps the sign-in in the browser, instead of its session: the code must not count for the user of that session. On the
/// pages of this service, the user continues at `next`.
pub fn keep(state: &AppState, jar: &CookieJar, changes: &ResponseChanges, pending: &PendingSignIn, next: &str) {
    changes.end_session();
    jar.keep_second_step(&WaitingSignIn::new(pending, next), &state.settings.form_key);
}
