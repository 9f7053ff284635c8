//! The logs of the functions that a trace went through: read by themselves around its time, where they are not held.
//!
//! `FilterLogEvents` costs nothing and has a quota, so what is read is bounded: so many functions, each for the time
//! that the trace spent in it and a little more. Where that is long, only lines that name its requests are asked for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::app::{App, Screen};
use crate::model::{
    Failure, FailureKind, FunctionKey, LogSearch, RequestId, SearchBy, SearchReport, SearchState, TimeRange,
    Timestamp, TraceSummary, Want, WantId,
};
use crate::store::Store;
use crate::store::traces::Tree;

use super::{TimelineOf, TimelineScreen};

/// Functions whose logs are read for one trace at most.
const MOST_FUNCTIONS: usize = 8;
/// What is read before the first and behind the last that is known of a function: its init, what is logged behind
/// REPORT, and how far clocks differ.
const BEFORE: Duration = Duration::from_secs(2);
const BEHIND: Duration = Duration::from_secs(10);
/// Up to here all lines are read: busy functions write tens of thousands in a longer one.
const LONGEST_WHOLE: Duration = Duration::from_mins(1);
/// No invocation is longer.
const LONGEST: Duration = Duration::from_mins(15);
/// Lines may come so long after they were written; as long as a request has no REPORT it is read again.
const COMES: Duration = Duration::from_mins(1);
/// From one reading to the next.
const AGAIN: Duration = Duration::from_secs(10);
/// Readings that are remembered.
const REMEMBERED: usize = 64;

/// The log of a function that a trace went through.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WantedLog {
    name: Arc<str>,
    range: TimeRange,
    /// Its requests, where the segments name them.
    requests: Vec<RequestId>,
}

/// How far the logs of the functions of a trace are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogsAround {
    /// Functions that the trace went through.
    pub functions: usize,
    /// Those whose logs are read by themselves: the others are too many.
    pub wanted: usize,
    /// Those whose logs are being read.
    pub reading: usize,
    /// A function whose log cannot be read, and why. Raw text.
    pub failed: Option<(Arc<str>, Arc<str>)>,
    /// More lines may still come: it is read again.
    pub again: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Reading,
    /// A call failed and is tried again.
    Waits(Arc<str>),
    Read,
    Failed(Arc<str>),
}

#[derive(Clone, Debug, PartialEq)]
struct Read {
    id: WantId,
    key: FunctionKey,
    range: TimeRange,
    asked: Timestamp,
    state: State,
}

impl Read {
    const fn is_open(&self) -> bool {
        matches!(self.state, State::Reading | State::Waits(_))
    }
}

/// The readings that were begun, the latest last.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct ReadAround(VecDeque<Read>);

impl ReadAround {
    /// Takes in what a search says of itself; false if it is none of these.
    pub(in crate::app) fn take(&mut self, report: &SearchReport) -> bool {
        let Some(read) = self.0.iter_mut().find(|read| read.id == report.id) else { return false };
        match &report.state {
            SearchState::Estimated { .. } => {}
            SearchState::Running(progress) => {
                let waits = progress.waits_for.as_ref();
                read.state = waits.map_or(State::Reading, |why| State::Waits(why_not(why)));
            }
            SearchState::Finished(_) => read.state = State::Read,
            SearchState::Refused { why } => read.state = State::Failed(Arc::clone(why)),
            SearchState::Failed { failure } => read.state = State::Failed(why_not(failure)),
        }
        true
    }

    /// What failed is tried again as soon as it is wanted.
    pub(in crate::app) fn forget_failures(&mut self) {
        self.0.retain(|read| !matches!(read.state, State::Failed(_)));
    }

    fn of(&self, key: &FunctionKey, range: TimeRange) -> Option<&Read> {
        let around = |read: &&Read| read.range.start <= range.start && read.range.end >= range.end;
        self.0.iter().rev().filter(|read| read.key == *key).find(around)
    }
}

impl TimelineScreen {
    /// The logs that go with the trace, by its segments, or else by what the list says of it.
    pub(super) fn logs_of(tree: Option<&Tree>, summary: Option<&TraceSummary>) -> Vec<WantedLog> {
        let mut wanted: Vec<WantedLog> = Vec::new();
        let mut add = |name: &Arc<str>, start: f64, end: f64, request: Option<RequestId>| {
            let start = Timestamp::from_millis(start as i64) - BEFORE;
            let end = (Timestamp::from_millis(end as i64) + BEHIND).min(start + LONGEST + BEFORE + BEHIND);
            match wanted.iter_mut().find(|known| known.name == *name) {
                Some(known) => {
                    let range = known.range;
                    known.range = TimeRange::new(range.start.min(start), range.end.max(end));
                    known.requests.extend(request.filter(|request| !known.requests.contains(request)));
                }
                None => wanted.push(WantedLog {
                    name: Arc::clone(name),
                    range: TimeRange::new(start, end),
                    requests: request.into_iter().collect(),
                }),
            }
        };
        let lambda = |kind: Option<&str>| kind.is_some_and(|kind| kind.starts_with("AWS::Lambda"));
        for node in tree.into_iter().flat_map(|tree| &tree.nodes) {
            let segment = &node.segment;
            if let Some(start) = segment.start_ms
                && lambda(segment.origin.as_deref())
            {
                let request = segment.call.request_id.as_deref().and_then(RequestId::parse);
                add(&segment.name, start, segment.end_ms.unwrap_or(start), request);
            }
        }
        if tree.is_none()
            && let Some(summary) = summary
        {
            let start = summary.start.millis() as f64;
            for service in summary.services.iter().filter(|service| lambda(service.kind.as_deref())) {
                add(&service.name, start, start + summary.duration_ms.unwrap_or(0.0), None);
            }
        }
        wanted
    }
}

impl App {
    /// Has the logs read that go with the trace on top; what nobody looks at any more is given up.
    pub(in crate::app) fn read_around(&mut self) {
        let of_trace = |screen: &Screen| matches!(screen, Screen::Timeline(timeline) if matches!(timeline.of, TimelineOf::Trace(_)));
        if !self.opened.iter().any(of_trace) {
            let open = self.read_around.0.iter().filter(|read| read.is_open());
            let open: Vec<WantId> = open.map(|read| read.id).collect();
            if !open.is_empty() {
                self.wants.retain(|(id, _)| !open.contains(id));
                self.read_around.0.retain(|read| !open.contains(&read.id));
            }
            return;
        }
        let Some(screen) = self.timeline().filter(|screen| matches!(screen.of, TimelineOf::Trace(_))) else {
            return;
        };
        let Some(scope) = self.scope().cloned() else { return };
        let wanted = screen.wanted_logs.clone();
        let mut around = LogsAround {
            functions: wanted.len(),
            wanted: wanted.len().min(MOST_FUNCTIONS),
            ..LogsAround::default()
        };
        for log in wanted.into_iter().take(MOST_FUNCTIONS) {
            let key = FunctionKey::new(&scope, &log.name);
            let (range, lacks) = (log.range, self.lacks_a_report(&log));
            let so_far = TimeRange::new(range.start, range.end.min(self.now).max(range.start));
            match self.read_around.of(&key, range) {
                _ if is_held(&self.store, &self.group_of(&key), so_far) => {}
                Some(read) => {
                    let may_come = lacks && self.now < range.end + COMES;
                    let due = self.now.since(read.asked) >= AGAIN && (may_come || read.asked < range.end);
                    match &read.state {
                        State::Reading => around.reading += 1,
                        State::Waits(why) | State::Failed(why) => {
                            around.failed = Some((Arc::clone(&log.name), Arc::clone(why)));
                        }
                        State::Read if due => {
                            around.reading += 1;
                            self.begin_reading(key, range, &log.requests);
                        }
                        State::Read => around.again |= may_come,
                    }
                }
                None => {
                    around.reading += 1;
                    self.begin_reading(key, range, &log.requests);
                }
            }
        }
        if let Some(screen) = self.timeline_mut()
            && screen.logs_around != around
        {
            screen.logs_around = around;
            self.revision += 1;
        }
    }

    /// Whether the end of a request of the function on the timeline has not been read.
    fn lacks_a_report(&self, log: &WantedLog) -> bool {
        let Some(screen) = self.timeline() else { return false };
        let mut own = screen.invocations.iter().filter(|held| held.function.name == log.name).peekable();
        own.peek().is_none() || own.any(|held| held.reported.is_none())
    }

    fn begin_reading(&mut self, key: FunctionKey, range: TimeRange, requests: &[RequestId]) {
        let pattern = if range.length() > LONGEST_WHOLE && !requests.is_empty() {
            let named: Vec<String> = requests.iter().map(|request| format!("?\"{request}\"")).collect();
            named.join(" ")
        } else {
            String::new()
        };
        let search =
            LogSearch { groups: vec![self.group_of(&key)], range, by: SearchBy::Pattern(pattern.into()) };
        self.want(Want::SearchLogs(search));
        let read = &mut self.read_around.0;
        read.retain(|read| read.key != key || read.is_open() || !covers(range, read.range));
        read.push_back(Read {
            id: WantId(self.last_want),
            key,
            range,
            asked: self.now,
            state: State::Reading,
        });
        if read.len() > REMEMBERED {
            read.pop_front();
        }
    }
}

/// A failure in the few words that there is room for. Raw text.
fn why_not(failure: &Failure) -> Arc<str> {
    match &failure.kind {
        FailureKind::AccessDenied { permission } => format!("denied, needs {permission}").into(),
        _ => format!("{} {}", failure.operation, failure.word()).into(),
    }
}

const fn covers(outer: TimeRange, inner: TimeRange) -> bool {
    outer.start.millis() <= inner.start.millis() && inner.end.millis() <= outer.end.millis()
}

/// Whether a tail has read the stretch.
fn is_held(store: &Store, group: &crate::model::GroupKey, range: TimeRange) -> bool {
    let lines = store.lines();
    let tail = lines.group(group).and_then(|id| lines.tail(id));
    tail.is_some_and(|tail| {
        tail.read_from <= range.start && tail.seen_to.is_some_and(|seen_to| seen_to >= range.end)
    })
}
