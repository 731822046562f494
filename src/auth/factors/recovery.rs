//! Recovery codes: ten of one set, each works once instead of the authenticator app.

use super::{ChangeFactorsError, Factors, ImportedCodes};
use crate::{
    auth::{
        error::Interrupted, password::hasher::PasswordHash, principal::Principal, requester::Requester,
        throttle::Network,
    },
    crypto::random::{NoRandomness, random_bytes},
    domain::{RecoveryCode, UserId, event::EventKind, recovery_code::CODES},
    mail::letter::FactorsChange,
};

impl Factors {
    /// Replaces the recovery codes of the signed-in user.
    pub async fn renew_recovery_codes(
        &self,
        principal: Principal,
        password: Option<&str>,
        requester: &Requester,
    ) -> Result<Vec<RecoveryCode>, ChangeFactorsError> {
        let (_, user) = self.confirm(principal, password, requester).await?;
        if !self.has_totp(user.id).await? {
            return Err(ChangeFactorsError::NotOn);
        }
        let (codes, hashes) = self.new_codes(requester).await?;
        let notice = self.notices.factors_changed(&user, FactorsChange::CodesRenewed, requester);
        if !self.store.renew_recovery_codes(user.id, hashes, notice, self.clock.now()).await? {
            return Err(ChangeFactorsError::NotOn);
        }
        self.audit.record(EventKind::RecoveryCodesRenewed, principal, requester, None);
        Ok(codes)
    }

    /// The hash that a presented code has among those of the user. The caller uses it up, if it is one of them. `None`: the
    /// user has none.
    pub(in crate::auth) async fn recovery_hash(
        &self,
        user: UserId,
        code: &RecoveryCode,
        requester: &Requester,
    ) -> Result<Option<String>, Interrupted> {
        let Some(stored) = self.store.recovery_code_hash(user).await? else { return Ok(None) };
        if ImportedCodes::made(&stored) {
            return Ok(Some(self.settings.imported_codes.hash(user, code)));
        }
        let hash = self.passwords.hasher.hash_code_like(&stored, code.clone(), Network::from(requester)).await?;
        Ok(Some(hash.as_str().to_owned()))
    }

    /// A new set of codes, and their hashes.
    pub(super) async fn new_codes(
        &self,
        requester: &Requester,
    ) -> Result<(Vec<RecoveryCode>, Vec<String>), Interrupted> {
        let codes: Result<Vec<_>, NoRandomness> =
            (0..CODES).map(|_| random_bytes().map(RecoveryCode::of_random)).collect();
        let codes = codes?;
        let hashes = self.passwords.hasher.hash_codes(codes.clone(), Network::from(requester)).await?;
        Ok((codes, hashes.iter().map(PasswordHash::as_str).map(str::to_owned).collect()))
    }
}
