//! The passkeys of imported users.

use std::collections::{HashMap, HashSet};

use super::{BatchUsers, ImportError, Run};
use crate::{
    domain::{UserId, passkey::MAX_PASSKEYS},
    import::{
        passkey::{self, ConversionError},
        report::PasskeySkipped,
        source::SourcePasskey,
    },
    store::import::ImportedPasskey,
};

impl Run<'_, '_> {
    pub(super) async fn import_passkeys(
        &mut self,
        passkeys: Vec<(UserId, SourcePasskey)>,
        users: &BatchUsers,
    ) -> Result<(), ImportError> {
        let passkeys = self.convert_passkeys(passkeys, users)?;
        if passkeys.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = passkeys.iter().map(|(_, passkey)| passkey.new.credential_id.clone()).collect();
        let mut owners = self.import.passkey_owners(&ids).await?;
        let existing: HashSet<_> = passkeys.iter().map(|(_, passkey)| passkey.owner).collect();
        let existing: Vec<_> = existing.intersection(&self.existing).copied().collect();
        let removed = self.import.users_with_removed_passkeys(&existing).await?;
        let mut counts: HashMap<UserId, usize> = self.import.passkey_counts(&existing).await?;
        let (report, mut accepted) = (&mut self.importer.report, Vec::new());
        for (row, passkey) in passkeys {
            let (owner, id) = (passkey.owner, passkey.new.credential_id.clone());
            let count = counts.entry(owner).or_default();
            match owners.get(&id) {
                Some(same) if *same == owner => report.passkeys.already_here += 1,
                Some(_) => report.skip_passkey(&row, PasskeySkipped::OtherUser),
                None if self.proved_here.contains(&owner) => report.skip_passkey(&row, PasskeySkipped::Unverified),
                None if removed.contains(&owner) => report.skip_passkey(&row, PasskeySkipped::RemovedHere),
                None if *count >= MAX_PASSKEYS => report.skip_passkey(&row, PasskeySkipped::Surplus),
                None => {
                    *count += 1;
                    owners.insert(id, owner);
                    report.passkeys.imported += 1;
                    accepted.push(passkey);
                }
            }
        }
        Ok(self.import.add_passkeys(accepted, &self.existing, self.importer.now).await?)
    }

    /// The passkeys with valid values, each with its id in the source.
    fn convert_passkeys(
        &mut self,
        passkeys: Vec<(UserId, SourcePasskey)>,
        users: &BatchUsers,
    ) -> Result<Vec<(String, ImportedPasskey)>, ImportError> {
        let mut accepted = Vec::new();
        for (owner, source) in passkeys {
            let converted = if users.contains(&owner) {
                passkey::convert(&source, owner, self.importer.now)
            } else {
                Err(PasskeySkipped::User.into())
            };
            match converted {
                Ok(passkey) => accepted.push((source.id, passkey)),
                Err(ConversionError::Skipped(reason)) => self.importer.report.skip_passkey(&source.id, reason),
                Err(ConversionError::Randomness(error)) => return Err(error.into()),
            }
        }
        Ok(accepted)
    }
}
