//! Undoing a change of the e-mail address with a link in the message to the former one.
//!
//! The link proves the mailbox, so that the same page asks for a new password: the person who changed the address may
//! know the present one.

use super::{
    Accounts,
    link::{LinkState, SetPasswordError},
};
use crate::{
    auth::{audit::EventDetail, error::InternalError, requester::Requester, throttle::Purpose},
    domain::{Email, Password, event::EventKind, user::User},
    mail::{Letter, letter::FactorsChange, links::LinkToken},
    store::email_change::{EmailUndo, EmailUndoResult},
};

impl Accounts {
    /// The state of a link that undoes a change. Changes nothing.
    pub async fn undo_link(&self, token: &str) -> Result<LinkState, InternalError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(LinkState::Unknown) };
        let former = self.store.former_address(&token.digest()).await?;
        let Some(former) = former else { return Ok(LinkState::Unknown) };
        if former.is_used {
            return Ok(LinkState::Used);
        }
        if former.expires_at <= self.clock.now() {
            return Ok(LinkState::Expired);
        }
        let Some(user) = self.store.enabled_user(former.user_id).await? else { return Ok(LinkState::Unknown) };
        // Only an import takes a reserved address.
        let is_free = match Email::presented(&former.email) {
            Ok(email) => self.store.is_free(&email, user.id, self.clock.now()).await?,
            Err(_) => false,
        };
        Ok(if is_free {
            LinkState::Valid { user_id: user.id, email: former.email, label: token.label() }
        } else {
            LinkState::Unknown
        })
    }

    /// Restores the former address, sets a new password, ends every session, and undoes all later changes. Removes the
    /// second factors that were added after the change, which would keep the owner out; older ones stay. Creates no session,
    /// so that it bypasses no second factor (ASVS 6.4.3).
    pub async fn undo_email_change(
        &self,
        token: &str,
        password: &str,
        requester: &Requester,
    ) -> Result<(), SetPasswordError> {
        let admitted = self.throttle.check_network(Purpose::PasswordCheck, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        Password::parse(password).and_then(|password| self.passwords.policy().long_enough(password))?;
        let LinkState::Valid { user_id, email, .. } = self.undo_link(token).await? else {
            return Err(SetPasswordError::Link);
        };
        let token = LinkToken::parse(token).ok_or(SetPasswordError::Link)?;
        let user = self.store.enabled_user(user_id).await?.ok_or(SetPasswordError::Link)?;
        let restored = User { email: email.clone(), email_verified: true, ..user.as_ref().clone() };
        let new = self.passwords.check_new(password, &restored, requester).await??;
        let hash = self.passwords.hash(new.into_password(), requester).await?;
        let notice = self.sealed(&Letter::PasswordReset { email, client: requester.into() })?;
        self.sessions.settle(user_id).await?;
        let undo = EmailUndo {
            digest: token.digest(),
            password_hash: hash.as_str().to_owned(),
            notice,
            factors_notice: self.notices.factors_changed(&restored, FactorsChange::Removed, requester),
        };
        let EmailUndoResult::Undone { ended, factors_removed } =
            self.store.undo_email_change(undo, self.clock.now()).await?
        else {
            return Err(SetPasswordError::Link);
        };
        self.sessions.deny_tokens_of(&ended);
        if factors_removed {
            self.audit.record(EventKind::FactorRemoved, user_id, requester, None);
        }
        self.audit.record(EventKind::EmailChangeUndone, user_id, requester, None);
        self.audit.record(EventKind::PasswordReset, user_id, requester, None);
        Ok(())
    }
}
