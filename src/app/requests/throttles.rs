//! Requests that Lambda refused: CloudWatch counts them, only traces tell of each.
//!
//! X-Ray is asked for them while CloudWatch counts any of the functions on screen, since it bills what it looks through.

use std::time::Duration;

use crate::app::{App, Screen};
use crate::model::{
    FunctionKey, Metric, Period, Statistic, Subject, TimeRange, Timestamp, TraceId, TraceListWant,
    TraceMissing,
};
use crate::query::TraceQuery;
use crate::store::Series;
use crate::store::traces::TraceState;

/// How far back X-Ray is asked at most: it bills every trace of that time, throttled or not.
const LONGEST: Duration = Duration::from_hours(1);
/// Traces that are fetched in all, so that no storm fills the memory, and the bill, with them.
const MOST_LISTED: usize = 1_000;
/// Traces that are fetched at once.
const MOST_TRACES: usize = 20;

impl App {
    /// How many requests of the functions on screen Lambda refused in each minute of the window, by CloudWatch; `None`
    /// where that is nothing or not known.
    #[must_use]
    pub fn requests_throttled(&self) -> Option<f64> {
        let functions = self.requests.sources.functions();
        let rates = functions.filter_map(|function| self.store.throttled_per_minute(function, self.window));
        Some(rates.sum()).filter(|rate| *rate > 0.0)
    }

    /// The list of traces in which functions on screen were throttled, if CloudWatch counts any in the range.
    pub(in crate::app) fn throttles_want(&self) -> Option<TraceListWant> {
        if *self.screen() != Screen::Requests {
            return None;
        }
        let range = self.throttles_range();
        let throttled =
            self.requests.sources.functions().filter(|function| self.was_throttled(function, range));
        let names: Vec<&str> = throttled.map(|function| &*function.name).collect();
        (!names.is_empty()).then(|| TraceListWant {
            since: range.start,
            until: None,
            expression: TraceQuery::throttled(&names).expression().text.into(),
        })
    }

    /// Traces of that list whose segments have not all come, the newest first.
    pub(in crate::app) fn throttled_traces(&self, want: &TraceListWant) -> Vec<TraceId> {
        let traces = self.store.traces();
        if *traces.expression() != want.expression {
            return Vec::new();
        }
        // One that is not there will not come.
        let done = |id: TraceId| match traces.trace(id).map(|held| &held.state) {
            Some(TraceState::Known { tree, .. }) => tree.is_complete(),
            Some(TraceState::Missing(why)) => {
                !matches!(why, TraceMissing::Unprocessed | TraceMissing::Failed(_))
            }
            None => false,
        };
        let listed =
            traces.summaries().rev().filter(|summary| summary.throttle && want.since <= summary.start);
        let newest = listed.map(|summary| summary.id).take(MOST_LISTED);
        newest.filter(|id| !done(*id)).take(MOST_TRACES).collect()
    }

    fn was_throttled(&self, function: &FunctionKey, range: TimeRange) -> bool {
        let set = self.store.series_of(&Subject::Function(function.clone()));
        let series = set.and_then(|set| set.get(Metric::Throttles, Statistic::Sum, Period::MINUTE));
        series
            .map(|series: &Series| series.within(range))
            .unwrap_or_default()
            .iter()
            .any(|point| point.value > 0.0)
    }

    /// The range of the requests, or the last hour of it; it begins anew each minute, and so does what is asked.
    fn throttles_range(&self) -> TimeRange {
        let end: Timestamp = self.now.floor(Period::MINUTE) + Period::MINUTE.duration();
        TimeRange::last(self.range.length().min(LONGEST), end)
    }
}
