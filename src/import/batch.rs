//! Records that are written in one transaction.

use std::time::Duration;

use super::{
    report::LineSkipped,
    source::{Record, SourceSession, SourceUser},
};

/// Longer transactions delay other writers noticeably.
const SLOW: Duration = Duration::from_millis(50);
const FAST: Duration = Duration::from_millis(20);

const SMALLEST: usize = 10;
const LARGEST: usize = 500;

/// Records in the order of the source. Sessions are grouped by user.
#[derive(Default)]
pub(crate) struct Batch {
    pub users: Vec<SourceUser>,
    pub sessions: Vec<SourceSession>,
    pub unreadable: Vec<(u64, LineSkipped)>,
    /// The ids of passkeys without a user.
    pub orphan_passkeys: Vec<String>,
}

impl Batch {
    pub(crate) fn push(&mut self, record: Record) {
        match record {
            Record::User(user, sessions) => {
                self.users.push(*user);
                self.sessions.extend(sessions);
            }
            Record::Orphan(session) => self.sessions.push(*session),
            Record::OrphanPasskey(id) => self.orphan_passkeys.push(id),
            Record::Unreadable(line, reason) => self.unreadable.push((line, reason)),
        }
    }

    pub(crate) const fn is_full(&self, size: BatchSize) -> bool {
        self.users.len() + self.sessions.len() + self.unreadable.len() + self.orphan_passkeys.len() >= size.0
    }
}

/// The number of records per transaction. It follows the speed of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BatchSize(usize);

impl Default for BatchSize {
    fn default() -> Self {
        Self(100)
    }
}

impl BatchSize {
    /// Adjusts the size after a transaction of this duration.
    pub(crate) fn adjust(&mut self, taken: Duration) {
        if taken > SLOW {
            self.0 = (self.0 / 2).max(SMALLEST);
        } else if taken < FAST {
            self.0 = (self.0 * 2).min(LARGEST);
        }
    }
}

/// The longest time of writing without a pause, and thereby the longest wait of another writer.
const WRITING: Duration = Duration::from_millis(400);
/// SQLite has no queue of writers: a waiting one asks again in intervals of up to 100 ms.
const PAUSE: Duration = Duration::from_millis(110);

/// Finds the times at which an import pauses, so that other writers get a turn.
#[derive(Default)]
pub(crate) struct Turns {
    written: Duration,
}

impl Turns {
    /// The pause after a transaction of this duration, if one is due.
    pub(crate) fn pause_after(&mut self, taken: Duration) -> Option<Duration> {
        self.written += taken;
        (self.written >= WRITING).then(|| {
            self.written = Duration::ZERO;
            PAUSE
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_size_follows_the_duration() {
        let mut size = BatchSize::default();
        let mut after = |milliseconds| {
            size.adjust(Duration::from_millis(milliseconds));
            size.0
        };
        assert_eq!([10, 10, 10, 30].map(&mut after), [200, 400, 500, 500]);
        assert_eq!([200, 100, 60, 60, 60, 60, 60].map(&mut after), [250, 125, 62, 31, 15, 10, 10]);
    }

    #[test]
    fn pauses_follow_400_ms_of_writing() {
        let mut turns = Turns::default();
        let mut after = |milliseconds| turns.pause_after(Duration::from_millis(milliseconds)).is_some();
        assert_eq!([150, 150, 150, 10, 500, 399, 1].map(&mut after), [false, false, true, false, true, false, true]);
    }
}
