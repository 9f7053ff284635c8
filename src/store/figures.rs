//! The numbers of one function's row.

use std::time::Duration;

use crate::model::{Metric, Period, Statistic, TimeRange, Timestamp, Window};

use super::series::UNFINISHED;
use super::{Series, SeriesSet, settled_until};

/// What a row of the table shows. `None` is unknown or does not exist, never zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// The settled minutes that counts cover: the newest stretch of the window's length that is known.
    pub range: Option<TimeRange>,
    /// Invocations in it.
    pub invocations: Option<f64>,
    /// Errors in it.
    pub errors: Option<f64>,
    /// Throttled requests in it.
    pub throttles: Option<f64>,
    /// Most instances at work at once in it.
    pub concurrent: Option<f64>,
    /// The one CloudWatch period that durations are of (M8).
    pub duration_period: Option<TimeRange>,
    /// Median duration, ms.
    pub p50: Option<f64>,
    /// 95th percentile of duration, ms.
    pub p95: Option<f64>,
    /// 99th percentile of duration, ms.
    pub p99: Option<f64>,
    /// Mean duration, ms.
    pub average: Option<f64>,
    /// Longest duration, ms.
    pub maximum: Option<f64>,
    /// Age of the last stream record read, ms; the maximum in `range`.
    pub iterator_age: Option<f64>,
    /// Invocations over `--since` as far as it is settled: without its newest two minutes.
    pub since_invocations: Option<f64>,
    /// When the function last ran, as far as is known: the start of the newest settled bucket with invocations.
    pub last_active: Option<Timestamp>,
    /// Since when minutes without invocations are known to be idle: where the known stretch begins.
    pub idle_from: Option<Timestamp>,
    /// When CloudWatch last answered for it; the row's age counts from here.
    pub answered: Option<Timestamp>,
}

impl Figures {
    /// Per cent of invocations that failed, 0 to 100; `None` for 0 of 0 and for unknown (M5).
    #[must_use]
    pub fn error_rate(&self) -> Option<f64> {
        let (errors, invocations) = (self.errors?, self.invocations?);
        (invocations > 0.0).then(|| (errors / invocations * 100.0).min(100.0))
    }

    /// A count of this row as a number per minute.
    #[must_use]
    pub fn per_minute(&self, count: Option<f64>) -> Option<f64> {
        let minutes = self.range?.length().as_secs() as f64 / 60.0;
        count.map(|count| count / minutes.max(1.0))
    }
}

impl Figures {
    /// The throttled requests in each minute of the window, as [`Figures::throttles`] counts them, without the rest.
    pub(super) fn throttled_per_minute(set: &SeriesSet, window: Window) -> Option<f64> {
        let range = count_range(set, window, 0)?;
        let (metric, minutes) = (Metric::Throttles, range.length().as_secs() as f64 / 60.0);
        Some(set.get(metric, metric.statistic(), Period::MINUTE)?.sum(range)? / minutes.max(1.0))
    }

    /// The numbers of a function: its series, the stretch of the window, and `--since`.
    pub(super) fn of(set: &SeriesSet, window: Window, since: Duration) -> Self {
        let minutes = |metric: Metric| set.get(metric, metric.statistic(), Period::MINUTE);
        let range = count_range(set, window, 0);
        let sum = |metric: Metric| minutes(metric)?.sum(range?);
        // Concurrency and iterator age are asked for the selected function alone: they have an end of their own.
        let own = |series: &Series| Some(TimeRange::last(window.period().duration(), series.known_until()?));
        let invocations = minutes(Metric::Invocations);
        let counted_in = Period::of_counts_over(since);
        let over_since = set.get(Metric::Invocations, Statistic::Sum, counted_in);
        let duration_period = newest_period(set, window.period());
        let duration = |statistic: Statistic| {
            set.get(Metric::Duration, statistic, window.period())?.at(duration_period?.start)
        };
        Self {
            range,
            invocations: sum(Metric::Invocations),
            errors: sum(Metric::Errors),
            throttles: sum(Metric::Throttles),
            concurrent: minutes(Metric::ConcurrentExecutions).and_then(|series| {
                let range = own(series)?;
                series.maximum(range).or_else(|| series.knows(range).then_some(0.0))
            }),
            duration_period,
            p50: duration(Statistic::P50),
            p95: duration(Statistic::P95),
            p99: duration(Statistic::P99),
            average: duration(Statistic::Average),
            maximum: duration(Statistic::Maximum),
            iterator_age: minutes(Metric::IteratorAge).and_then(|series| series.maximum(own(series)?)),
            since_invocations: over_since.and_then(|series| {
                let end = series.known_until()?;
                series.sum(TimeRange::new((end + UNFINISHED - since).floor(counted_in), end))
            }),
            last_active: [invocations, over_since].into_iter().flatten().filter_map(newest_active).max(),
            idle_from: [invocations, over_since].into_iter().flatten().filter_map(Series::known_from).min(),
            answered: COUNTS.into_iter().filter_map(|metric| minutes(metric)?.answered()).min(),
        }
    }
}

/// The start of the newest settled bucket in which anything ran.
fn newest_active(series: &Series) -> Option<Timestamp> {
    let end = series.known_until()?;
    series.points().iter().rev().find(|point| point.at < end && point.value > 0.0).map(|point| point.at)
}

/// The counts that a row is made of: they come in one answer, and the oldest of them dates the row.
pub(super) const COUNTS: [Metric; 3] = [Metric::Invocations, Metric::Errors, Metric::Throttles];

/// The stretch of the window's length that invocations, errors and throttles all know, moved back by `minutes`.
pub(super) fn count_range(set: &SeriesSet, window: Window, minutes: u32) -> Option<TimeRange> {
    let end = COUNTS
        .into_iter()
        .filter_map(|metric| set.get(metric, metric.statistic(), Period::MINUTE)?.known_until())
        .min()?;
    let end = end - Period::MINUTE.duration() * minutes;
    Some(TimeRange::last(window.period().duration(), end))
}

/// Minutes that a running period must have settled before its percentiles are read instead of the last one's.
const ENOUGH: Duration = Duration::from_mins(5);

/// The CloudWatch period that durations are read from, since percentiles are never put together (M8): the
/// newest that ended in settled time, or the running one once five of its minutes are settled.
fn newest_period(set: &SeriesSet, period: Period) -> Option<TimeRange> {
    let end = DURATIONS
        .into_iter()
        .filter_map(|statistic| set.get(Metric::Duration, statistic, period)?.known_until())
        .min()?;
    let running = end.floor(period);
    let start = if end.since(running) >= ENOUGH { running } else { running - period.duration() };
    Some(TimeRange::new(start, start + period.duration()))
}

/// The statistics of duration that a row may show.
const DURATIONS: [Statistic; 5] =
    [Statistic::P50, Statistic::P95, Statistic::P99, Statistic::Average, Statistic::Maximum];

impl Trend {
    /// The sum of several metrics (or one) over the last `since`, bucket by bucket; buckets longer than a minute are
    /// put together from minutes.
    pub(super) fn of(
        set: Option<&SeriesSet>,
        metrics: &[(Metric, Statistic)],
        since: Duration,
        now: Timestamp,
    ) -> Self {
        let (period, fetched) = (chart_period(since), Period::of_counts_over(since));
        let range = TimeRange::last(since, now).aligned(period);
        let mut parts = metrics.iter().map(|(metric, statistic)| {
            let series = set.and_then(|set| set.get(*metric, *statistic, fetched));
            let mut list = buckets(series, *statistic, period, range, now);
            if period != fetched {
                // Some minutes of a bucket are not the bucket.
                let known = |at| {
                    series.is_some_and(|series| series.knows(TimeRange::new(at, at + period.duration())))
                };
                list.iter_mut()
                    .filter(|bucket| !bucket.unfinished && !known(bucket.at))
                    .for_each(|bucket| bucket.value = None);
            }
            list
        });
        let mut sums = parts.next().unwrap_or_default();
        for part in parts {
            for (sum, bucket) in sums.iter_mut().zip(part) {
                sum.unfinished |= bucket.unfinished;
                sum.value = match (sum.value, bucket.value) {
                    (Some(one), Some(two)) => Some(one + two),
                    (one, two) if sum.unfinished => one.or(two),
                    // The sum of something known and something unknown is unknown.
                    _ => None,
                };
            }
        }
        Self { period, buckets: sums }
    }
}

/// The buckets of one series over `range`, which is aligned to `period`; shorter points are put together. A bucket
/// without a point is a zero where a count is known to be complete, and unknown elsewhere (M5).
pub(super) fn buckets(
    series: Option<&Series>,
    statistic: Statistic,
    period: Period,
    range: TimeRange,
    now: Timestamp,
) -> Vec<Bucket> {
    let counts = matches!(statistic, Statistic::Sum | Statistic::SampleCount);
    let settled = settled_until(now);
    let fetched = series.and_then(Series::known_until).unwrap_or(settled);
    let mut points = series.map_or(&[][..], |series| series.within(range)).iter().peekable();
    let mut list = Vec::new();
    let mut at = range.start;
    while at < range.end && list.len() < MAX_BUCKETS {
        let end = at + period.duration();
        let mut value = None;
        while let Some(point) = points.next_if(|point| point.at < end) {
            value = Some(value.map_or(point.value, |value| together(statistic, value, point.value)));
        }
        let unfinished = end > settled || (value.is_some() && end > fetched);
        if value.is_none() && counts && series.is_some_and(|series| series.knows(TimeRange::new(at, end))) {
            value = Some(0.0);
        }
        list.push(Bucket { at, value, unfinished });
        at = end;
    }
    list
}

/// Two points of one bucket as one. Averages and percentiles cannot be put together (M8): the later one stands, and
/// nobody asks for them in buckets of another length than their own.
fn together(statistic: Statistic, one: f64, two: f64) -> f64 {
    match statistic {
        Statistic::Sum | Statistic::SampleCount => one + two,
        Statistic::Maximum => one.max(two),
        Statistic::Minimum => one.min(two),
        _ => two,
    }
}

/// Buckets of one sparkline or chart; what asks for more is cut.
const MAX_BUCKETS: usize = 1024;

/// One bucket of a sparkline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Its start.
    pub at: Timestamp,
    /// Its number: `None` where nothing is known, `Some(0.0)` for a settled idle bucket.
    pub value: Option<f64>,
    /// CloudWatch may still revise it: drawn right of `┊`.
    pub unfinished: bool,
}

/// A sparkline's buckets, oldest first, without holes in time.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Length of a bucket.
    pub period: Period,
    /// The buckets.
    pub buckets: Vec<Bucket>,
}

impl Default for Trend {
    fn default() -> Self {
        Self { period: Period::MINUTE, buckets: Vec::new() }
    }
}

/// The bucket length for a stretch of `length`, so that a chart has at most 720 points: 60 s up to 3 h, 300 s
/// up to 1 d, 3,600 s beyond.
#[must_use]
pub const fn chart_period(length: Duration) -> Period {
    match length.as_secs() {
        0..=10_800 => Period::MINUTE,
        10_801..=86_400 => Period::FIVE_MINUTES,
        _ => Period::HOUR,
    }
}
