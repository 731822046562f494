//! Times and events in words.

use crate::domain::{Timestamp, event::EventKind};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const MONTH: u64 = 30 * DAY;
const YEAR: u64 = 365 * DAY;

/// How long to wait, rounded up so that it is never too short: "2 minutes" for 61 seconds.
pub fn duration(seconds: u32) -> String {
    let seconds = u64::from(seconds);
    if seconds < MINUTE {
        count(seconds.max(1), "second")
    } else if seconds <= 59 * MINUTE {
        count(seconds.div_ceil(MINUTE), "minute")
    } else {
        count(seconds.div_ceil(HOUR), "hour")
    }
}

/// How long ago `then` was: "5 minutes ago".
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(then).as_secs();
    let words = match seconds {
        0..MINUTE => return "just now".to_owned(),
        MINUTE..HOUR => count(seconds / MINUTE, "minute"),
        HOUR..DAY => count(seconds / HOUR, "hour"),
        DAY..MONTH => count(seconds / DAY, "day"),
        MONTH..YEAR => count(seconds / MONTH, "month"),
        _ => count(seconds / YEAR, "year"),
    };
    format!("{words} ago")
}

/// The exact moment: "21 Nov 2026, 10:15 UTC".
pub fn moment(time: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.millis())
        .map_or_else(|_| String::new(), |time| time.strftime("%-d %b %Y, %H:%M UTC").to_string())
}

fn count(number: u64, unit: &str) -> String {
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

/// What happened, to its owner.
pub const fn event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::UserCreated => "Account created",
        EventKind::UserUpdated => "Profile changed",
        EventKind::UserDeleted => "Account deleted",
        EventKind::LoginSuccess => "Signed in",
        EventKind::LoginFail => "A wrong password was given",
        EventKind::LoginFailMax => "Sign-in slowed down after many attempts",
        EventKind::SessionCreated => "Session opened",
        EventKind::SessionRenewed => "Session renewed",
        EventKind::SessionExpired => "Signed out",
        EventKind::TokenRevoked => "Device signed out from another one",
        EventKind::TokenReuse => "Session ended: an old token was used again",
        EventKind::TokenInvalid => "Request refused: its token was not valid",
        EventKind::PasswordChange => "Password changed",
        EventKind::PasswordChangeFail => "Password change refused",
        EventKind::AuthorizationFail => "Request for someone else’s data refused",
        EventKind::MaliciousCsrf => "Form from another site refused",
    }
}

/// Whether the owner should look twice.
pub const fn is_alarming(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::LoginFail
            | EventKind::LoginFailMax
            | EventKind::TokenReuse
            | EventKind::TokenInvalid
            | EventKind::PasswordChangeFail
            | EventKind::AuthorizationFail
            | EventKind::MaliciousCsrf
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_wait_is_rounded_up() {
        for (seconds, words) in [
            (0, "1 second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (61, "2 minutes"),
            (3540, "59 minutes"),
            (3541, "1 hour"),
            (3601, "2 hours"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }

    #[test]
    fn the_past_is_told_in_the_largest_whole_unit() {
        let now = Timestamp::from_millis(1_795_256_100_000);
        for (seconds, words) in [
            (0, "just now"),
            (60, "1 minute ago"),
            (3599, "59 minutes ago"),
            (7200, "2 hours ago"),
            (86_400, "1 day ago"),
            (40 * 86_400, "1 month ago"),
            (800 * 86_400, "2 years ago"),
        ] {
            assert_eq!(ago(now.minus(Duration::from_secs(seconds)), now), words);
        }
        assert_eq!(ago(now.plus(Duration::from_secs(5)), now), "just now", "a clock that was set back");
    }

    #[test]
    fn a_moment_is_written_in_utc() {
        assert_eq!(moment(Timestamp::from_millis(1_795_256_100_000)), "21 Nov 2026, 10:15 UTC");
    }
}
