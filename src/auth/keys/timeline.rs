//! The rotation rules.
//!
//! Keys start to sign one after the other, and each signs until the next one starts. Only the last key has no
//! retirement time; every other is retired [`Schedule::kept_after`] after its successor starts.

use std::time::Duration;

use super::{PUBLISHED_AHEAD, Schedule, ring::signing_at};
use crate::{domain::Timestamp, store::signing_keys::SigningKey};

/// How long a retired key continues to sign: until every process knows its successor.
const HANDOVER_DELAY: Duration = Duration::from_secs(2);

/// The phase of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Published, signs later.
    Next,
    /// Signing.
    Signing,
    /// Its tokens are accepted; it does not sign.
    VerifyingOnly,
    /// Its tokens are refused.
    Retired,
}

/// The active keys of one algorithm.
pub struct Timeline {
    keys: Vec<SigningKey>,
    now: Timestamp,
    schedule: Schedule,
}

impl Timeline {
    /// The active ones of these keys.
    pub fn new(mut keys: Vec<SigningKey>, now: Timestamp, schedule: Schedule) -> Self {
        keys.retain(|key| key.retire_at.is_none_or(|retire_at| retire_at > now));
        keys.sort_by_key(|key| key.not_before);
        Self { keys, now, schedule }
    }

    /// The keys, in the order in which they start to sign.
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// The keys, for storage.
    pub fn into_keys(self) -> Vec<SigningKey> {
        self.keys
    }

    /// The phase of the key with this id.
    pub fn phase(&self, id: &str) -> Phase {
        match (self.keys.iter().position(|key| key.id == id), self.signing()) {
            (Some(key), Some(signing)) if key > signing => Phase::Next,
            (Some(key), Some(signing)) if key == signing => Phase::Signing,
            (Some(_), _) => Phase::VerifyingOnly,
            (None, _) => Phase::Retired,
        }
    }

    /// When a key that is due now starts to sign. `None` if none is due.
    pub fn due(&self) -> Option<Timestamp> {
        let Some(last) = self.keys.last() else { return Some(self.next()) };
        let next = self.now.plus(PUBLISHED_AHEAD);
        let signed_for_long = || self.schedule.rotation.is_some_and(|rotation| next >= last.not_before.plus(rotation));
        // A retirement time without a successor was set by a process with another algorithm.
        (last.retire_at.is_some() || signed_for_long()).then(|| self.next())
    }

    /// When the next key starts to sign if it is created now: after it has been published long enough, and after
    /// every other key. The first key starts at once.
    pub fn next(&self) -> Timestamp {
        let next = self.now.plus(PUBLISHED_AHEAD);
        self.keys.last().map_or(self.now, |last| next.max(just_after(last)))
    }

    /// Adds a key.
    pub fn add(&mut self, key: SigningKey) {
        self.keys.push(key);
        self.set_retirements();
    }

    /// Retires the signing key: its successor starts as soon as every process knows it. Without a successor,
    /// returns when a new key must start.
    pub fn retire_current(&mut self) -> Option<Timestamp> {
        let next = self.signing().map_or(0, |signing| signing + 1);
        let new_key_start = self.bring_forward(next, self.now.plus(HANDOVER_DELAY));
        self.set_retirements();
        new_key_start
    }

    /// Removes a key at once. If no key is left to sign, returns when a new key must start.
    pub fn remove(&mut self, id: &str) -> Option<Timestamp> {
        let phase = self.phase(id);
        let index = self.keys.iter().position(|key| key.id == id)?;
        self.keys.remove(index);
        let new_key_start = if phase == Phase::Signing { self.bring_forward(index, self.now) } else { None };
        if phase == Phase::Next && index == self.keys.len() {
            // Its predecessor continues to sign.
            self.keys.iter_mut().skip(index - 1).for_each(|last| last.retire_at = None);
        }
        self.set_retirements();
        new_key_start
    }

    /// Sets the retirement time of every key with a successor. Returns whether one changed.
    pub fn set_retirements(&mut self) -> bool {
        let Some(signing) = self.signing() else { return false };
        let mut changed = false;
        for index in signing + 1..self.keys.len() {
            let earliest = self.keys[index].not_before.plus(self.schedule.kept_after());
            let retire_at = &mut self.keys[index - 1].retire_at;
            // A published retirement time never moves earlier.
            let updated = Some(retire_at.map_or(earliest, |published| published.max(earliest)));
            changed |= *retire_at != updated;
            *retire_at = updated;
        }
        changed
    }

    /// Moves the start of the key at `index` forward to `at`, but not before the previous key. Without a key at
    /// `index`, returns when it would have to start.
    fn bring_forward(&mut self, index: usize, at: Timestamp) -> Option<Timestamp> {
        let at = index.checked_sub(1).map_or(at, |before| at.max(just_after(&self.keys[before])));
        match self.keys.get_mut(index) {
            Some(next) => next.not_before = next.not_before.min(at),
            None => return Some(at),
        }
        None
    }

    fn signing(&self) -> Option<usize> {
        let signing = signing_at(&self.keys, |key| key.not_before, self.now)?;
        self.keys.iter().position(|key| key.id == signing.id)
    }
}

/// Two keys never start at the same moment, so that exactly one signs.
fn just_after(key: &SigningKey) -> Timestamp {
    key.not_before.plus(Duration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
    const DAY: Duration = Duration::from_hours(24);
    const SCHEDULE: Schedule = Schedule { rotation: Some(DAY), access_ttl: Duration::from_mins(15) };

    fn key(id: &str, not_before: Timestamp, retire_at: Option<Timestamp>) -> SigningKey {
        SigningKey {
            id: id.to_owned(),
            algorithm: "EdDSA".to_owned(),
            public_key: Vec::new(),
            sealed_private_key: Vec::new(),
            created_at: NOW,
            not_before,
            retire_at,
        }
    }

    fn timeline(keys: &[SigningKey], now: Timestamp) -> Timeline {
        Timeline::new(keys.to_vec(), now, SCHEDULE)
    }

    fn ids(timeline: &Timeline) -> Vec<&str> {
        timeline.keys().iter().map(|key| key.id.as_str()).collect()
    }

    /// Every key but the last is kept until the tokens it signs before its successor starts have expired.
    fn assert_none_is_stranded(timeline: &Timeline) {
        for pair in timeline.keys().windows(2) {
            assert!(pair[0].not_before < pair[1].not_before, "{pair:#?}");
            let kept = pair[1].not_before.plus(SCHEDULE.kept_after());
            assert!(pair[0].retire_at.is_some_and(|retire_at| retire_at >= kept), "{pair:#?}");
        }
        assert_eq!(timeline.keys().last().map(|key| key.retire_at), Some(None));
    }

    #[test]
    fn the_first_key_signs_at_once() {
        let mut timeline = timeline(&[], NOW);
        assert_eq!(timeline.due(), Some(NOW));
        timeline.add(key("a", NOW, None));
        assert_eq!((timeline.due(), timeline.phase("a")), (None, Phase::Signing));
    }

    #[test]
    fn next_key_is_created_early_enough_to_publish() {
        let keys = [key("a", NOW, None)];
        let moment = NOW.plus(DAY).minus(PUBLISHED_AHEAD);
        assert_eq!(timeline(&keys, moment.minus(Duration::from_millis(1))).due(), None);
        let mut timeline = timeline(&keys, moment);
        assert_eq!(timeline.due(), Some(NOW.plus(DAY)));
        timeline.add(key("b", NOW.plus(DAY), None));
        assert_eq!((timeline.phase("a"), timeline.phase("b")), (Phase::Signing, Phase::Next));
        assert_eq!(timeline.due(), None, "one next key, not one a second");
        assert_none_is_stranded(&timeline);
    }

    #[test]
    fn late_service_publishes_the_key_before_signing() {
        let late = NOW.plus(DAY * 30);
        assert_eq!(timeline(&[key("a", NOW, None)], late).due(), Some(late.plus(PUBLISHED_AHEAD)));
    }

    #[test]
    fn without_a_rotation_no_key_is_ever_due() {
        let schedule = Schedule { rotation: None, ..SCHEDULE };
        assert_eq!(Timeline::new(vec![key("a", NOW, None)], NOW.plus(DAY * 4000), schedule).due(), None);
    }

    #[test]
    fn two_rotations_in_one_millisecond_keep_order() {
        let mut timeline = timeline(&[key("a", NOW, None)], NOW);
        for id in ["b", "c"] {
            timeline.add(key(id, timeline.next(), None));
        }
        assert_eq!(ids(&timeline), ["a", "b", "c"]);
        assert_none_is_stranded(&timeline);
    }

    #[test]
    fn a_key_whose_time_is_over_is_not_in_it() {
        let end = NOW.plus(DAY);
        let keys = [key("a", NOW, Some(end)), key("b", NOW.plus(Duration::from_secs(1)), None)];
        assert_eq!(ids(&timeline(&keys, end.minus(Duration::from_millis(1)))), ["a", "b"]);
        assert_eq!(ids(&timeline(&keys, end)), ["b"]);
        assert_eq!(timeline(&keys, end).phase("a"), Phase::Retired);
    }

    #[test]
    fn retired_key_is_followed_by_next_or_new_key() {
        let mut alone = timeline(&[key("a", NOW.minus(DAY), None)], NOW);
        let not_before = alone.retire_current();
        assert_eq!(not_before, Some(NOW.plus(HANDOVER_DELAY)));
        alone.add(key("b", NOW.plus(HANDOVER_DELAY), None));
        assert_none_is_stranded(&alone);

        let mut followed = timeline(&[key("a", NOW.minus(DAY), None)], NOW);
        followed.add(key("b", followed.next(), None));
        assert_eq!(followed.retire_current(), None);
        assert_eq!(followed.keys()[1].not_before, NOW.plus(HANDOVER_DELAY));
        assert_none_is_stranded(&followed);
    }

    #[test]
    fn a_key_that_is_given_up_is_followed_at_once() {
        let mut alone = timeline(&[key("a", NOW.minus(DAY), None)], NOW);
        assert_eq!(alone.remove("a"), Some(NOW));
        assert!(alone.keys().is_empty());

        let mut followed = timeline(&[key("a", NOW.minus(DAY), None)], NOW);
        for id in ["b", "c"] {
            followed.add(key(id, followed.next(), None));
        }
        assert_eq!(followed.remove("a"), None);
        assert_eq!((followed.phase("b"), followed.phase("c")), (Phase::Signing, Phase::Next));
        assert_none_is_stranded(&followed);
    }

    #[test]
    fn removed_signing_key_revives_no_former_key() {
        let old = key("a", NOW.minus(DAY * 2), Some(NOW.plus(Duration::from_mins(1))));
        let mut timeline = timeline(&[old, key("b", NOW.minus(DAY), None)], NOW);
        assert_eq!(timeline.remove("b"), Some(NOW));
        timeline.add(key("c", NOW, None));
        assert_eq!((timeline.phase("a"), timeline.phase("c")), (Phase::VerifyingOnly, Phase::Signing));
    }

    #[test]
    fn removed_next_key_leaves_signing_key_open() {
        let mut timeline = timeline(&[key("a", NOW.minus(Duration::from_hours(1)), None)], NOW);
        timeline.add(key("b", timeline.next(), None));
        assert_eq!(timeline.remove("b"), None);
        assert_eq!((timeline.phase("a"), timeline.keys()[0].retire_at), (Phase::Signing, None));
    }

    #[test]
    fn key_ended_by_another_process_gets_successor() {
        let ended = key("a", NOW.minus(Duration::from_hours(1)), Some(NOW.plus(Duration::from_mins(1))));
        let mut timeline = timeline(&[ended], NOW);
        let not_before = timeline.due().unwrap();
        assert_eq!(not_before, NOW.plus(PUBLISHED_AHEAD));
        timeline.add(key("b", not_before, None));
        assert_none_is_stranded(&timeline);
    }

    #[test]
    fn a_longer_life_of_tokens_keeps_a_key_longer() {
        let next = NOW.plus(PUBLISHED_AHEAD);
        let keys = [key("a", NOW, Some(next.plus(SCHEDULE.kept_after()))), key("b", next, None)];
        let longer = Schedule { access_ttl: SCHEDULE.access_ttl * 4, ..SCHEDULE };
        let mut timeline = Timeline::new(keys.to_vec(), NOW, longer);
        assert!(timeline.set_retirements());
        assert_eq!(timeline.keys()[0].retire_at, Some(next.plus(longer.kept_after())));
        assert!(!timeline.set_retirements(), "once is enough");
    }
}
