//! Which key signs when: the rules of succession.
//!
//! Keys begin to sign one after the other, and each signs until the next begins. Exactly one, the last,
//! has no end: every other is refused from [`Schedule::kept_after`] after its successor's beginning.

use std::time::Duration;

use super::{PUBLISHED_AHEAD, Schedule, ring::signing_at};
use crate::{domain::Timestamp, store::signing_keys::SigningKey};

/// How long a key that is withdrawn in good order still signs: by then every process knows its successor.
const HANDING_OVER: Duration = Duration::from_secs(2);

/// What a key is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Published, to sign later.
    Next,
    /// Signing.
    Signing,
    /// Signing no more; what it signed is accepted.
    VerifyingOnly,
    /// Nothing it signed is accepted.
    Retired,
}

/// The keys of one algorithm whose time is not over.
pub struct Timeline {
    keys: Vec<SigningKey>,
    now: Timestamp,
    schedule: Schedule,
}

impl Timeline {
    /// The keys among these whose time is not over.
    pub fn new(mut keys: Vec<SigningKey>, now: Timestamp, schedule: Schedule) -> Self {
        keys.retain(|key| key.retire_at.is_none_or(|retire_at| retire_at > now));
        keys.sort_by_key(|key| key.not_before);
        Self { keys, now, schedule }
    }

    /// The keys, the first to begin first.
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// The keys, to be kept.
    pub fn into_keys(self) -> Vec<SigningKey> {
        self.keys
    }

    /// What the key of this name is doing.
    pub fn phase(&self, id: &str) -> Phase {
        match (self.keys.iter().position(|key| key.id == id), self.signing()) {
            (Some(key), Some(signing)) if key > signing => Phase::Next,
            (Some(key), Some(signing)) if key == signing => Phase::Signing,
            (Some(_), _) => Phase::VerifyingOnly,
            (None, _) => Phase::Retired,
        }
    }

    /// When a key that has to be made now is to begin; `None` if none has to be.
    pub fn due(&self) -> Option<Timestamp> {
        let Some(last) = self.keys.last() else { return Some(self.next()) };
        let next = self.now.plus(PUBLISHED_AHEAD);
        let signed_for_long = || self.schedule.rotation.is_some_and(|rotation| next >= last.not_before.plus(rotation));
        // An end without a successor comes from a process with another algorithm.
        (last.retire_at.is_some() || signed_for_long()).then(|| self.next())
    }

    /// When the next key begins if it is made now: not before it has been published for long enough, and
    /// after every other. The first begins at once.
    pub fn next(&self) -> Timestamp {
        let next = self.now.plus(PUBLISHED_AHEAD);
        self.keys.last().map_or(self.now, |last| next.max(just_after(last)))
    }

    /// Adds a key.
    pub fn add(&mut self, key: SigningKey) {
        self.keys.push(key);
        self.settle();
    }

    /// Takes the signing key out of service in good order: its successor begins as soon as every process
    /// can know it. Answers when a key to be made now has to begin, where there is no successor.
    pub fn retire_current(&mut self) -> Option<Timestamp> {
        let next = self.signing().map_or(0, |signing| signing + 1);
        let missing = self.bring_forward(next, self.now.plus(HANDING_OVER));
        self.settle();
        missing
    }

    /// Takes a key out of service at once, with everything it signed. Answers when a key to be made now
    /// has to begin, where none is left to sign.
    pub fn remove(&mut self, id: &str) -> Option<Timestamp> {
        let phase = self.phase(id);
        let index = self.keys.iter().position(|key| key.id == id)?;
        self.keys.remove(index);
        let missing = if phase == Phase::Signing { self.bring_forward(index, self.now) } else { None };
        if phase == Phase::Next && index == self.keys.len() {
            // Its predecessor goes on.
            self.keys.iter_mut().skip(index - 1).for_each(|last| last.retire_at = None);
        }
        self.settle();
        missing
    }

    /// Gives every key that has a successor the end it has to have. Answers whether one had another.
    pub fn settle(&mut self) -> bool {
        let Some(signing) = self.signing() else { return false };
        let mut changed = false;
        for index in signing + 1..self.keys.len() {
            let until = self.keys[index].not_before.plus(self.schedule.kept_after());
            let retire_at = &mut self.keys[index - 1].retire_at;
            // An end that has been promised is not brought forward.
            let wanted = Some(retire_at.map_or(until, |promised| promised.max(until)));
            changed |= *retire_at != wanted;
            *retire_at = wanted;
        }
        changed
    }

    /// Lets the key at `index` begin at `at` if it would begin later; never before the one in front of it.
    /// Answers when it would have to begin, if there is none.
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

/// No two keys begin at the same moment, so that it is always clear which one signs.
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

    /// Every key but the last is kept until what it signs until its successor begins has expired.
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
    fn the_next_key_is_made_so_early_that_it_is_published_long_enough() {
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
    fn a_service_that_slept_through_the_day_still_publishes_the_key_before_it_signs() {
        let late = NOW.plus(DAY * 30);
        assert_eq!(timeline(&[key("a", NOW, None)], late).due(), Some(late.plus(PUBLISHED_AHEAD)));
    }

    #[test]
    fn without_a_rotation_no_key_is_ever_due() {
        let schedule = Schedule { rotation: None, ..SCHEDULE };
        assert_eq!(Timeline::new(vec![key("a", NOW, None)], NOW.plus(DAY * 4000), schedule).due(), None);
    }

    #[test]
    fn two_rotations_within_one_millisecond_leave_a_line_of_three() {
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
        let begins = alone.retire_current();
        assert_eq!(begins, Some(NOW.plus(HANDING_OVER)));
        alone.add(key("b", NOW.plus(HANDING_OVER), None));
        assert_none_is_stranded(&alone);

        let mut followed = timeline(&[key("a", NOW.minus(DAY), None)], NOW);
        followed.add(key("b", followed.next(), None));
        assert_eq!(followed.retire_current(), None);
        assert_eq!(followed.keys()[1].not_before, NOW.plus(HANDING_OVER));
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
    fn giving_up_the_signing_key_brings_none_back_that_signed_before() {
        let old = key("a", NOW.minus(DAY * 2), Some(NOW.plus(Duration::from_mins(1))));
        let mut timeline = timeline(&[old, key("b", NOW.minus(DAY), None)], NOW);
        assert_eq!(timeline.remove("b"), Some(NOW));
        timeline.add(key("c", NOW, None));
        assert_eq!((timeline.phase("a"), timeline.phase("c")), (Phase::VerifyingOnly, Phase::Signing));
    }

    #[test]
    fn a_next_key_that_is_given_up_leaves_the_signing_one_without_an_end() {
        let mut timeline = timeline(&[key("a", NOW.minus(Duration::from_hours(1)), None)], NOW);
        timeline.add(key("b", timeline.next(), None));
        assert_eq!(timeline.remove("b"), None);
        assert_eq!((timeline.phase("a"), timeline.keys()[0].retire_at), (Phase::Signing, None));
    }

    #[test]
    fn a_key_that_was_ended_from_elsewhere_gets_a_successor() {
        let ended = key("a", NOW.minus(Duration::from_hours(1)), Some(NOW.plus(Duration::from_mins(1))));
        let mut timeline = timeline(&[ended], NOW);
        let begins = timeline.due().unwrap();
        assert_eq!(begins, NOW.plus(PUBLISHED_AHEAD));
        timeline.add(key("b", begins, None));
        assert_none_is_stranded(&timeline);
    }

    #[test]
    fn a_longer_life_of_tokens_keeps_a_key_longer() {
        let next = NOW.plus(PUBLISHED_AHEAD);
        let keys = [key("a", NOW, Some(next.plus(SCHEDULE.kept_after()))), key("b", next, None)];
        let longer = Schedule { access_ttl: SCHEDULE.access_ttl * 4, ..SCHEDULE };
        let mut timeline = Timeline::new(keys.to_vec(), NOW, longer);
        assert!(timeline.settle());
        assert_eq!(timeline.keys()[0].retire_at, Some(next.plus(longer.kept_after())));
        assert!(!timeline.settle(), "once is enough");
    }
}
