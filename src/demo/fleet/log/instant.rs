//! Instants in the spellings that runtimes give them.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};

fn utc(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// `2026-03-01T12:00:00.250Z`.
pub(super) fn iso(ms: i64) -> String {
    let at = utc(ms);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        ms.rem_euclid(1_000)
    )
}

/// `2026-03-01 12:00:00`.
pub(super) fn plain(ms: i64) -> String {
    let at = utc(ms);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// `2026/03/01`, as in the names of log streams.
pub(super) fn date(ms: i64) -> String {
    let at = utc(ms);
    format!("{:04}/{:02}/{:02}", at.year(), at.month(), at.day())
}
