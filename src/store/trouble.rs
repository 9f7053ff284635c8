//! What is wrong with a function, how badly, and in words.
//!
//! | cause | measured over | warn from | bad from |
//! |---|---|---|---|
//! | errors | % of the window's invocations | 1 % | 10 %: error |
//! | throttles | requests refused per minute of the window | any | 1 /min: throttle |
//! | timeouts | longest duration reached the timeout | max | p99 too: timeout |
//! | duration | % of the timeout, p99 or max | 80 % | |
//! | reserved concurrency | % of it in use | 100 % | with throttles: throttle |
//! | iterator age | age of the last record, seconds | 60 s | 3,600 s: error |
//! | state | `State`, `LastUpdateStatus` | `Pending`, update `Failed` | `Failed`: error |
//! | stale | time since CloudWatch last answered | unknown | |
//!
//! Errors and throttles must hold for two settled minutes before they count, and count until they have been
//! gone for five, so that nothing flickers. Among causes of equal severity the one that is furthest beyond its
//! first threshold counts.

use std::cmp::Ordering;
use std::time::Duration;

use crate::model::{Metric, Period, Statistic, TimeRange, Timestamp, Window, number};

use super::figures::{COUNTS, count_range};
use super::{Figures, FunctionRecord, SeriesSet};

/// How bad, the worst first: when one cell must choose, the smallest counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Ran out of memory.
    OutOfMemory,
    /// Ran into its timeout.
    Timeout,
    /// Errors.
    Error,
    /// Requests are refused for want of concurrency.
    Throttle,
    /// Not bad yet.
    Warn,
    /// Nothing is known, or what is known is stale.
    Unknown,
    /// Cold starts.
    Cold,
    /// Nothing to see.
    #[default]
    Ok,
}

/// Why a function ranks where it does.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cause {
    /// Nothing is wrong.
    #[default]
    None,
    /// Invocations fail.
    Errors {
        /// Per cent of invocations.
        rate: f64,
        /// The change of code or configuration after which they began.
        since: Option<Timestamp>,
    },
    /// Requests are refused.
    Throttles {
        /// Per minute.
        per_minute: f64,
    },
    /// Errors or throttles that are below their threshold now, and still count for a while.
    Easing {
        /// `errors` or `throttled`.
        what: &'static str,
    },
    /// All of the reserved concurrency is in use.
    ReservedFull {
        /// How much is reserved.
        reserved: u32,
    },
    /// Invocations run into the timeout.
    Timeouts {
        /// The timeout in seconds.
        timeout_s: u32,
    },
    /// Durations come near the timeout.
    NearTimeout {
        /// `p99` or `max`.
        of: &'static str,
        /// Per cent of the timeout.
        percent: f64,
    },
    /// A stream is read late.
    IteratorAge {
        /// Age of the last record.
        age: Duration,
    },
    /// Lambda's own word for a function that is not `Active`.
    State(std::sync::Arc<str>),
    /// The last update of the function failed.
    UpdateFailed,
    /// CloudWatch has not answered for it in a while: its numbers are old.
    Stale {
        /// When it last answered.
        since: Timestamp,
    },
    /// Nobody has asked yet.
    NotAsked,
    /// It does not run, and that is no fault.
    Idle {
        /// When it last ran, or since when it is known not to have run.
        since: Option<Timestamp>,
        /// Whether it ran at `since`; else it has been idle for longer.
        exact: bool,
    },
}

/// The judgement on one function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trouble {
    /// How bad.
    pub severity: Severity,
    /// How many times its first threshold, among those of the same severity; 1 for what works, 0 for what is idle.
    pub score: f64,
    /// Why.
    pub cause: Cause,
}

const RATE_WARN: f64 = 1.0;
const RATE_BAD: f64 = 10.0;
const THROTTLES_BAD: f64 = 1.0;
const TIMEOUT_WARN: f64 = 80.0;
/// Duration counts to fractions of a millisecond and may end a little before the timeout it ran into.
const TIMEOUT_REACHED: f64 = 99.9;
const ITERATOR_WARN: Duration = Duration::from_mins(1);
const ITERATOR_BAD: Duration = Duration::from_hours(1);
/// Minutes that a cause counts on after it was last confirmed.
const HOLD: u32 = 5;
/// Without an answer for so long a row is stale, whatever the feed says: three triage rounds of ten minutes.
const STALE_ALWAYS: Duration = Duration::from_mins(30);
/// ... and for so long while answers fail: three rounds of a minute.
const STALE_FAILING: Duration = Duration::from_mins(3);
/// `RecentlyActive=PT3H` of `ListMetrics`: what it does not name has been idle for longer.
const RECENT: Duration = Duration::from_hours(3);
/// A function that has not run for so long is called idle.
const IDLE: Duration = Duration::from_mins(15);

/// Everything a judgement stands on.
pub(super) struct Evidence<'a> {
    pub(super) record: &'a FunctionRecord,
    pub(super) figures: &'a Figures,
    pub(super) set: Option<&'a SeriesSet>,
    pub(super) window: Window,
    pub(super) stale: bool,
}

impl Trouble {
    pub(super) fn of(evidence: &Evidence<'_>, now: Timestamp) -> Self {
        let figures = evidence.figures;
        let mut worst = Self::quiet(evidence, now);
        let candidates = [
            evidence.confirmed("errors", Evidence::errors),
            evidence.confirmed("throttled", Evidence::throttles),
            evidence.timeout(),
            evidence.reserved(),
            figures.iterator_age.and_then(iterator_age),
            evidence.state(),
        ];
        for candidate in candidates.into_iter().flatten() {
            if candidate.worse_first(&worst).is_lt() {
                worst = candidate;
            }
        }
        worst
    }

    /// The judgement on a function without any fault.
    fn quiet(evidence: &Evidence<'_>, now: Timestamp) -> Self {
        let figures = evidence.figures;
        match (figures.answered, evidence.record.recently_active) {
            (Some(since), _) if evidence.stale => {
                Self { severity: Severity::Unknown, score: 1.0, cause: Cause::Stale { since } }
            }
            (None, Some(false)) => {
                Self { cause: Cause::Idle { since: None, exact: false }, ..Self::default() }
            }
            (None, _) => Self { severity: Severity::Unknown, score: 0.0, cause: Cause::NotAsked },
            (Some(_), _) => {
                let since = figures.last_active.or(figures.idle_from);
                match since {
                    Some(since) if now.since(since) >= IDLE => {
                        let exact = figures.last_active.is_some();
                        Self { cause: Cause::Idle { since: Some(since), exact }, ..Self::default() }
                    }
                    _ => Self { score: 1.0, ..Self::default() },
                }
            }
        }
    }

    /// The order of "trouble first": by how bad, then by how far beyond the threshold. What nobody has asked about
    /// yet stands last: it is no trouble, and while answers come in it would only be in the way.
    #[must_use]
    pub fn worse_first(&self, other: &Self) -> Ordering {
        let unasked = |trouble: &Self| trouble.cause == Cause::NotAsked;
        unasked(self)
            .cmp(&unasked(other))
            .then(self.severity.cmp(&other.severity))
            .then_with(|| other.score.total_cmp(&self.score))
    }

    /// The words of the TROUBLE column, at most 18 columns wide, raw text; empty when nothing is wrong.
    ///
    /// `zone` is the offset from UTC in seconds in which clock times are written.
    #[must_use]
    pub fn words(&self, now: Timestamp, zone: i32) -> String {
        match &self.cause {
            Cause::None | Cause::NotAsked => String::new(),
            Cause::Errors { since: Some(since), .. } => format!("errors since {}", clock(*since, zone)),
            Cause::Errors { rate, since: None } => format!("errors {} %", number::percent(*rate, 100.0)),
            Cause::Easing { what } => format!("{what}, easing"),
            Cause::Throttles { per_minute } if *per_minute < 1.0 => "throttled <1/min".to_owned(),
            Cause::Throttles { per_minute } if *per_minute >= 10_000.0 => {
                format!("throttled {:.0}k/min", (per_minute / 1000.0).min(999.0))
            }
            Cause::Throttles { per_minute } => format!("throttled {per_minute:.0}/min"),
            Cause::ReservedFull { reserved: 0 } => "reserved 0: off".to_owned(),
            Cause::ReservedFull { reserved } => format!("reserved {reserved} full"),
            Cause::Timeouts { timeout_s } => format!("timeouts at {timeout_s} s"),
            Cause::NearTimeout { of, percent } => format!("{of} {percent:.0}% of timeout"),
            Cause::IteratorAge { age } => format!("iterator {}", two_units(*age)),
            Cause::State(state) => format!("state {state}"),
            Cause::UpdateFailed => "update failed".to_owned(),
            Cause::Stale { since } => format!("stale {}", one_unit(now.since(*since))),
            Cause::Idle { since: Some(since), exact: true } => {
                format!("idle {}", one_unit(now.since(*since)))
            }
            Cause::Idle { since: Some(since), exact: false } => {
                format!("idle over {}", one_unit(now.since(*since)))
            }
            Cause::Idle { since: None, .. } => format!("idle over {}", one_unit(RECENT)),
        }
    }
}

/// What the numbers of one stretch say.
enum Measured {
    /// They are not all known.
    Unknown,
    /// Nothing is wrong.
    Quiet,
    /// Something is.
    Bad(Trouble),
}

impl Evidence<'_> {
    /// The judgement of `measure` where it held for two minutes in a row: as bad as at the worst of the last five
    /// minutes, in the numbers of now.
    fn confirmed(&self, what: &'static str, measure: impl Fn(&Self, u32) -> Measured) -> Option<Trouble> {
        let mut seen = Vec::with_capacity(HOLD as usize + 1);
        for back in 0..=HOLD {
            match measure(self, back) {
                Measured::Unknown => break,
                Measured::Quiet => seen.push(None),
                Measured::Bad(trouble) => seen.push(Some(trouble)),
            }
        }
        if seen.len() < 2 {
            return seen.pop().flatten();
        }
        let worst = seen
            .windows(2)
            .filter_map(|pair| match (&pair[0], &pair[1]) {
                (Some(newer), Some(older)) => {
                    Some(if newer.severity < older.severity { older } else { newer })
                }
                _ => None,
            })
            .reduce(|worst, next| if next.severity < worst.severity { next } else { worst })?;
        let cause = seen[0].as_ref().map_or(Cause::Easing { what }, |newest| newest.cause.clone());
        Some(Trouble { cause, ..worst.clone() })
    }

    fn count(&self, metric: Metric, back: u32) -> Option<(f64, TimeRange)> {
        let set = self.set?;
        let range = count_range(set, self.window, back)?;
        Some((set.get(metric, Statistic::Sum, Period::MINUTE)?.sum(range)?, range))
    }

    /// Errors over the window that ended `back` minutes before the newest.
    fn errors(&self, back: u32) -> Measured {
        let counts = self.count(Metric::Invocations, back).zip(self.count(Metric::Errors, back));
        let Some(((invocations, range), (errors, _))) = counts else { return Measured::Unknown };
        if invocations <= 0.0 {
            return Measured::Quiet;
        }
        let rate = (errors / invocations * 100.0).min(100.0);
        if rate < RATE_WARN {
            return Measured::Quiet;
        }
        Measured::Bad(Trouble {
            severity: if rate >= RATE_BAD { Severity::Error } else { Severity::Warn },
            score: rate / RATE_WARN,
            cause: Cause::Errors { rate, since: self.change_behind(range) },
        })
    }

    /// The change of code or configuration after which errors at least doubled, if it is in sight.
    fn change_behind(&self, range: TimeRange) -> Option<Timestamp> {
        let set = self.set?;
        let changed = self.record.deployed_at.or(self.record.function.last_modified)?;
        let series = |metric: Metric| set.get(metric, Statistic::Sum, Period::MINUTE);
        let (invocations, errors) = (series(Metric::Invocations)?, series(Metric::Errors)?);
        let known_from = invocations.known_from()?.max(errors.known_from()?);
        let minute = changed.floor(Period::MINUTE);
        let rate = |range: TimeRange| {
            let total = invocations.sum(range)?;
            Some(if total > 0.0 { errors.sum(range)? / total * 100.0 } else { 0.0 })
        };
        if minute <= known_from || minute >= range.end {
            return None;
        }
        let before = rate(TimeRange::new(known_from, minute))?;
        let after = rate(TimeRange::new(minute, range.end))?;
        (after >= RATE_WARN && after >= 2.0 * before).then_some(changed)
    }

    /// Throttles over the window that ended `back` minutes before the newest.
    fn throttles(&self, back: u32) -> Measured {
        let Some((throttles, _)) = self.count(Metric::Throttles, back) else { return Measured::Unknown };
        if throttles <= 0.0 {
            return Measured::Quiet;
        }
        let per_minute = throttles / f64::from(self.window.minutes());
        Measured::Bad(Trouble {
            severity: if per_minute >= THROTTLES_BAD { Severity::Throttle } else { Severity::Warn },
            score: per_minute.max(1.0),
            cause: match self.reserved_full() {
                Some(reserved) => Cause::ReservedFull { reserved },
                None => Cause::Throttles { per_minute },
            },
        })
    }

    fn reserved_full(&self) -> Option<u32> {
        let reserved = self.record.detail.concurrency.value()?.reserved?;
        (reserved == 0 || self.figures.concurrent? >= f64::from(reserved)).then_some(reserved)
    }

    fn reserved(&self) -> Option<Trouble> {
        let reserved = self.reserved_full()?;
        Some(Trouble { severity: Severity::Warn, score: 1.0, cause: Cause::ReservedFull { reserved } })
    }

    fn timeout(&self) -> Option<Trouble> {
        let timeout_s = self.record.function.timeout_s.filter(|seconds| *seconds > 0)?;
        let share = |duration: Option<f64>| duration.map(|ms| ms / f64::from(timeout_s) / 10.0);
        let (p99, max) = (share(self.figures.p99), share(self.figures.maximum));
        let reached = |share: Option<f64>| share.is_some_and(|share| share >= TIMEOUT_REACHED);
        let (of, percent) = match (p99, max) {
            (Some(percent), _) if percent > TIMEOUT_WARN => ("p99", percent),
            (_, Some(percent)) if percent > TIMEOUT_WARN => ("max", percent),
            _ => return None,
        };
        let cause = if reached(max) || reached(p99) {
            Cause::Timeouts { timeout_s }
        } else {
            Cause::NearTimeout { of, percent }
        };
        let severity = if reached(p99) { Severity::Timeout } else { Severity::Warn };
        Some(Trouble { severity, score: percent / TIMEOUT_WARN, cause })
    }

    fn state(&self) -> Option<Trouble> {
        let state = self.record.detail.state.value()?;
        let (severity, cause) = match (&*state.state, state.last_update.as_deref()) {
            ("Failed", _) => (Severity::Error, Cause::State("Failed".into())),
            ("Pending", _) => (Severity::Warn, Cause::State("Pending".into())),
            (_, Some("Failed")) => (Severity::Warn, Cause::UpdateFailed),
            _ => return None,
        };
        Some(Trouble { severity, score: 1.0, cause })
    }
}

fn iterator_age(millis: f64) -> Option<Trouble> {
    // A hostile number (negative, 1e300) is an age of nothing or of a century.
    let age = Duration::from_millis(millis.clamp(0.0, 3.2e12) as u64);
    (age >= ITERATOR_WARN).then(|| Trouble {
        severity: if age >= ITERATOR_BAD { Severity::Error } else { Severity::Warn },
        score: age.as_secs_f64() / ITERATOR_WARN.as_secs_f64(),
        cause: Cause::IteratorAge { age },
    })
}

/// Whether what is known of a function is too old to stand without a mark: its oldest count decides.
pub(super) fn is_stale(set: Option<&SeriesSet>, metrics_failing: bool, now: Timestamp) -> bool {
    let Some(set) = set else { return false };
    COUNTS.into_iter().filter_map(|metric| set.get(metric, metric.statistic(), Period::MINUTE)).any(
        |series| {
            let Some(answered) = series.answered() else { return false };
            let age = now.since(answered);
            age > STALE_ALWAYS || (age > STALE_FAILING && (metrics_failing || series.failing().is_some()))
        },
    )
}

/// `14:02` in the given zone.
fn clock(at: Timestamp, zone: i32) -> String {
    at.local(zone).map_or_else(|| "?".to_owned(), |time| time.format("%H:%M").to_string())
}

/// An age in one unit: `2s 4m 9h 3d`.
fn one_unit(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..=59 => format!("{seconds}s"),
        seconds @ 60..=3_599 => format!("{}m", seconds / 60),
        seconds @ 3_600..=86_399 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// A length of time in at most two units: `4m12s`, `3h05m`, `12d`.
fn two_units(length: Duration) -> String {
    match length.as_secs() {
        seconds @ 0..=59 => format!("{seconds}s"),
        seconds @ 60..=3_599 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        seconds @ 3_600..=86_399 => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
        seconds => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_of_it_is_a_hundred_per_cent() {
        let words = |rate| {
            let cause = Cause::Errors { rate, since: None };
            Trouble { cause, ..Trouble::default() }.words(Timestamp::default(), 0)
        };
        assert_eq!((words(99.97), words(100.0)), ("errors 99.9 %".into(), "errors 100.0 %".into()));
    }
}
