//! The position of a reader of the user events.

use std::{fmt, str::FromStr};

/// A position in the events. Its text is opaque to clients: `position`, or `position-complete`.
///
/// A reader that begins at the start reads events that the retention has left over. Such a reader misses
/// nothing as long as the retention deletes no event newer than the beginning of the reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventCursor {
    /// The number of the last event read.
    position: i64,
    /// The events up to this number may be deleted.
    complete: i64,
}

/// A text is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct InvalidCursor;

impl EventCursor {
    /// The beginning, read while `head` is the newest event.
    pub(super) const fn start(head: i64) -> Self {
        Self { position: 0, complete: head }
    }

    pub(super) const fn position(self) -> i64 {
        self.position
    }

    pub(super) fn moved_to(self, position: i64) -> Self {
        Self { position, complete: self.complete.max(position) }
    }

    /// Whether events that the reader has not seen are deleted, or the reader has seen events that do not
    /// exist, for example since a backup was restored.
    pub(super) const fn is_gone(self, purged_through: i64, head: i64) -> bool {
        self.complete < purged_through || self.complete > head
    }
}

impl fmt::Display for EventCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.position == self.complete {
            write!(f, "{}", self.position)
        } else {
            write!(f, "{}-{}", self.position, self.complete)
        }
    }
}

impl FromStr for EventCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i64>().ok().filter(|_| digits).ok_or(InvalidCursor)
        };
        let (position, complete) = match text.split_once('-') {
            Some((position, complete)) => (number(position)?, number(complete)?),
            None => (number(text)?, number(text)?),
        };
        if position > complete { Err(InvalidCursor) } else { Ok(Self { position, complete }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_parsed_to_the_same_cursor() {
        for cursor in [EventCursor::start(0), EventCursor::start(9), EventCursor::start(9).moved_to(12)] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        assert_eq!(EventCursor::start(9).moved_to(4).to_string(), "4-9");
        assert_eq!(EventCursor::start(9).moved_to(12).to_string(), "12");
    }

    #[test]
    fn other_text_is_not_a_cursor() {
        for text in ["", "-", "1-", "-1", "x", "+1", " 1", "1.5", "2-1", "1-2-3", "9223372036854775808"] {
            assert_eq!(text.parse::<EventCursor>(), Err(InvalidCursor), "{text:?}");
        }
    }

    #[test]
    fn cursor_before_deleted_events_is_gone() {
        let cursor: EventCursor = "10".parse().unwrap();
        assert!(!cursor.is_gone(10, 10) && !cursor.is_gone(0, 20));
        assert!(cursor.is_gone(11, 20));
        assert!(cursor.is_gone(0, 9));
        let reading_from_the_start: EventCursor = "10-50".parse().unwrap();
        assert!(!reading_from_the_start.is_gone(50, 60));
        assert!(reading_from_the_start.is_gone(51, 60));
    }
}
