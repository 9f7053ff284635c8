//! What has been seen of the account, bounded: the fleet, its numbers, its limits and how the feeds are doing.
//!
//! One way in, [`Store::ingest`]; everything else reads. Nothing here reads a clock: what depends on the
//! time is handed the time.

mod feeds;
mod figures;
mod fleet;
mod series;
mod totals;
mod trouble;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::model::{
    Event, Feed, FleetOrigin, FunctionKey, Identity, Metric, Period, Scope, SeriesKey, Spend, Statistic,
    Subject, TimeRange, Timestamp, Window,
};

pub use feeds::{Failing, FeedState};
pub use figures::{Bucket, Figures, Trend, chart_period};
pub use fleet::{FunctionRecord, Limits};
pub use series::{Series, SeriesSet, newest_settled_minute, settled_until};
pub use totals::{Busiest, Totals};
pub use trouble::{Cause, Severity, Trouble};

/// Everything that has been seen and is still held.
#[derive(Clone, Debug, Default)]
pub struct Store {
    functions: BTreeMap<FunctionKey, FunctionRecord>,
    series: HashMap<Subject, SeriesSet>,
    limits: HashMap<Scope, Limits>,
    feeds: BTreeMap<(Scope, Feed), FeedState>,
    spend: BTreeMap<Scope, Spend>,
    identity: Option<Identity>,
    origin: Option<FleetOrigin>,
    fleet_complete: bool,
    revision: u64,
    fleet_revision: u64,
}

impl Store {
    /// Takes in one fact that arrived at `at`.
    pub fn ingest(&mut self, at: Timestamp, event: Event) {
        let _ = (at, event);
        self.revision += 1;
    }

    /// Changes with every fact that was taken in.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Changes when a function came, went, or is configured or tagged differently.
    #[must_use]
    pub const fn fleet_revision(&self) -> u64 {
        self.fleet_revision
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
    pub fn functions(&self) -> impl ExactSizeIterator<Item = &FunctionRecord> {
        self.functions.values()
    }

    /// One function.
    #[must_use]
    pub fn function(&self, key: &FunctionKey) -> Option<&FunctionRecord> {
        self.functions.get(key)
    }

    /// Limits of an account in a region.
    #[must_use]
    pub fn limits(&self, scope: &Scope) -> Limits {
        self.limits.get(scope).copied().unwrap_or_default()
    }

    /// How a feed is doing. Several scopes are one answer: the worst failure and the oldest answer count.
    #[must_use]
    pub fn feed(&self, feed: Feed) -> FeedState {
        let _ = feed;
        FeedState::default()
    }

    /// What has been spent in all scopes together.
    #[must_use]
    pub fn spend(&self) -> Spend {
        Spend::default()
    }

    /// All series of one subject.
    #[must_use]
    pub fn series_of(&self, subject: &Subject) -> Option<&SeriesSet> {
        self.series.get(subject)
    }

    /// One series, if anything is known of it.
    #[must_use]
    pub fn series(&self, key: &SeriesKey) -> Option<&Series> {
        self.series.get(&key.subject)?.get(key.metric, key.statistic, key.period)
    }

    /// The numbers of one function over `window`, and its invocations over `since`.
    #[must_use]
    pub fn figures(&self, key: &FunctionKey, window: Window, since: std::time::Duration) -> Figures {
        let _ = (key, window, since);
        Figures::default()
    }

    /// One metric of a function over `range` in buckets of `period`, the unfinished ones marked as seen at `now`.
    #[must_use]
    pub fn trend(
        &self,
        key: &FunctionKey,
        metric: &[(Metric, Statistic)],
        since: std::time::Duration,
        now: Timestamp,
    ) -> Trend {
        let _ = (key, metric, since, now);
        Trend::default()
    }

    /// The whole account's numbers over `window`.
    #[must_use]
    pub fn totals(&self, window: Window, since: std::time::Duration, now: Timestamp) -> Totals {
        let _ = (window, since, now);
        Totals::default()
    }

    /// What is wrong with a function, and how badly.
    #[must_use]
    pub fn trouble(&self, key: &FunctionKey, window: Window, now: Timestamp) -> Trouble {
        let _ = (key, window, now);
        Trouble::default()
    }
}
