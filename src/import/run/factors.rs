//! The second factors of imported users.

use std::collections::{HashMap, HashSet};

use super::{ImportError, Run};
use crate::{
    domain::UserId,
    import::{
        factor::{Factor, ImportedFactor},
        report::{FactorProblem, Warning},
        user::ImportedUser,
    },
    store::import::{FactorChanges, Import, KnownFactor, NewFactor},
};

/// The second factors of the users of a batch, in this service.
#[derive(Default)]
pub(super) struct LocalFactors {
    known: HashMap<UserId, KnownFactor>,
    changes: FactorChanges,
    imported: HashSet<UserId>,
}

impl LocalFactors {
    /// The factors of existing accounts.
    pub(super) async fn load(import: &Import, users: &[UserId]) -> Result<Self, ImportError> {
        let (known, changes) = (import.known_factors(users).await?, import.factor_changes(users).await?);
        Ok(Self { known, changes, imported: HashSet::new() })
    }

    /// Whether sign-ins of the user have two steps, now or after this batch.
    pub(super) fn are_on(&self, user: UserId) -> bool {
        self.known.contains_key(&user) || self.imported.contains(&user)
    }
}

impl Run<'_, '_> {
    /// Why the user is not imported: the second factor would be lost.
    pub(super) fn blocking_problem(&self, user: &ImportedUser) -> Option<FactorProblem> {
        match user.factor {
            Factor::Unusable(problem) => {
                let allowed = self.importer.settings.factors.without || self.factors.are_on(user.profile.id);
                (!allowed).then_some(problem)
            }
            Factor::None | Factor::App(_) => None,
        }
    }

    /// The factor as it is stored.
    pub(super) fn seal(&mut self, owner: UserId, factor: ImportedFactor) -> Result<NewFactor, ImportError> {
        let settings = &self.importer.settings.factors;
        let sealed = settings.sealer.seal(owner, &factor.key)?;
        let codes = factor.codes.iter().map(|code| settings.codes.hash(owner, code)).collect();
        if let Some(warning) = factor.codes_left_out {
            self.importer.report.warn(owner, warning);
        }
        self.factors.imported.insert(owner);
        Ok(NewFactor { owner, sealed, codes })
    }

    /// Imports the factor of an existing account. `signed_in`: the user has signed in here.
    pub(super) async fn merge_factor(
        &mut self,
        owner: UserId,
        factor: Factor,
        signed_in: bool,
    ) -> Result<(), ImportError> {
        let known = self.factors.known.get(&owner);
        let factor = match (factor, known) {
            (Factor::None, _) => return Ok(()),
            (Factor::Unusable(problem), None) => {
                self.importer.report.warn(owner, Warning::WithoutFactor(problem));
                return Ok(());
            }
            (Factor::App(_), None) if self.factors.changes.removed.contains(&owner) => {
                self.importer.report.factors.skipped += 1;
                self.importer.report.warn(owner, Warning::FactorRemovedHere);
                return Ok(());
            }
            (Factor::App(_), None) if self.proved_here.contains(&owner) => {
                self.importer.report.factors.skipped += 1;
                self.importer.report.warn(owner, Warning::FactorOfUnverified);
                return Ok(());
            }
            (Factor::Unusable(_), Some(_)) => {
                self.importer.report.factors.already_here += 1;
                return Ok(());
            }
            (Factor::App(factor), Some(known)) => {
                let is_changed = self.factors.changes.changed.contains(&owner) || self.proved_here.contains(&owner);
                let is_own = signed_in || is_changed;
                if is_own || self.is_same(owner, known, &factor)? {
                    self.importer.report.factors.already_here += 1;
                    return Ok(());
                }
                self.importer.report.factors.updated += 1;
                factor
            }
            (Factor::App(factor), None) => {
                self.importer.report.factors.imported += 1;
                factor
            }
        };
        let new = self.seal(owner, factor)?;
        Ok(self.import.replace_factor(new, self.importer.now).await?)
    }

    /// Whether the stored factor has the key and the codes of the imported one.
    fn is_same(&self, owner: UserId, known: &KnownFactor, factor: &ImportedFactor) -> Result<bool, ImportError> {
        let settings = &self.importer.settings.factors;
        let codes: HashSet<_> = factor.codes.iter().map(|code| settings.codes.hash(owner, code)).collect();
        Ok(settings.sealer.key(owner, &known.sealed)? == factor.key && known.codes == codes)
    }
}
