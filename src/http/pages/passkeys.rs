//! What the pages of the account tell the browser about passkeys.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    auth::{Auth, error::InternalError},
    domain::{
        Passkey,
        authentication::{AuthMethod, AuthMethods},
        session::Session,
        user::User,
    },
    ui::{
        components::passkeys::PasskeyReport,
        pages::account::{passkeys::PasskeysState, profile::ProfilePasskeys},
    },
};

/// For how long after a sign-in with a password the password manager may add a passkey. Browsers have such a limit too.
const UPGRADE_TIME: Duration = Duration::from_mins(5);

/// The section about passkeys. `None`: they are not offered.
pub async fn section(auth: &Auth, user: &User) -> Result<Option<PasskeysState>, InternalError> {
    if !auth.factors.passkeys_are_offered() {
        return Ok(None);
    }
    let passkeys = auth.factors.passkeys(user.id).await?;
    let report = report(auth, user, &passkeys).await?;
    Ok(Some(PasskeysState { passkeys, report, now: auth.now() }))
}

/// What the page of the profile does with passkeys.
pub async fn of_profile(auth: &Auth, session: &Session, user: &User) -> Result<ProfilePasskeys, InternalError> {
    if !auth.factors.passkeys_are_offered() {
        return Ok(ProfilePasskeys::default());
    }
    let passkeys = auth.factors.passkeys(user.id).await?;
    let methods = session.authentication.methods;
    let is_by_password = methods.is_some_and(|methods| methods == AuthMethods::of(AuthMethod::Password));
    let is_recent = auth.now().since(session.authentication.time) < UPGRADE_TIME;
    let report = report(auth, user, &passkeys).await?;
    Ok(ProfilePasskeys { upgrade: passkeys.is_empty() && is_by_password && is_recent, report })
}

/// `None`: no authenticator knows the user.
async fn report(auth: &Auth, user: &User, passkeys: &[Passkey]) -> Result<Option<PasskeyReport>, InternalError> {
    let Some(handle) = auth.factors.passkey_handle(user.id).await? else { return Ok(None) };
    let handle = URL_SAFE_NO_PAD.encode(handle);
    let ids = passkeys.iter().map(|passkey| URL_SAFE_NO_PAD.encode(&passkey.credential_id)).collect();
    let names = [&user.email, user.display_name()];
    Ok(Some(PasskeyReport::new(auth.factors.relying_party()?.id(), &handle, names, ids)))
}
