//! How times are written.

use std::time::Duration;

use crate::model::{SafeText, TimeRange, Timestamp};
use crate::safe;

/// `14:02`.
pub(super) fn minute(at: Timestamp, zone: i32) -> SafeText {
    at.local(zone).map_or_else(|| SafeText::new("?"), |time| safe!("{}", time.format("%H:%M")))
}

/// `14:02`, or with its date if that is not today's.
pub(super) fn dated(at: Timestamp, now: Timestamp, zone: i32) -> SafeText {
    match (at.local(zone), now.local(zone)) {
        (Some(time), Some(now)) if time.date_naive() == now.date_naive() => safe!("{}", time.format("%H:%M")),
        (Some(time), _) => safe!("{}", time.format("%m-%d %H:%M")),
        (None, _) => SafeText::new("?"),
    }
}

/// `14:15-14:30`, the end not included.
pub(super) fn stretch(range: TimeRange, zone: i32) -> SafeText {
    safe!("{}-{}", minute(range.start, zone), minute(range.end, zone))
}

/// The clock of the header: `14:31:16 UTC`, `14:31:16Z`, `15:31:16 +1:00`.
pub(super) fn clock(at: Timestamp, zone: i32, short: bool) -> SafeText {
    let Some(time) = at.local(zone) else { return SafeText::new("?") };
    let time = time.format("%H:%M:%S");
    match (zone, short) {
        (0, true) => safe!("{time}Z"),
        (0, false) => safe!("{time} UTC"),
        (_, true) => safe!("{time}"),
        (_, false) => safe!("{time} {}", offset(zone)),
    }
}

/// The name of a zone: `UTC`, `+1:00`.
pub(super) fn offset(zone: i32) -> SafeText {
    let minutes = zone.unsigned_abs() / 60;
    match zone {
        0 => SafeText::new("UTC"),
        _ => safe!("{}{}:{:02}", if zone < 0 { '-' } else { '+' }, minutes / 60, minutes % 60),
    }
}

/// A length of time in words: `3 min`, `2 h 05 min`.
pub(super) fn length(length: Duration) -> SafeText {
    let minutes = length.as_secs().div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => safe!("{minutes} min"),
        (hours, 0) => safe!("{hours} h"),
        (hours, minutes) if hours < 24 => safe!("{hours} h {minutes:02} min"),
        (hours, _) => safe!("{} d {} h", hours / 24, hours % 24),
    }
}
