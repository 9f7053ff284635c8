//! What the charts of a function show: the five vital signs, then whatever else CloudWatch has for it.

use super::number;
use super::theme::Role;
use super::widgets::chart::{Curve, Limit, Stroke, highest};
use super::widgets::scale::Scale;
use crate::app::{App, ChartView};
use crate::model::{FunctionKey, Metric, SafeText, SeriesKey, Statistic, Subject, Timestamp, Unit};
use crate::safe;

/// One chart of one function over one stretch of time.
pub(super) struct Vital {
    pub(super) metric: Metric,
    pub(super) scale: Scale,
    pub(super) curves: Vec<Curve>,
    /// A word for each curve, where there are several.
    pub(super) names: &'static [&'static str],
    pub(super) limits: Vec<Limit>,
    /// The limits in words, those on the chart and those far above it: `40 reserved`.
    pub(super) limit_words: Vec<SafeText>,
}

const DURATIONS: [(Statistic, &str, Role, Stroke); 4] = [
    (Statistic::Maximum, "max", Role::Series6, Stroke::Dotted),
    (Statistic::P50, "p50", Role::Series1, Stroke::Solid),
    (Statistic::P95, "p95", Role::Series3, Stroke::Dashed),
    (Statistic::P99, "p99", Role::Series4, Stroke::Heavy),
];
const DURATION_NAMES: [&str; 4] = ["max", "p50", "p95", "p99"];

/// The five that every function has.
pub(super) const FIVE: [Metric; 5] =
    [Metric::Invocations, Metric::Errors, Metric::Duration, Metric::Throttles, Metric::ConcurrentExecutions];

/// The window of the charts on screen, as far as `key` is known: what was fetched unfinished stays unfinished
/// until it is fetched again, however late it is.
pub(super) fn view(app: &App, key: &FunctionKey) -> Option<ChartView> {
    let view = app.chart_view()?;
    let buckets = app.store().buckets(&counted(key, &view), view.range, app.now());
    let first =
        buckets.iter().find(|bucket| bucket.unfinished).map_or(view.settled_until, |bucket| bucket.at);
    let settled_until = first.min(view.settled_until);
    let crosshair = if view.crosshair_placed || settled_until <= view.range.start {
        view.crosshair
    } else {
        view.crosshair.min(settled_until - view.period.duration())
    };
    Some(ChartView { settled_until, crosshair, ..view })
}

/// The series that tells how far a function's numbers have come.
pub(super) fn counted(key: &FunctionKey, view: &ChartView) -> SeriesKey {
    SeriesKey {
        subject: Subject::Function(key.clone()),
        metric: Metric::Invocations,
        statistic: Statistic::Sum,
        period: view.period,
    }
}

/// Every chart of `key`, in order.
pub(super) fn metrics(app: &App, key: &FunctionKey) -> Vec<Metric> {
    FIVE.into_iter().chain(app.store().further_metrics(key)).collect()
}

impl Vital {
    /// What is known of `metric` in the buckets of `view`.
    pub(super) fn of(app: &App, key: &FunctionKey, metric: Metric, view: &ChartView) -> Self {
        let curve = |statistic: Statistic, role: Role, stroke: Stroke| {
            let series =
                SeriesKey { subject: Subject::Function(key.clone()), metric, statistic, period: view.period };
            // Sums are shown per minute, whatever the length of a bucket.
            let minutes = f64::from(view.period.seconds()) / 60.0;
            let divisor = if statistic == Statistic::Sum { minutes } else { 1.0 };
            let buckets = app.store().buckets(&series, view.range, app.now());
            let values =
                buckets.into_iter().map(|bucket| bucket.value.map(|value| value / divisor)).collect();
            Curve { values, role, stroke }
        };
        let role = match metric {
            Metric::Invocations => Role::Series1,
            Metric::Errors => Role::Error,
            Metric::Throttles => Role::Throttle,
            Metric::ConcurrentExecutions => Role::Series2,
            _ => Role::Series5,
        };
        let (curves, names): (Vec<_>, &[_]) = if metric == Metric::Duration {
            let curves = DURATIONS.map(|(statistic, _, role, stroke)| curve(statistic, role, stroke));
            (curves.into(), &DURATION_NAMES)
        } else {
            (vec![curve(metric.statistic(), role, Stroke::Area)], &[])
        };
        let known = limits(app, key, metric);
        let scale = Scale::new(metric.unit(), highest(&curves), known.first().map(|(value, ..)| *value));
        let limits = known.iter().map(|(value, role, _)| Limit { value: *value, role: *role });
        let limits = limits.filter(|limit| scale.shows(limit.value)).collect();
        let limit_words = known.into_iter().map(|(.., words)| words).collect();
        Self { metric, scale, curves, names, limits, limit_words }
    }

    /// What the numbers are called: `/min`, `ms`, `at most`, or nothing where the number carries its unit.
    pub(super) fn unit(&self) -> &'static str {
        match (self.metric.unit(), self.metric.statistic()) {
            (Unit::Count, Statistic::Sum) => "/min",
            (Unit::Count, _) => "at most",
            (Unit::Milliseconds, _) => "ms",
            (Unit::Percent | Unit::Ratio, _) => "%",
            (Unit::Bytes, _) => "B/min",
        }
    }

    /// A value of this chart as a table writes it, without its unit.
    pub(super) fn figure(&self, value: Option<f64>) -> number::Number {
        match (value, self.metric.unit()) {
            (None, _) => number::MISSING,
            (Some(value), Unit::Ratio) => number::share(value),
            (Some(value), Unit::Percent) => number::share(value / 100.0),
            (Some(value), Unit::Count) => number::fine(value),
            (Some(value), Unit::Milliseconds | Unit::Bytes) => number::count(value),
        }
    }

    /// The value of curve `index` in `bucket`.
    pub(super) fn value(&self, index: usize, bucket: Option<usize>) -> Option<f64> {
        self.curves.get(index)?.values.get(bucket?).copied().flatten().filter(|value| value.is_finite())
    }

    /// Whether any bucket holds anything.
    pub(super) fn has_data(&self) -> bool {
        highest(&self.curves).is_some()
    }
}

/// The limits of a metric, the one that matters most first.
fn limits(app: &App, key: &FunctionKey, metric: Metric) -> Vec<(f64, Role, SafeText)> {
    let Some(record) = app.store().function(key) else { return Vec::new() };
    let mut limits = Vec::new();
    match metric {
        Metric::Duration => {
            if let Some(timeout) = record.function.timeout_s {
                let value = f64::from(timeout) * 1000.0;
                limits.push((value, Role::Timeout, safe!("{} timeout", seconds(timeout))));
            }
        }
        Metric::ConcurrentExecutions => {
            let concurrency = record.detail.concurrency.value();
            if let Some(reserved) = concurrency.and_then(|concurrency| concurrency.reserved) {
                let value = f64::from(reserved);
                limits.push((value, Role::Throttle, safe!("{} reserved", number::count(value))));
            }
            let provisioned: u32 = concurrency.map_or(0, |concurrency| {
                concurrency.provisioned.iter().map(|of| of.available).fold(0, u32::saturating_add)
            });
            if provisioned > 0 {
                let value = f64::from(provisioned);
                limits.push((value, Role::Dim, safe!("{} provisioned", number::count(value))));
            }
            if let Some(account) = app.store().limits(&key.scope).concurrency {
                let value = f64::from(account);
                limits.push((value, Role::Dim, safe!("{} account", number::count(value))));
            }
        }
        _ => {}
    }
    limits
}

/// When a function was last changed within `view`, and the word for it: a deploy where its code was seen to
/// change, else only what `LastModified` says, which configuration changes too.
pub(super) fn change(app: &App, key: &FunctionKey, view: &ChartView) -> Option<(Timestamp, &'static str)> {
    let record = app.store().function(key)?;
    let deployed = record.deployed_at.map(|at| (at, "deployed"));
    let change = deployed.or_else(|| Some((record.function.last_modified?, "changed")));
    change.filter(|(at, _)| view.range.contains(*at))
}

/// A configured timeout: `6 s`, `15 min`.
pub(super) fn seconds(seconds: u32) -> SafeText {
    if seconds >= 120 && seconds.is_multiple_of(60) {
        safe!("{} min", seconds / 60)
    } else {
        safe!("{seconds} s")
    }
}
