//! What has been seen of the account, bounded: the fleet, its numbers, its limits and how the feeds are doing.
//!
//! One way in, [`Store::ingest`]; everything else reads. Nothing here reads a clock: what depends on the
//! time is handed the time.

mod feeds;
mod figures;
mod fleet;
pub mod invocations;
pub mod lines;
mod series;
pub mod timeline;
mod totals;
pub mod traces;
mod trouble;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::model::{
    Event, Feed, FleetOrigin, FunctionKey, GroupKey, Identity, Metric, Scope, SeriesKey, Spend, Statistic,
    Subject, TimeRange, Timestamp, TraceId, Window,
};

pub use feeds::{Failing, FeedState};
pub use figures::{Bucket, Figures, Trend, chart_period};
pub use fleet::{FunctionRecord, Limits};
pub use series::{Series, SeriesSet, newest_settled_minute, settled_until};
pub use totals::{Busiest, Totals};
pub use trouble::{Cause, Severity, Trouble};

use fleet::Fleet;
use invocations::Invocations;
use lines::{Lines, Piece};
use traces::{HeldTrace, Throttled, Traces};

/// Subjects whose series are held: far beyond any account, so that hostile names cannot fill the memory.
const MAX_SUBJECTS: usize = 200_000;

/// Everything that has been seen and is still held.
#[derive(Clone, Debug, Default)]
pub struct Store {
    fleet: Fleet,
    series: HashMap<Subject, SeriesSet>,
    limits: HashMap<Scope, Limits>,
    feeds: BTreeMap<(Scope, Feed), FeedState>,
    spend: BTreeMap<Scope, Spend>,
    identity: Option<Identity>,
    origin: Option<FleetOrigin>,
    fleet_complete: bool,
    lines: Lines,
    invocations: Invocations,
    traces: Traces,
}

/// What a fact changed, so that only that is looked at again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Functions came or went, or what a filter may ask of them changed.
    pub fleet: bool,
    /// Functions of which anything changed: numbers, configuration, details.
    pub functions: Vec<FunctionKey>,
    /// The account's numbers or limits changed.
    pub totals: bool,
    /// How a feed is doing, who is looking, or what was spent.
    pub status: bool,
    /// Log lines that are new, for whoever filters or joins them as they come.
    pub lines: Vec<Piece>,
}

impl Store {
    /// Takes in one fact that arrived at `at`, and tells what it changed.
    pub fn ingest(&mut self, at: Timestamp, event: Event) -> Changes {
        let mut changes = Changes::default();
        match event {
            Event::Identity(identity) => {
                let unnamed = Scope::unnamed(&identity.scope.region);
                if identity.scope != unnamed {
                    self.rename(&unnamed, &identity.scope);
                    changes.fleet = true;
                }
                self.identity = Some(identity);
                changes.status = true;
            }
            Event::Functions(list) => {
                self.origin = Some(list.origin.clone());
                self.fleet_complete |= list.complete;
                for function in &list.functions {
                    self.invocations.set_quiet(&function.key, function.is_quiet());
                }
                let (gone, news) = self.fleet.take(at, list);
                for key in gone {
                    self.series.remove(&Subject::Function(key));
                }
                changes.functions = news;
                changes.fleet = true;
            }
            Event::Account { scope, concurrency_limit, unreserved_limit } => {
                self.limits
                    .insert(scope, Limits { concurrency: concurrency_limit, unreserved: unreserved_limit });
                changes.totals = true;
            }
            Event::Detail { key, detail } => {
                if let Some(record) = self.fleet.functions.get_mut(&key) {
                    changes.fleet = record.detail.tags != detail.tags;
                    record.detail = detail;
                    changes.functions.push(key);
                }
            }
            Event::Series { at, pages } => {
                for page in pages {
                    changes.touch(&page.key.subject);
                    if let Some(set) = self.set_mut(&page.key.subject) {
                        set.take(at, page);
                    }
                }
            }
            Event::SeriesFailed { keys, failure } => {
                for key in keys {
                    changes.touch(&key.subject);
                    if let Some(set) = self.set_mut(&key.subject) {
                        set.fail((key.metric, key.statistic, key.period), failure.clone());
                    }
                }
            }
            Event::RecentlyActive { scope, names } => {
                changes.functions = self.fleet.recently_active(scope, names);
            }
            Event::MetricsOf { key, metrics } => {
                if let Some(record) = self.fleet.functions.get_mut(&key) {
                    record.metrics = Some(metrics.into());
                    changes.functions.push(key);
                }
            }
            Event::Feed { scope, feed, at, report } => {
                self.feeds.entry((scope, feed)).or_default().take(at, report);
                changes.status = true;
            }
            Event::Spend { scope, spend } => {
                self.spend.insert(scope, spend);
                changes.status = true;
            }
            Event::Logs(page) => {
                self.invocations.take(&page);
                changes.lines = self.lines.ingest(page);
            }
            Event::TraceBackend { backend, .. } => self.traces.backend_is(backend),
            Event::TraceList(list) => self.traces.list(list),
            Event::Traces(answer) => {
                let (scope, found): (_, Vec<_>) =
                    (answer.scope.clone(), answer.found.iter().map(|found| found.id).collect());
                self.traces.answer(answer);
                for id in found {
                    self.take_throttled(&scope, id);
                }
            }
            Event::ServiceMap(map) => self.traces.map_is(map),
            Event::Tail(report) => self.lines.report(report),
            Event::LogGap(gap) => self.lines.gap(gap),
            // Whoever wanted something keeps the list of wants.
            Event::LogSearch(_) | Event::Answered(_) => {}
        }
        // An answer names a function once for each of its series.
        changes.functions.sort_unstable();
        changes.functions.dedup();
        changes
    }

    /// Takes in what a trace tells of attempts that Lambda refused: their rows stand among those of the log.
    fn take_throttled(&mut self, scope: &Scope, id: TraceId) {
        let Some(tree) = self.traces.trace(id).and_then(HeldTrace::tree) else { return };
        for throttled in Throttled::of(tree, id, &scope.region) {
            let key = FunctionKey::new(scope, &throttled.function);
            let function = self.fleet.functions.get(&key);
            let group =
                function.map_or_else(|| GroupKey::by_default(&key), |record| GroupKey::of(&record.function));
            self.invocations.take_throttled(&key, &group, &throttled);
        }
    }

    fn set_mut(&mut self, subject: &Subject) -> Option<&mut SeriesSet> {
        if !self.series.contains_key(subject) {
            if self.series.len() >= MAX_SUBJECTS {
                return None;
            }
            self.series.insert(subject.clone(), SeriesSet::default());
        }
        self.series.get_mut(subject)
    }

    /// What was learnt before the account was known belongs to it.
    fn rename(&mut self, from: &Scope, to: &Scope) {
        for feed in Feed::ALL {
            if let Some(state) = self.feeds.remove(&(from.clone(), feed)) {
                self.feeds.entry((to.clone(), feed)).or_insert(state);
            }
        }
        if let Some(spend) = self.spend.remove(from) {
            self.spend.entry(to.clone()).or_insert(spend);
        }
        if let Some(limits) = self.limits.remove(from) {
            self.limits.entry(to.clone()).or_insert(limits);
        }
        let moved: Vec<_> = self.series.keys().filter(|subject| subject.scope() == from).cloned().collect();
        for subject in moved {
            if let Some(set) = self.series.remove(&subject) {
                let subject = match subject {
                    Subject::Account(_) => Subject::Account(to.clone()),
                    Subject::Function(key) => Subject::Function(FunctionKey { scope: to.clone(), ..key }),
                };
                self.series.entry(subject).or_insert(set);
            }
        }
        self.fleet.rename(from, to);
        self.lines.rename(from, to);
        self.invocations.rename(from, to);
    }

    /// Who is looking, as soon as it is known.
    #[must_use]
    pub const fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Which API named the functions; `None` before the first answer.
    #[must_use]
    pub const fn origin(&self) -> Option<&FleetOrigin> {
        self.origin.as_ref()
    }

    /// Whether a whole list of functions has been seen.
    #[must_use]
    pub const fn fleet_complete(&self) -> bool {
        self.fleet_complete
    }

    /// All functions, by scope and name.
    #[must_use]
    pub fn functions(&self) -> impl ExactSizeIterator<Item = &FunctionRecord> {
        self.fleet.functions.values()
    }

    /// One function.
    #[must_use]
    pub fn function(&self, key: &FunctionKey) -> Option<&FunctionRecord> {
        self.fleet.functions.get(key)
    }

    /// The log lines that are held.
    #[must_use]
    pub const fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The log lines that are held, to set their bound and to do their chores.
    pub const fn lines_mut(&mut self) -> &mut Lines {
        &mut self.lines
    }

    /// The invocations that are held.
    #[must_use]
    pub const fn invocations(&self) -> &Invocations {
        &self.invocations
    }

    /// What is held of traces.
    #[must_use]
    pub const fn traces(&self) -> &Traces {
        &self.traces
    }

    /// Limits of an account in a region.
    #[must_use]
    pub fn limits(&self, scope: &Scope) -> Limits {
        self.limits.get(scope).copied().unwrap_or_default()
    }

    /// The region that is asked, also before anybody knows of which account.
    #[must_use]
    pub fn asked_region(&self) -> Option<&str> {
        self.feeds.keys().map(|(scope, _)| scope.region.as_ref()).find(|region| *region != "?")
    }

    /// How a feed is doing where we look; before that is known, in all scopes that were tried as one: any failure and
    /// the oldest answer count.
    #[must_use]
    pub fn feed(&self, feed: Feed) -> FeedState {
        if let Some(identity) = &self.identity
            && let Some(state) = self.feeds.get(&(identity.scope.clone(), feed))
        {
            return state.clone();
        }
        let mut states = self.feeds.iter().filter(|((_, of), _)| *of == feed).map(|(_, state)| state);
        let first = states.next().cloned().unwrap_or_default();
        states.fold(first, FeedState::merged)
    }

    /// What has been spent in all scopes together.
    #[must_use]
    pub fn spend(&self) -> Spend {
        self.spend.values().fold(Spend::default(), |sum, spend| Spend {
            live_minutes: sum.live_minutes + spend.live_minutes,
            scanned: sum.scanned + spend.scanned,
            traces: sum.traces + spend.traces,
            metrics: sum.metrics + spend.metrics,
            dollars: sum.dollars + spend.dollars,
            per_hour: sum.per_hour + spend.per_hour,
            slowed_by_cap: sum.slowed_by_cap.or(spend.slowed_by_cap),
        })
    }

    /// All series of one subject.
    #[must_use]
    pub fn series_of(&self, subject: &Subject) -> Option<&SeriesSet> {
        self.series.get(subject)
    }

    /// One series, if anything is known of it.
    #[must_use]
    pub fn series(&self, key: &SeriesKey) -> Option<&Series> {
        self.series_of(&key.subject)?.get(key.metric, key.statistic, key.period)
    }

    /// One series over `range`, bucket by bucket, the unfinished ones marked as seen at `now`.
    #[must_use]
    pub fn buckets(&self, key: &SeriesKey, range: TimeRange, now: Timestamp) -> Vec<Bucket> {
        figures::buckets(self.series(key), key.statistic, key.period, range.aligned(key.period), now)
    }

    /// The sum of some metrics (or one of them) over the last `since`, bucket by bucket.
    #[must_use]
    pub fn trend(
        &self,
        subject: &Subject,
        metrics: &[(Metric, Statistic)],
        since: Duration,
        now: Timestamp,
    ) -> Trend {
        Trend::of(self.series_of(subject), metrics, since, now)
    }

    /// The numbers of one function over `window`, and its invocations over `since`.
    #[must_use]
    pub fn figures(&self, key: &FunctionKey, window: Window, since: Duration) -> Figures {
        let set = self.series.get(&Subject::Function(key.clone()));
        set.map(|set| Figures::of(set, window, since)).unwrap_or_default()
    }

    /// How many requests to a function Lambda refused in each minute of `window`, by CloudWatch.
    #[must_use]
    pub fn throttled_per_minute(&self, key: &FunctionKey, window: Window) -> Option<f64> {
        Figures::throttled_per_minute(self.series.get(&Subject::Function(key.clone()))?, window)
    }

    /// What is wrong with a function, and how badly, by its `figures` over `window`.
    #[must_use]
    pub fn trouble(&self, key: &FunctionKey, figures: &Figures, window: Window, now: Timestamp) -> Trouble {
        let Some(record) = self.function(key) else { return Trouble::default() };
        let set = self.series.get(&Subject::Function(key.clone()));
        let evidence = trouble::Evidence { record, figures, set, window, stale: self.is_stale(key, now) };
        Trouble::of(&evidence, now)
    }

    /// Whether what is known of a function is too old to stand without a mark.
    #[must_use]
    pub fn is_stale(&self, key: &FunctionKey, now: Timestamp) -> bool {
        let feed = self.feeds.get(&(key.scope.clone(), Feed::Metrics));
        let failing = feed.is_some_and(|feed| feed.failing.is_some());
        trouble::is_stale(self.series.get(&Subject::Function(key.clone())), failing, now)
    }

    /// The whole account's numbers over `window`; the busiest function is handed in by who knows all rows.
    #[must_use]
    pub fn totals(
        &self,
        scope: &Scope,
        window: Window,
        since: Duration,
        now: Timestamp,
        busiest: Option<Busiest>,
    ) -> Totals {
        Totals::of(self, scope, window, since, now, busiest)
    }

    /// The further metrics that exist for a function, beyond its five vital signs, in the order of their charts.
    #[must_use]
    pub fn further_metrics(&self, key: &FunctionKey) -> Vec<Metric> {
        const VITAL: [Metric; 5] = [
            Metric::Invocations,
            Metric::Errors,
            Metric::Duration,
            Metric::Throttles,
            Metric::ConcurrentExecutions,
        ];
        let told = self.function(key).and_then(|record| record.metrics.as_deref()).unwrap_or_default();
        Metric::ALL
            .iter()
            .copied()
            .filter(|metric| !VITAL.contains(metric) && told.contains(metric))
            .collect()
    }
}

impl Changes {
    fn touch(&mut self, subject: &Subject) {
        match subject {
            Subject::Account(_) => self.totals = true,
            Subject::Function(key) => self.functions.push(key.clone()),
        }
    }
}
