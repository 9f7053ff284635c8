//! The invocations of the chosen sources, kept in the order of the rows: of what has not changed nothing is asked again.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::model::{FunctionKey, GroupKey, Invocation, InvocationKey, Outcome, Timestamp};
use crate::query::Query;
use crate::store::invocations::Invocations;

use super::{GroupId, RequestColumn};
use crate::app::logs::LogSources;

/// What decides which invocations are kept, in which order, and what is noted of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Basis {
    pub(super) sources: LogSources,
    pub(super) filter: Query,
    pub(super) group: Option<GroupId>,
    pub(super) sort: RequestColumn,
    pub(super) reversed: bool,
}

/// What is noted of an invocation.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) key: InvocationKey,
    pub(super) start: Timestamp,
    pub(super) duration_ms: Option<f64>,
    /// X-Ray has taken it.
    pub(super) sampled: bool,
    /// Its caller got no answer, or an error.
    pub(super) failed: bool,
    /// It passes the filter and belongs to the group.
    pub(super) passes: bool,
    value: Value,
}

/// Those that are kept, in order: all of the sources that began late enough, whatever the filter.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    rows: Vec<Row>,
    basis: Basis,
    /// They began then or later.
    from: Timestamp,
    /// What the store had seen then.
    revision: u64,
}

impl Kept {
    /// In the order of the rows on screen.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Brings them up to date: those that began at `from` or later. Only what is new, has changed or has gone since the
    /// last time is touched, unless what they are chosen by is another.
    pub(super) fn update(&mut self, held: &Invocations, basis: &Basis, from: Timestamp) {
        let owners = Owners::new(&basis.sources);
        let owned = |invocation: &Invocation| from <= invocation.start && owners.has(invocation);
        let known = self.revision > 0
            && self.revision <= held.revision()
            && self.from <= from
            && self.basis == *basis;
        if known {
            let changed: Vec<Invocation> = held.changed_since(self.revision).collect();
            let mut keys: Vec<InvocationKey> = changed.iter().map(|invocation| invocation.key).collect();
            keys.sort_unstable();
            let any_left = held.left() > self.revision;
            if any_left || !keys.is_empty() || self.from != from {
                self.rows.retain(|row| {
                    from <= row.start
                        && keys.binary_search(&row.key).is_err()
                        && (!any_left || held.holds(row.key))
                });
            }
            self.rows.extend(changed.iter().filter(|one| owned(one)).map(|one| Row::new(one, basis)));
        } else {
            let all = held.since(from).rev().filter(owned);
            self.rows.clear();
            self.rows.extend(all.map(|invocation| Row::new(&invocation, basis)));
            self.basis = basis.clone();
        }
        // What was in order already is merged with what is new, not sorted again: the sort finds such runs.
        self.rows.sort_by(|one, two| one.compare(two, basis));
        (self.from, self.revision) = (from, held.revision());
    }
}

impl Row {
    fn new(invocation: &Invocation, basis: &Basis) -> Self {
        Self {
            key: invocation.key,
            start: invocation.start,
            duration_ms: invocation.duration_ms,
            sampled: invocation.sampled == Some(true),
            failed: invocation.outcome.is_failure(),
            passes: basis.filter.matches_request(invocation)
                && basis.group.as_ref().is_none_or(|group| group.holds(invocation)),
            value: Value::of(invocation, basis.sort),
        }
    }

    /// Of equals the newest stands first.
    fn compare(&self, other: &Self, basis: &Basis) -> Ordering {
        let newest = (other.start, other.key).cmp(&(self.start, self.key));
        if basis.sort == RequestColumn::Time {
            return if basis.reversed { newest.reverse() } else { newest };
        }
        self.value.compare(&other.value, basis.reversed).then(newest)
    }
}

/// Whose invocations are looked at.
struct Owners {
    functions: Vec<FunctionKey>,
    groups: Vec<GroupKey>,
}

impl Owners {
    fn new(sources: &LogSources) -> Self {
        let mut owners = Self { functions: Vec::new(), groups: Vec::new() };
        for source in &sources.list {
            match &source.function {
                Some(function) => owners.functions.push(function.clone()),
                None => owners.groups.push(source.group.clone()),
            }
        }
        owners
    }

    fn has(&self, invocation: &Invocation) -> bool {
        self.functions.iter().any(|function| *function == *invocation.function)
            || self.groups.iter().any(|group| *group == *invocation.group)
    }
}

/// What rows are sorted by; what is unknown stands last, also when the order is turned around.
#[derive(Clone, Debug)]
enum Value {
    Number(Option<f64>),
    Text(Option<Arc<str>>),
    Outcome(Outcome),
}

impl Value {
    fn of(invocation: &Invocation, column: RequestColumn) -> Self {
        match column {
            RequestColumn::Duration => Self::Number(invocation.duration_ms),
            RequestColumn::Init => Self::Number(invocation.init_ms.or(invocation.restore_ms)),
            RequestColumn::Memory => Self::Number(invocation.max_memory_mb),
            RequestColumn::Billed => {
                let cost = invocation.billed_ms.zip(invocation.memory_mb).map(|(ms, mb)| ms * mb);
                Self::Number(cost)
            }
            RequestColumn::Function => Self::Text(Some(Arc::clone(&invocation.function.name))),
            RequestColumn::Version => {
                let version = invocation.version.as_deref();
                // Versions are numbers, and the newest is the highest; the one without a number is newer than all.
                Self::Number(version.map(|version| version.parse().unwrap_or(f64::MAX)))
            }
            RequestColumn::Outcome => Self::Outcome(invocation.outcome),
            _ => Self::Number(None),
        }
    }

    fn compare(&self, other: &Self, reversed: bool) -> Ordering {
        let turned = |order: Ordering| if reversed { order.reverse() } else { order };
        match (self, other) {
            (Self::Number(Some(one)), Self::Number(Some(two))) => turned(two.total_cmp(one)),
            (Self::Text(Some(one)), Self::Text(Some(two))) => turned(one.cmp(two)),
            (Self::Outcome(one), Self::Outcome(two)) => turned(two.cmp(one)),
            (one, two) => one.is_unknown().cmp(&two.is_unknown()),
        }
    }

    const fn is_unknown(&self) -> bool {
        matches!(self, Self::Number(None) | Self::Text(None))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::app::logs::LogSource;
    use crate::model::{LineKind, LogPage, LogRow, LogStream, RequestFigures, RequestId, Scope};

    /// A line: seconds after the epoch, its request, its environment, and how it ended where it is a REPORT.
    type Line = (u64, u32, u32, Option<(u16, bool)>);

    fn function(stream: u32) -> FunctionKey {
        let name = if stream == 0 { "cart" } else { "payment" };
        FunctionKey::new(&Scope::new("123456789012", "eu-west-1"), name)
    }

    fn page(of: u32, lines: &[Line]) -> LogPage {
        let mut page = LogPage::new(GroupKey::by_default(&function(of)));
        for (at, request, stream, report) in lines {
            let name = format!("2026/03/01/[88]{stream:032x}");
            page.streams.push(LogStream { name: name.as_str().into(), function: None, version: None });
            let row = page.rows.len() as u32;
            if let Some((ms, timed_out)) = report {
                let figures = RequestFigures {
                    duration_ms: Some(f64::from(*ms)),
                    timed_out: *timed_out,
                    ..RequestFigures::default()
                };
                page.figures.push((row, figures));
            }
            let at = Timestamp::from_secs(1_772_366_400 + at.cast_signed());
            page.rows.push(LogRow {
                timestamp: at,
                ingested: at,
                id: u64::from(row),
                stream: row,
                text_end: 0,
                event_id_end: 0,
                level: None,
                kind: if report.is_some() { LineKind::Report } else { LineKind::Start },
                request: RequestId::parse(&format!("{request:08x}-0001-4000-8000-000000000000")),
                provisional: false,
                late: false,
            });
        }
        page
    }

    fn sources() -> LogSources {
        let key = function(1);
        LogSources::new([LogSource { group: GroupKey::by_default(&key), function: Some(key) }], 1)
    }

    fn line() -> impl Strategy<Value = Line> {
        (0_u64..600, 0_u32..60, 0_u32..3, prop::option::of((0_u16..4_000, any::<bool>())))
    }

    #[test]
    fn what_a_request_cost_is_its_billed_time_by_its_memory() {
        let mut page = page(1, &[(1, 1, 1, Some((100, false))), (2, 2, 2, Some((150, false)))]);
        for ((_, figures), (billed, memory)) in
            page.figures.iter_mut().zip([(100.0, 1024.0), (1_100.0, 64.0)])
        {
            (figures.billed_ms, figures.memory_mb) = (Some(billed), Some(memory));
        }
        let mut held = Invocations::default();
        held.take(&page);
        let basis = Basis { sources: sources(), sort: RequestColumn::Billed, ..Basis::default() };
        let mut kept = Kept::default();
        kept.update(&held, &basis, Timestamp::from_secs(1_772_366_400));
        let durations: Vec<Option<f64>> = kept.rows().iter().map(|row| row.duration_ms).collect();
        assert_eq!(durations, [Some(100.0), Some(150.0)], "the shorter one had more memory");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn rows_that_were_kept_are_those_that_are_made_anew(
            pages in prop::collection::vec((0_u32..4, prop::collection::vec(line(), 1..12), 0_u64..300), 1..12),
            filter in prop::sample::select(vec!["", "-timeout", "duration>1s"]),
            sort in prop::sample::select(vec![RequestColumn::Time, RequestColumn::Duration, RequestColumn::Outcome]),
            reversed: bool,
        ) {
            let filter = Query::parse(filter).expect("a filter");
            let basis = Basis { sources: sources(), filter, group: None, sort, reversed };
            let mut held = Invocations::default();
            held.set_limit(40);
            let mut kept = Kept::default();
            let mut from = Timestamp::from_secs(1_772_366_400);
            for (of, lines, later) in pages {
                held.take(&page(of.min(1), &lines));
                from = from.max(Timestamp::from_secs(1_772_366_400) + Duration::from_secs(later));
                kept.update(&held, &basis, from);
                let mut anew = Kept::default();
                anew.update(&held, &basis, from);
                prop_assert_eq!(format!("{:?}", kept.rows()), format!("{:?}", anew.rows()));
            }
        }
    }
}
