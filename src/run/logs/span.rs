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
}

impl Span {
    /// What the flags mean at `now`. `since` may have been given before the command.
    pub(super) fn of(args: &LogsArgs, since: Option<&str>, now: Timestamp) -> Result<Self, Stop> {
        let wrong = |text: &str| Err(Stop::BadInput(text.to_owned()));
        if let Some(at) = &args.at {
            if since.is_some() || args.until.is_some() || args.follow {
                return wrong("--at stands for --since and --until: give it alone, without --follow");
            }
            let at = instant("--at", at, now)?;
            if at - AROUND >= now {
                return wrong("--at lies ahead: nothing can be read of it yet");
            }
            return Ok(Self { since: at - AROUND, until: Some((at + AROUND).min(now)) });
        }
        let since = since.map_or(Ok(now - USUAL), |text| instant("--since", text, now))?;
        if since > now {
            return wrong("--since lies ahead: nothing can be read of it yet");
        }
        if args.follow {
            if args.until.is_some() {
                return wrong("--follow has no end: leave out --until");
            }
            return Ok(Self { since, until: None });
        }
        // The end is the first instant that is left out, and what happens now is wanted.
        let end = now + Duration::from_millis(1);
        let until = args.until.as_deref().map_or(Ok(end), |text| instant("--until", text, now))?;
        if until <= since {
            return wrong("--until is not later than --since: there is nothing between them");
        }
        Ok(Self { since, until: Some(until.min(end)) })
    }
}

/// An age, seen from `now`, or a time.
fn instant(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, Stop> {
    let time = DateTime::parse_from_rfc3339(text).ok().map(|time| Timestamp::from(time.to_utc()));
    time.or_else(|| age(text).map(|age| now - age)).ok_or_else(|| {
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
        assert_eq!(args.since, since, "given to both");
        Span::of(&args, since.as_deref(), NOON).map_err(|stop| stop.to_string())
    }

    #[test]
    fn ages_and_times_say_what_is_read() {
        let minutes = |minutes| NOON - Duration::from_mins(minutes);
        let end = Some(NOON + Duration::from_millis(1));
        assert_eq!(span(""), Ok(Span { since: minutes(10), until: end }));
        assert_eq!(span("--since 90s"), Ok(Span { since: NOON - Duration::from_secs(90), until: end }));
        assert_eq!(span("--follow --since 1w"), Ok(Span { since: minutes(7 * 24 * 60), until: None }));
        assert_eq!(
            span("--since 2026-03-01T11:00:00Z --until 2026-03-01T12:30:00+01:00"),
            Ok(Span { since: minutes(60), until: Some(minutes(30)) })
        );
        let ahead = Ok(Span { since: minutes(10), until: end });
        assert_eq!(span("--until 2026-03-01T15:00:00Z"), ahead, "no further than now");
        assert_eq!(span("--at 1h"), Ok(Span { since: minutes(65), until: Some(minutes(55)) }));
        assert_eq!(span("--at 2026-03-01T12:00:00Z"), Ok(Span { since: minutes(5), until: Some(NOON) }));
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
