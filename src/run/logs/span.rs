//! Which stretch of time is asked for: ages and times of the command line.

use std::time::Duration;

use chrono::DateTime;

use crate::cli::LogsArgs;
use crate::model::Timestamp;
use crate::run::Stop;

/// Without `--since`.
const USUAL: Duration = Duration::from_mins(10);
/// How far `--at` reaches to each side.
const AROUND: Duration = Duration::from_mins(5);

/// The stretch that is read: the first instant in it, and the first after it; none is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub since: Timestamp,
    pub until: Option<Timestamp>,
    /// Which of them were reckoned from what this computer's clock shows.
    pub by_our_clock: (bool, bool),
}

impl Span {
    /// The same by a clock that this computer's is `ahead_ms` ahead of, for what was reckoned from that.
    pub(super) fn by_their_clock(self, ahead_ms: i64) -> Self {
        let right = |at: Timestamp, ours: bool| {
            if ours { Timestamp::from_millis(at.millis().saturating_sub(ahead_ms)) } else { at }
        };
        let (since, until) = self.by_our_clock;
        Self {
            since: right(self.since, since),
            until: self.until.map(|at| right(at, until)),
            by_our_clock: self.by_our_clock,
        }
    }

    /// What the flags mean at `now`. `since` may have been given before the command.
    pub(super) fn of(args: &LogsArgs, since: Option<&str>, now: Timestamp) -> Result<Self, Stop> {
        let wrong = |text: &str| Err(Stop::BadInput(text.to_owned()));
        if let Some(at) = &args.at {
            if since.is_some() || args.until.is_some() || args.follow {
                return wrong("--at stands for --since and --until: give it alone, without --follow");
            }
            let (at, age) = instant("--at", at, now)?;
            if at - AROUND >= now {
                return wrong("--at lies ahead: nothing can be read of it yet");
            }
            return Ok(Self {
                since: at - AROUND,
                until: Some((at + AROUND).min(now)),
                by_our_clock: (age, age || at + AROUND > now),
            });
        }
        let (since, since_age) =
            since.map_or(Ok((now - USUAL, true)), |text| instant("--since", text, now))?;
        if since > now {
            return wrong("--since lies ahead: nothing can be read of it yet");
        }
        if args.follow {
            if args.until.is_some() {
                return wrong("--follow has no end: leave out --until");
            }
            return Ok(Self { since, until: None, by_our_clock: (since_age, false) });
        }
        // The end is the first instant that is left out, and what happens now is wanted.
        let end = now + Duration::from_millis(1);
        let (until, until_age) =
            args.until.as_deref().map_or(Ok((end, true)), |text| instant("--until", text, now))?;
        if until <= since {
            return wrong("--until is not later than --since: there is nothing between them");
        }
        let by_our_clock = (since_age, until_age || until > end);
        Ok(Self { since, until: Some(until.min(end)), by_our_clock })
    }
}

/// A time, or an age seen from `now`; and whether it is an age.
pub(in crate::run) fn instant(flag: &str, text: &str, now: Timestamp) -> Result<(Timestamp, bool), Stop> {
    let time = DateTime::parse_from_rfc3339(text).ok().map(|time| (Timestamp::from(time.to_utc()), false));
    time.or_else(|| age(text).map(|age| (now - age, true))).ok_or_else(|| {
        Stop::BadInput(format!(
            "{flag} {text}: neither an age such as 90s, 10m, 3h, 2d nor a time such as 2026-03-01T12:00:00Z"
        ))
    })
}

fn age(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let number = text.strip_suffix(unit).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))?;
    number.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    /// 2026-03-01T12:00:00Z.
    const NOON: Timestamp = Timestamp::from_secs(1_772_366_400);

    fn span(flags: &str) -> Result<Span, String> {
        let line = format!("lambtop logs x {flags}");
        let cli = Cli::try_parse_from(line.split_whitespace()).map_err(|error| error.to_string())?;
        let since = cli.flags.since.clone();
        let Some(Command::Logs(args)) = cli.command else { return Err("another command".to_owned()) };
        assert_eq!(args.sources.since, since, "given to both");
        Span::of(&args, since.as_deref(), NOON).map_err(|stop| stop.to_string())
    }

    #[test]
    fn ages_and_times_say_what_is_read() {
        let minutes = |minutes| NOON - Duration::from_mins(minutes);
        let end = Some(NOON + Duration::from_millis(1));
        let read = |flags: &str| span(flags).map(|span| (span.since, span.until));
        assert_eq!(read(""), Ok((minutes(10), end)));
        assert_eq!(read("--since 90s"), Ok((NOON - Duration::from_secs(90), end)));
        assert_eq!(read("--follow --since 1w"), Ok((minutes(7 * 24 * 60), None)));
        assert_eq!(
            read("--since 2026-03-01T11:00:00Z --until 2026-03-01T12:30:00+01:00"),
            Ok((minutes(60), Some(minutes(30))))
        );
        assert_eq!(read("--until 2026-03-01T15:00:00Z"), Ok((minutes(10), end)), "no further than now");
        assert_eq!(read("--at 1h"), Ok((minutes(65), Some(minutes(55)))));
        assert_eq!(read("--at 2026-03-01T12:00:00Z"), Ok((minutes(5), Some(NOON))));
    }

    #[test]
    fn only_what_was_reckoned_from_a_wrong_clock_is_set_right() {
        let hour = Duration::from_hours(1);
        let right = |flags: &str| {
            let given = span(flags).unwrap();
            let right = given.by_their_clock(3_600_000);
            (given.since.since(right.since), given.until.map(|until| until.since(right.until.unwrap())))
        };
        let zero = Duration::ZERO;
        assert_eq!(right(""), (hour, Some(hour)));
        assert_eq!(right("--since 2026-03-01T09:00:00Z"), (zero, Some(hour)));
        assert_eq!(right("--since 2026-03-01T09:00:00Z --until 2026-03-01T10:00:00Z"), (zero, Some(zero)));
        assert_eq!(right("--at 2026-03-01T09:00:00Z"), (zero, Some(zero)));
        assert_eq!(right("--since 5m --follow"), (hour, None));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_would() {
        for (flags, said) in [
            ("--since yesterday", "--since yesterday: neither an age such as 90s"),
            ("--since 10", "neither an age"),
            ("--since +5m", "neither an age"),
            ("--since 99999999999999999999d", "neither an age"),
            ("--since 2026-03-01T13:00:00Z", "lies ahead"),
            ("--at 2026-03-02T12:00:00Z", "lies ahead"),
            ("--until 1h", "--until is not later than --since"),
            ("--follow --until 1m", "cannot be used with"),
            ("--follow --at 1m", "cannot be used with"),
            ("--at 1m --since 5m", "cannot be used with"),
            ("--at 1m --until 5m", "cannot be used with"),
        ] {
            let error = span(flags).expect_err(flags);
            assert!(error.contains(said), "{flags}: {error}");
        }
    }
}
