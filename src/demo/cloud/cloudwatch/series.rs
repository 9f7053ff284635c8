//! One statistic of one metric, point by point.

use super::super::account::Account;
use super::MINUTE;
use super::observer::{Metric, Observer, Subject};
use crate::demo::faults::SeriesFault;
use crate::demo::fleet::Samples;

const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Points in time order, with what is said about them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Series {
    /// What a reader is told it is.
    pub label: String,
    /// Length of a point in milliseconds.
    pub period: i64,
    /// Start of each point in milliseconds since the epoch, and its value.
    pub points: Vec<(i64, f64)>,
}

/// A statistic that CloudWatch keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Statistic {
    Sum,
    Average,
    Minimum,
    Maximum,
    SampleCount,
    /// A percentile from 0 to 100.
    Percentile(f64),
}

impl Statistic {
    /// Reads `Sum`, `p99`, `p99.9`, ...; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "Sum" => Self::Sum,
            "Average" => Self::Average,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            "SampleCount" => Self::SampleCount,
            _ => {
                let digits = text.strip_prefix('p')?;
                let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                let percent: f64 = digits.parse().ok().filter(|_| plain)?;
                return (0.0..=100.0).contains(&percent).then_some(Self::Percentile(percent));
            }
        })
    }

    fn of(self, samples: &mut Samples) -> f64 {
        match self {
            Self::Sum => samples.sum(),
            Self::Average => samples.average(),
            Self::Minimum => samples.min(),
            Self::Maximum => samples.max(),
            Self::SampleCount => samples.count() as f64,
            Self::Percentile(percent) => samples.percentile(percent),
        }
    }
}

/// The points that a request covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Start of the first point.
    pub start: i64,
    /// No point starts here or later.
    pub end: i64,
    /// Length of a point; a multiple of a minute.
    pub period: i64,
}

impl Window {
    /// The window of a request, its start rounded down as CloudWatch rounds it: to the minute up to 15 days back, to
    /// five minutes up to 63 days, to the hour beyond. Points follow each other from there.
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.
    pub fn of_request(start: i64, end: i64, period: i64, now: i64) -> Self {
        // There is nothing before the epoch, and arithmetic on far instants is no one's friend.
        let start = start.max(0);
        let grain = finest(now.saturating_sub(start)).unwrap_or(HOUR);
        Self { start: start.div_euclid(grain).saturating_mul(grain), end, period: period.max(MINUTE) }
    }

    /// The starts of the points that may exist at `now`: begun, not expired, and no finer than is kept.
    pub fn starts(self, now: i64) -> impl Iterator<Item = i64> {
        let oldest = now.saturating_sub(455 * DAY);
        let skipped = (oldest.saturating_sub(self.start)).max(0) / self.period;
        let first = self.start.saturating_add(skipped.saturating_mul(self.period));
        let end = self.end.min(now.saturating_add(1));
        let kept = move |start: &i64| finest(now - start).is_some_and(|grain| self.period % grain == 0);
        std::iter::successors(Some(first), move |start| start.checked_add(self.period))
            .take_while(move |start| *start < end)
            .filter(kept)
    }
}

/// The finest period that is kept of data of an age; `None` when it is gone.
const fn finest(age: i64) -> Option<i64> {
    match age {
        _ if age <= 15 * DAY => Some(MINUTE),
        _ if age <= 63 * DAY => Some(5 * MINUTE),
        _ if age <= 455 * DAY => Some(HOUR),
        _ => None,
    }
}

/// So many minutes are worked out at once before other tasks get their turn.
const AT_ONCE: i64 = 240;
/// Of stretches longer than a day so many minutes are worked out ahead, on all cores.
const AHEAD: i64 = 2 * DAY / MINUTE;

/// The points of a statistic; none for a metric that does not exist.
///
/// A month of minutes takes a while: whoever draws the screen on the same thread is let through in between.
pub(super) async fn compute(
    account: &Account,
    observer: &mut Observer<'_>,
    metric: &Metric,
    statistic: Statistic,
    window: Window,
) -> Vec<(i64, f64)> {
    let Some(subject) = metric.subject(account) else { return Vec::new() };
    let mut points = Vec::new();
    let mut at_once = 0;
    let last = window.end.min(observer.now()).div_euclid(MINUTE);
    let mut prepared = if window.end.saturating_sub(window.start) > DAY { i64::MIN } else { i64::MAX };
    for start in window.starts(observer.now()) {
        let mut samples = Samples::default();
        let mut minute = start.div_euclid(MINUTE);
        let end = minute + window.period / MINUTE;
        while minute < end {
            let part = minute..end.min(minute + AT_ONCE);
            if let Subject::Function(index) = subject
                && minute >= prepared
            {
                prepared = minute.saturating_add(AHEAD);
                account.fleet.prepare(index, minute..last.min(prepared));
            }
            minute = part.end;
            at_once += part.end - part.start;
            if let Some(part) = observer.samples(subject, &metric.name, part) {
                // Nearly always there is one part only: it is taken as it is.
                if samples.is_empty() {
                    samples = part;
                } else {
                    samples.merge(&part);
                }
            }
            if at_once >= AT_ONCE {
                at_once = 0;
                tokio::task::yield_now().await;
            }
        }
        if !samples.is_empty() {
            points.push((start, statistic.of(&mut samples)));
        }
    }
    points
}

/// Spoils the points of a series as the faults say. Gaps and odd values depend on a point's time alone.
pub(super) fn spoil(series: &mut Series, faults: &[SeriesFault], now: i64) {
    let period = series.period.max(MINUTE);
    for fault in faults {
        match *fault {
            SeriesFault::Gaps => series.points.retain(|(at, _)| at.div_euclid(period) % 4 != 0),
            SeriesFault::NotANumber => {
                for (at, value) in &mut series.points {
                    *value = match at.div_euclid(period).rem_euclid(9) {
                        0 => f64::NAN,
                        3 => f64::INFINITY,
                        6 => -1e300,
                        _ => *value,
                    };
                }
            }
            SeriesFault::Revised { times } => {
                for (at, value) in &mut series.points {
                    let minutes = now.saturating_sub(*at + period).max(0) / MINUTE;
                    if minutes < i64::from(times) {
                        *value = (*value * (minutes + 1) as f64 / f64::from(times + 1)).floor();
                    }
                }
            }
            SeriesFault::Partial { .. }
            | SeriesFault::InternalError
            | SeriesFault::Forbidden
            | SeriesFault::Reversed => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_772_366_400_000;

    #[test]
    fn statistics_are_read_as_cloudwatch_spells_them() {
        assert_eq!(Statistic::parse("p99.9"), Some(Statistic::Percentile(99.9)));
        assert_eq!(Statistic::parse("p50"), Some(Statistic::Percentile(50.0)));
        assert_eq!(Statistic::parse("SampleCount"), Some(Statistic::SampleCount));
        for wrong in ["Min", "sum", "p", "p101", "p-1", "pinf", "99", ""] {
            assert_eq!(Statistic::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn points_start_on_the_rounded_start_and_the_end_is_exclusive() {
        let window = Window::of_request(NOW - 10 * MINUTE + 4_711, NOW - 5 * MINUTE, MINUTE, NOW);
        let starts: Vec<i64> = window.starts(NOW).map(|start| (start - NOW) / MINUTE).collect();
        assert_eq!(starts, [-10, -9, -8, -7, -6]);
    }

    #[test]
    fn old_data_is_kept_in_coarse_points_only() {
        let count = |days_back: i64, period: i64| {
            let start = NOW - days_back * DAY;
            Window::of_request(start, start + HOUR, period, NOW).starts(NOW).count()
        };
        assert_eq!(count(14, MINUTE), 60);
        assert_eq!((count(20, MINUTE), count(20, 5 * MINUTE)), (0, 12));
        assert_eq!((count(70, 5 * MINUTE), count(70, HOUR)), (0, 1));
        assert_eq!(count(460, HOUR), 0);
    }

    #[test]
    fn nothing_starts_in_the_future_and_a_huge_window_ends() {
        let window = Window::of_request(i64::MIN, i64::MAX, DAY, NOW);
        let starts: Vec<i64> = window.starts(NOW).collect();
        assert!(starts.len() <= 456, "{}", starts.len());
        assert!(starts.iter().all(|start| *start <= NOW));
    }
}
