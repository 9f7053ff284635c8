//! The numbers of the whole account: CloudWatch's series without dimensions.

use std::time::Duration;

use crate::model::{FunctionKey, Metric, Period, Scope, Statistic, Subject, TimeRange, Timestamp, Window};

use super::figures::COUNTS;
use super::{Store, Trend};

/// The strip above the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// The settled minutes that the numbers cover.
    pub range: Option<TimeRange>,
    /// Invocations per minute.
    pub invocations: Option<f64>,
    /// Errors per minute.
    pub errors: Option<f64>,
    /// Per cent of invocations that failed; `None` for 0 of 0.
    pub error_rate: Option<f64>,
    /// Throttled requests per minute.
    pub throttles: Option<f64>,
    /// Most instances at work at once.
    pub concurrent: Option<f64>,
    /// How many the account may have.
    pub concurrency_limit: Option<u32>,
    /// The function with the most invocations and its p95.
    pub busiest: Option<Busiest>,
    /// Invocations over `--since`.
    pub invocations_trend: Trend,
    /// Errors over `--since`.
    pub errors_trend: Trend,
    /// Throttles over `--since`.
    pub throttles_trend: Trend,
    /// Concurrent executions over `--since`.
    pub concurrent_trend: Trend,
}

/// The function with the most invocations.
#[derive(Clone, Debug, PartialEq)]
pub struct Busiest {
    /// Which.
    pub key: FunctionKey,
    /// 95th percentile of its duration over the window, ms.
    pub p95: Option<f64>,
}

impl Totals {
    pub(super) fn of(
        store: &Store,
        scope: &Scope,
        window: Window,
        since: Duration,
        now: Timestamp,
        busiest: Option<Busiest>,
    ) -> Self {
        let subject = Subject::Account(scope.clone());
        let set = store.series_of(&subject);
        let minutes = |metric: Metric| set?.get(metric, metric.statistic(), Period::MINUTE);
        let end = COUNTS.iter().filter_map(|metric| minutes(*metric)?.known_until()).min();
        let range = end.map(|end| TimeRange::last(window.period().duration(), end));
        let per_minute = |metric: Metric| Some(minutes(metric)?.sum(range?)? / f64::from(window.minutes()));
        let trend =
            |metric: Metric, statistic: Statistic| store.trend(&subject, &[(metric, statistic)], since, now);
        let (invocations, errors) = (per_minute(Metric::Invocations), per_minute(Metric::Errors));
        let error_rate = match (errors, invocations) {
            (Some(errors), Some(invocations)) if invocations > 0.0 => {
                Some((errors / invocations * 100.0).min(100.0))
            }
            _ => None,
        };
        Self {
            range,
            invocations,
            errors,
            error_rate,
            throttles: per_minute(Metric::Throttles),
            concurrent: range.and_then(|range| minutes(Metric::ConcurrentExecutions)?.maximum(range)),
            concurrency_limit: store.limits(scope).concurrency,
            busiest,
            invocations_trend: trend(Metric::Invocations, Statistic::Sum),
            errors_trend: trend(Metric::Errors, Statistic::Sum),
            throttles_trend: trend(Metric::Throttles, Statistic::Sum),
            concurrent_trend: trend(Metric::ConcurrentExecutions, Statistic::Maximum),
        }
    }
}
