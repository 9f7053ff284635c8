//! The rows of the list of traces: which, in which order, and the cursor among them.

use std::cmp::Ordering;
use std::time::Duration;

use crate::model::{Timestamp, TraceId, TraceSummary};
use crate::query::TraceQuery;
use crate::store::Severity;
use crate::store::traces::Traces;

use super::TraceColumn;

/// Rows in another order than that of time are sorted again at most this often ...
const SORT_EVERY: Duration = Duration::from_secs(10);
/// ... and never so soon after a key.
const HANDS_OFF: Duration = Duration::from_secs(5);

/// The list of traces.
#[derive(Clone, Debug, Default)]
pub struct TraceRows {
    /// The traces that pass the filter, in the order of the screen; ids alone, since few of them are ever seen.
    pub ids: Vec<TraceId>,
    /// The trace under the cursor; `None` as long as nobody moved it: then it is the first row, whichever that is.
    pub cursor: Option<TraceId>,
    /// Index of the first row on screen.
    pub top: usize,
    /// What the rows are sorted by.
    pub sort: TraceColumn,
    /// Turned around against the column's natural order.
    pub reversed: bool,
    /// How many summaries are held from the range, whatever the filter.
    pub total: usize,
    made_of: Option<MadeOf>,
    sorted_at: Timestamp,
}

/// What rows are made of: as long as it is the same they are.
#[derive(Clone, Debug, PartialEq)]
struct MadeOf {
    revision: u64,
    filter: TraceQuery,
    answered: bool,
    since: Timestamp,
    sort: TraceColumn,
    reversed: bool,
}

/// What the rows are chosen by.
pub(in crate::app) struct Choice<'a> {
    pub(in crate::app) filter: &'a TraceQuery,
    /// Whether what is held is the answer to the filter's own expression.
    pub(in crate::app) answered: bool,
    pub(in crate::app) since: Timestamp,
    pub(in crate::app) now: Timestamp,
    pub(in crate::app) last_key: Option<Timestamp>,
}

impl TraceRows {
    /// Index of the row under the cursor.
    #[must_use]
    pub fn at(&self) -> Option<usize> {
        let placed = self.cursor.and_then(|id| self.ids.iter().position(|own| *own == id));
        placed.or_else(|| (!self.ids.is_empty()).then_some(0))
    }

    /// The trace under the cursor.
    #[must_use]
    pub fn current(&self) -> Option<TraceId> {
        self.at().map(|at| self.ids[at])
    }

    /// Puts the cursor on a row.
    pub(in crate::app) fn put(&mut self, row: usize) {
        self.cursor = self.ids.get(row.min(self.ids.len().saturating_sub(1))).copied();
    }

    /// Makes the rows anew if anything they are made of has changed; the row under the cursor keeps its line.
    pub(in crate::app) fn make(&mut self, traces: &Traces, choice: &Choice<'_>) {
        let made_of = MadeOf {
            revision: traces.revision(),
            filter: choice.filter.clone(),
            answered: choice.answered,
            since: choice.since,
            sort: self.sort,
            reversed: self.reversed,
        };
        let before = self.made_of.as_ref();
        if before == Some(&made_of) || self.waits(before, &made_of, choice) {
            return;
        }
        let line = self.at().map(|at| (at, at.saturating_sub(self.top)));
        let kept = |trace: &&TraceSummary| trace.start >= choice.since;
        let mut rows: Vec<&TraceSummary> = traces.summaries().rev().take_while(kept).collect();
        self.total = rows.len();
        rows.retain(|trace| choice.filter.matches(trace, choice.answered));
        let sort = self.sort;
        if sort != TraceColumn::Time {
            // Newest first among equals: the order in which they stand.
            rows.sort_by(|one, two| compared(sort, one, two, self.reversed));
        } else if self.reversed {
            rows.reverse();
        }
        self.ids = rows.into_iter().map(|trace| trace.id).collect();
        self.made_of = Some(made_of);
        self.sorted_at = choice.now;
        let (Some(id), Some((at, line))) = (self.cursor, line) else { return };
        match self.ids.iter().position(|own| *own == id) {
            Some(at) => self.top = at.saturating_sub(line),
            // The row is gone: the cursor stays on its line, on another one.
            None => self.put(at),
        }
    }

    /// Whether rows that only new traces would change wait, so that they do not jump about under someone's eyes. In the
    /// order of time nothing jumps.
    fn waits(&self, before: Option<&MadeOf>, made_of: &MadeOf, choice: &Choice<'_>) -> bool {
        let same = before.is_some_and(|before| {
            MadeOf { revision: before.revision, since: before.since, ..made_of.clone() } == *before
        });
        let hands_off = choice.last_key.is_some_and(|key| choice.now.since(key) < HANDS_OFF);
        same && self.sort != TraceColumn::Time
            && !self.ids.is_empty()
            && (hands_off || choice.now.since(self.sorted_at) < SORT_EVERY)
    }

    /// Scrolls so that the row under the cursor is among the `visible` ones.
    pub(in crate::app) fn keep_visible(&mut self, visible: usize) {
        if visible == 0 {
            return;
        }
        let at = self.at().unwrap_or(0);
        let top = self.top.clamp((at + 1).saturating_sub(visible), at);
        self.top = top.min(self.ids.len().saturating_sub(visible));
    }

    /// Sorts by the neighbour of the column that it is sorted by, among those `shown`.
    pub(in crate::app) fn sort_by_neighbour(&mut self, shown: &[TraceColumn], left: bool, around: bool) {
        // A column that the width no longer shows lies between those that it does.
        let at =
            shown.iter().position(|column| *column >= self.sort).unwrap_or(shown.len().saturating_sub(1));
        let next = if left { at.checked_sub(1) } else { Some(at + 1) };
        let first = if around { shown.first() } else { None };
        if let Some(column) = next.and_then(|next| shown.get(next)).or(first) {
            self.sort_by(*column);
        }
    }

    /// Sorts by a column, in its natural order, and shows what stands first then.
    pub(in crate::app) fn sort_by(&mut self, column: TraceColumn) {
        (self.sort, self.reversed) = (column, false);
        (self.cursor, self.top) = (None, 0);
    }

    /// Turns the order around, and shows what stands first then.
    pub(in crate::app) fn turn_around(&mut self) {
        self.reversed = !self.reversed;
        (self.cursor, self.top) = (None, 0);
    }
}

/// How a trace went, as bad as the worst thing in it.
#[must_use]
pub const fn trace_severity(trace: &TraceSummary) -> Severity {
    match trace {
        TraceSummary { fault: true, .. } => Severity::Error,
        TraceSummary { throttle: true, .. } => Severity::Throttle,
        TraceSummary { error: true, .. } => Severity::Warn,
        TraceSummary { partial: true, .. } => Severity::Unknown,
        _ => Severity::Ok,
    }
}

/// The order of two traces in a column; what is unknown stands last, also when the order is turned around.
fn compared(column: TraceColumn, one: &TraceSummary, two: &TraceSummary, reversed: bool) -> Ordering {
    let turned = |order: Ordering| if reversed { order.reverse() } else { order };
    let numbers = |one: Option<f64>, two: Option<f64>| match (one, two) {
        (Some(one), Some(two)) => turned(two.total_cmp(&one)),
        (one, two) => two.is_some().cmp(&one.is_some()),
    };
    match column {
        TraceColumn::Time => turned(two.start.cmp(&one.start)),
        TraceColumn::Outcome => turned(trace_severity(one).cmp(&trace_severity(two))),
        TraceColumn::Status => numbers(one.status.map(f64::from), two.status.map(f64::from)),
        TraceColumn::Duration | TraceColumn::Bar => numbers(one.duration_ms, two.duration_ms),
        TraceColumn::Response => numbers(one.response_ms, two.response_ms),
        TraceColumn::Entry | TraceColumn::Id => turned(entry(one).cmp(&entry(two))),
        TraceColumn::Services => turned(two.services.len().cmp(&one.services.len())),
    }
}

fn entry(trace: &TraceSummary) -> (Option<&str>, Option<&str>) {
    (trace.url.as_deref().or(trace.entry.as_ref().map(|entry| &*entry.name)), trace.method.as_deref())
}
