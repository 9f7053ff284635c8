//! Times as one types them: `12:03`, `12:03:10`, `2026-11-21 12:03`, `-15m`.

use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::model::Timestamp;
use crate::query::FilterError;

/// What may be typed.
const FORMS: &str = "12:03, 12:03:10, 2026-11-21 12:03 or -15m";

fn wrong(at: usize, message: impl Into<String>) -> FilterError {
    FilterError { at, message: message.into() }
}

/// The instant that `text` names at `now`, in a zone so many seconds east of UTC. A time without a day is the last such.
pub(in crate::app) fn parse(text: &str, now: Timestamp, zone: i32) -> Result<Timestamp, FilterError> {
    let start = text.len() - text.trim_start().len();
    let typed = text.trim();
    if typed.is_empty() {
        return Err(wrong(start, format!("wants a time: {FORMS}")));
    }
    if let Some(ago) = typed.strip_prefix('-') {
        return before(ago, start + 1, now);
    }
    let zone = TimeDelta::seconds(i64::from(zone));
    let here = now.utc().ok_or_else(|| wrong(start, "the clock shows no time"))?.naive_utc() + zone;
    let (day, clock, at) = match typed.find([' ', 'T']) {
        Some(end) => {
            let day = NaiveDate::parse_from_str(&typed[..end], "%Y-%m-%d")
                .map_err(|_| wrong(start, format!("{:?} is no day: 2026-11-21", &typed[..end])))?;
            let rest = &typed[end + 1..];
            let blanks = rest.len() - rest.trim_start().len();
            (Some(day), rest.trim_start(), start + end + 1 + blanks)
        }
        None if typed.contains('-') => {
            return Err(wrong(start, "a day wants a time after it: 2026-11-21 12:03"));
        }
        None => (None, typed, start),
    };
    let clock = time(clock.trim_end_matches('Z'), at)?;
    let local = match day {
        Some(day) => day.and_time(clock),
        None if clock > here.time() => here.date().pred_opt().unwrap_or(here.date()).and_time(clock),
        None => here.date().and_time(clock),
    };
    let instant = Timestamp::from_millis((local - zone).and_utc().timestamp_millis());
    if instant > now {
        return Err(wrong(start, "that has not come yet"));
    }
    Ok(instant)
}

/// `15m` before now.
fn before(text: &str, at: usize, now: Timestamp) -> Result<Timestamp, FilterError> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count: u32 = text[..digits].parse().map_err(|_| wrong(at, "wants a number of s, m, h or d: -15m"))?;
    let seconds: u64 = match &text[digits..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        unit => return Err(wrong(at + digits, format!("{unit:?} is no unit: s, m, h or d"))),
    };
    Ok(now - Duration::from_secs(u64::from(count) * seconds))
}

/// `12:03`, `12:03:10`.
fn time(text: &str, at: usize) -> Result<NaiveTime, FilterError> {
    let mut offset = at;
    let mut numbers = [0_u32; 3];
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return Err(wrong(at, format!("{text:?} is no time: {FORMS}")));
    }
    for (number, (part, (name, most))) in
        numbers.iter_mut().zip(parts.iter().zip([("hour", 23), ("minute", 59), ("second", 59)]))
    {
        let value = part.parse().ok().filter(|value: &u32| *value <= most && (1..=2).contains(&part.len()));
        *number = value.ok_or_else(|| wrong(offset, format!("{part:?} is no {name}: 0 to {most}")))?;
        offset += part.len() + 1;
    }
    let [hour, minute, second] = numbers;
    NaiveTime::from_hms_opt(hour, minute, second).ok_or_else(|| wrong(at, format!("{text:?} is no time")))
}

/// As it is written where one chooses it.
pub(in crate::app) fn written(at: Timestamp, zone: i32) -> String {
    let local: Option<NaiveDateTime> =
        at.utc().map(|at| at.naive_utc() + TimeDelta::seconds(i64::from(zone)));
    let name = if zone == 0 { " UTC" } else { "" };
    local.map_or_else(|| "?".to_owned(), |at| format!("{}{name}", at.format("%Y-%m-%d %H:%M:%S")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        // 2026-11-22 14:31:16 UTC.
        Timestamp::from_secs(1_795_357_876)
    }

    #[test]
    fn a_time_is_the_last_such_and_a_day_may_stand_before_it() {
        for (text, meant) in [
            ("12:03", "2026-11-22 12:03:00 UTC"),
            (" 12:03:10 ", "2026-11-22 12:03:10 UTC"),
            ("14:32", "2026-11-21 14:32:00 UTC"),
            ("2026-11-21 12:03", "2026-11-21 12:03:00 UTC"),
            ("2026-11-21T12:03:09Z", "2026-11-21 12:03:09 UTC"),
            ("-15m", "2026-11-22 14:16:16 UTC"),
            ("-2d", "2026-11-20 14:31:16 UTC"),
        ] {
            assert_eq!(parse(text, now(), 0).map(|at| written(at, 0)).as_deref(), Ok(meant), "{text}");
        }
        let east = parse("15:00", now(), 3600).expect("a time");
        assert_eq!(
            (written(east, 0).as_str(), written(east, 3600).as_str()),
            ("2026-11-22 14:00:00 UTC", "2026-11-22 15:00:00")
        );
    }

    #[test]
    fn a_mistake_is_pointed_at() {
        for (text, at) in [
            ("", 0),
            ("12", 0),
            ("12:63", 3),
            ("25:00", 0),
            ("12:03:99", 6),
            ("-15", 3),
            ("-x", 1),
            ("-15w", 3),
            ("2026-13-01 12:00", 0),
            ("2026-11-21", 0),
            ("2026-11-21 12:99", 14),
            ("2026-11-23 12:00", 0),
            ("\u{202e}", 0),
        ] {
            assert_eq!(parse(text, now(), 0).map_err(|error| error.at), Err(at), "{text}");
        }
    }
}
