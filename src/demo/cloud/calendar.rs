//! Instants in the spellings that AWS uses: ISO 8601 in forms and XML, Lambda's own form in `LastModified`.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

/// Milliseconds since the epoch of an ISO 8601 instant; a date alone and a missing offset mean UTC, as AWS takes
/// them.
pub fn parse(text: &str) -> Option<i64> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.timestamp_millis());
    }
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let naive = naive.or_else(|| {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0))
    });
    naive.map(|instant| instant.and_utc().timestamp_millis())
}

/// `2026-03-01T14:02:11Z`, with milliseconds where there are any.
pub fn iso(millis: i64) -> String {
    let format = if millis.rem_euclid(1000) == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
    instant(millis).to_rfc3339_opts(format, true)
}

/// Lambda's form: `2026-03-01T14:02:11.000+0000`.
pub fn lambda(millis: i64) -> String {
    instant(millis).format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// The form of instants within alarm reasons: `01/03/26 14:02:00`.
pub fn alarm(millis: i64) -> String {
    instant(millis).format("%d/%m/%y %H:%M:%S").to_string()
}

/// The form of HTTP's `Date`: `Sun, 01 Mar 2026 12:00:00 GMT`.
pub fn http(millis: i64) -> String {
    instant(millis).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_772_366_400_000;

    #[test]
    fn clients_write_instants_in_several_forms() {
        for text in [
            "2026-03-01T12:00:00Z",
            "2026-03-01T13:00:00+01:00",
            "2026-03-01T12:00:00",
            "2026-03-01T12:00:00.000Z",
        ] {
            assert_eq!(parse(text), Some(NOON), "{text}");
        }
        assert_eq!(parse("2026-03-01"), Some(NOON - 12 * 3_600_000));
        assert_eq!(parse("noon"), None);
    }

    #[test]
    fn each_service_has_its_own_form() {
        assert_eq!(iso(NOON), "2026-03-01T12:00:00Z");
        assert_eq!(iso(NOON + 250), "2026-03-01T12:00:00.250Z");
        assert_eq!(lambda(NOON), "2026-03-01T12:00:00.000+0000");
        assert_eq!(http(NOON), "Sun, 01 Mar 2026 12:00:00 GMT");
        assert_eq!(alarm(NOON), "01/03/26 12:00:00");
    }
}
