//! Requests that have something in common: an error, a version, an execution environment.

use std::collections::HashMap;
use std::sync::Arc;

use super::words::error_kind;
use crate::model::{FunctionKey, Invocation, InvocationKey, Outcome, TimeRange, Timestamp};

/// By what rows are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Each request by itself.
    #[default]
    None,
    /// By error: what numbers, ids, paths and quotes do not tell apart.
    Error,
    /// By the version that ran.
    Version,
    /// By execution environment, each on a lane of its own.
    Environment,
}

impl Grouping {
    /// The next one; after the last comes the first.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::None => Self::Error,
            Self::Error => Self::Version,
            Self::Version => Self::Environment,
            Self::Environment => Self::None,
        }
    }

    /// In a word.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Error => "error",
            Self::Version => "version",
            Self::Environment => "environment",
        }
    }
}

/// What the requests of a group have in common. Every text in it is raw.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupId {
    /// An error, as all of them say it.
    Error(Arc<str>),
    /// A function and its version; `None` where no line said it.
    Version(Arc<FunctionKey>, Option<Arc<str>>),
    /// The log stream.
    Environment(Arc<str>),
}

impl GroupId {
    /// The group of an invocation, if it belongs to any.
    #[must_use]
    pub fn of(grouping: Grouping, invocation: &Invocation) -> Option<Self> {
        match grouping {
            Grouping::None => None,
            Grouping::Error => error_kind(invocation).map(Self::Error),
            // What was refused ran in no version and in no environment.
            Grouping::Version | Grouping::Environment if invocation.outcome == Outcome::Throttled => None,
            Grouping::Version => {
                Some(Self::Version(Arc::clone(&invocation.function), invocation.version.clone()))
            }
            Grouping::Environment => Some(Self::Environment(Arc::clone(&invocation.stream.name))),
        }
    }

    /// Whether an invocation belongs to it.
    #[must_use]
    pub fn holds(&self, invocation: &Invocation) -> bool {
        match self {
            Self::Error(error) => error_kind(invocation).is_some_and(|own| own == *error),
            Self::Version(function, version) => {
                invocation.function == *function && invocation.version == *version
            }
            Self::Environment(stream) => invocation.stream.name == *stream,
        }
    }
}

/// What stands in a column of a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LaneCell {
    /// Requests that began then.
    pub requests: u32,
    /// Those that failed.
    pub failed: u32,
    /// Whether one of them was a cold start.
    pub cold: bool,
    /// The most memory that was used so far, in MB; 0 where nothing tells.
    pub memory_mb: f64,
}

/// Requests that have something in common.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestGroup {
    /// What that is.
    pub id: GroupId,
    /// Whose they are; the newest one's.
    pub function: Arc<FunctionKey>,
    /// How many there are.
    pub count: usize,
    /// How many of them failed.
    pub failed: usize,
    /// How many waited for a new environment.
    pub cold: usize,
    /// When the first one began.
    pub first: Timestamp,
    /// When the last one began.
    pub last: Timestamp,
    /// The last one.
    pub newest: InvocationKey,
    /// How the last one ended.
    pub outcome: Outcome,
    /// Half of them were as fast, in ms.
    pub p50: Option<f64>,
    /// All but one of a hundred were as fast, in ms.
    pub p99: Option<f64>,
    /// How long the last cold start took, in ms.
    pub init_ms: Option<f64>,
    /// The memory that was used at first and at last, in MB.
    pub memory_mb: Option<(f64, f64)>,
    /// Configured memory, in MB.
    pub size_mb: Option<f64>,
    /// What happened when; only of environments.
    pub lane: Vec<LaneCell>,
}

/// Puts invocations together.
#[derive(Debug)]
pub(super) struct Gathering {
    grouping: Grouping,
    range: TimeRange,
    /// Columns of a lane.
    columns: usize,
    groups: HashMap<GroupId, (RequestGroup, Vec<f64>)>,
}

impl Gathering {
    /// Nothing yet; lanes over `range` will have so many columns.
    pub(super) fn new(grouping: Grouping, range: TimeRange, columns: usize) -> Self {
        Self { grouping, range, columns, groups: HashMap::new() }
    }

    /// Takes in an invocation; they come in the order of their start.
    pub(super) fn take(&mut self, invocation: &Invocation) {
        let Some(id) = GroupId::of(self.grouping, invocation) else { return };
        let lanes = self.grouping == Grouping::Environment;
        let columns = if lanes { self.columns } else { 0 };
        let (group, durations) = self.groups.entry(id).or_insert_with_key(|id| {
            let group = RequestGroup {
                id: id.clone(),
                function: Arc::clone(&invocation.function),
                count: 0,
                failed: 0,
                cold: 0,
                first: invocation.start,
                last: invocation.start,
                newest: invocation.key,
                outcome: invocation.outcome,
                p50: None,
                p99: None,
                init_ms: None,
                memory_mb: None,
                size_mb: None,
                lane: vec![LaneCell::default(); columns],
            };
            (group, Vec::new())
        });
        let failed = invocation.outcome.is_failure();
        group.count += 1;
        group.failed += usize::from(failed);
        group.cold += usize::from(invocation.cold);
        group.function = Arc::clone(&invocation.function);
        (group.last, group.newest, group.outcome) = (invocation.start, invocation.key, invocation.outcome);
        group.init_ms = invocation.init_ms.or(invocation.restore_ms).or(group.init_ms);
        group.size_mb = invocation.memory_mb.or(group.size_mb);
        if let Some(memory) = invocation.max_memory_mb {
            group.memory_mb = Some((group.memory_mb.map_or(memory, |(first, _)| first), memory));
        }
        if self.grouping == Grouping::Version {
            durations.extend(invocation.duration_ms.filter(|ms| ms.is_finite()));
        }
        if lanes && !self.range.length().is_zero() {
            let passed = invocation.start.since(self.range.start).as_millis();
            let column = passed * columns as u128 / self.range.length().as_millis();
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            if let Some(cell) = group.lane.get_mut(column) {
                cell.requests += 1;
                cell.failed += u32::from(failed);
                cell.cold |= invocation.cold;
                cell.memory_mb = invocation.max_memory_mb.unwrap_or(cell.memory_mb).max(cell.memory_mb);
            }
        }
    }

    /// The groups: errors by their number, versions and environments by their age, the newest first.
    pub(super) fn groups(self) -> Vec<RequestGroup> {
        let mut groups: Vec<RequestGroup> = self
            .groups
            .into_values()
            .map(|(mut group, mut durations)| {
                group.p50 = quantile(&mut durations, 0.5);
                group.p99 = quantile(&mut durations, 0.99);
                group
            })
            .collect();
        let by_number = self.grouping == Grouping::Error;
        groups.sort_by(|one, two| {
            let number = if by_number { two.count.cmp(&one.count) } else { std::cmp::Ordering::Equal };
            number.then_with(|| two.first.cmp(&one.first)).then_with(|| one.id.cmp(&two.id))
        });
        groups
    }
}

/// The least of `values` that at least this share of them does not exceed.
fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    let rank = (values.len() as f64 * share).ceil() as usize;
    let at = rank.checked_sub(1).filter(|at| *at < values.len())?;
    Some(*values.select_nth_unstable_by(at, f64::total_cmp).1)
}
