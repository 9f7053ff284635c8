//! What a timeline is made from: the trace, as far as it has come, else the log lines of the request.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::app::logs::{Message, Writing};
use crate::model::{Invocation, LineKind, Outcome, RequestId, Timestamp, TraceId, TraceMissing, secret};
use crate::store::Store;
use crate::store::lines::{HeldLine, Reader};
use crate::store::timeline::story::{self, Story};
use crate::store::timeline::{Logged, Timeline, of_list, of_log, of_trace};
use crate::store::traces::{HeldTrace, Oddity, TraceState, Tree};

use super::{TimelineLine, TimelineOf, TimelineScreen};

/// Log lines of a request that are shown at most.
const MOST_LINES: usize = 5_000;
/// A function's timeout where it is not known: the longest there is.
const LONGEST: Duration = Duration::from_mins(15);

/// What a timeline was made from.
#[derive(Clone, Debug, PartialEq)]
pub enum TimelineSource {
    /// A trace.
    Trace(Arc<Tree>),
    /// Log lines of the request; of a trace also what the list of traces says of it.
    Log,
    /// Nothing has come yet.
    Nothing,
}

/// How much is known of the trace.
#[derive(Clone, Debug, PartialEq)]
pub enum Sight {
    /// No line of the request names a trace.
    Untraced,
    /// X-Ray does not take this one.
    NotSampled,
    /// X-Ray has been asked and has not answered.
    Asking,
    /// It is not there.
    Missing {
        /// Why.
        why: TraceMissing,
        /// When that was said.
        at: Timestamp,
    },
    /// Its segments, as far as they have come.
    Known(Known),
}

/// What is known of a trace that is there, counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// When it was read.
    pub at: Timestamp,
    /// Documents of their own.
    pub segments: usize,
    /// What is below them.
    pub subsegments: usize,
    /// Documents of their own that have not ended.
    pub open: usize,
    /// Documents of their own of which nothing says that they go on, nor when they ended.
    pub endless: usize,
    /// When the first of what has not ended began.
    pub open_since: Option<Timestamp>,
    /// Nodes whose parent is missing.
    pub orphans: usize,
    /// Circles that were cut.
    pub circles: usize,
    /// Documents that could not be read.
    pub unreadable: u32,
    /// X-Ray cut it off.
    pub truncated: bool,
    /// It came from Transaction Search.
    pub retrieved: bool,
    /// Of the function of the request nothing has come yet.
    pub without_function: bool,
}

/// What a timeline follows from: nothing has to be made anew as long as it is the same.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MadeOf {
    lines: u64,
    invocations: u64,
    traces: u64,
    outcome: Option<Outcome>,
}

impl TimelineScreen {
    /// Takes in what has come since; true if what is shown was made anew.
    pub(in crate::app) fn refresh(
        &mut self,
        store: &Store,
        reader: &mut Reader,
        now: Timestamp,
        ascii: bool,
    ) -> bool {
        let outcome = self.request().map(|request| ended(store, request, now));
        let made_of = MadeOf {
            lines: store.lines().revision(),
            invocations: store.invocations().revision(),
            traces: store.traces().revision(),
            outcome,
        };
        if self.made_of.as_ref() == Some(&made_of) {
            return false;
        }
        let before = self.made_of.replace(made_of.clone());
        let invocations: Vec<Invocation> = match self.of {
            TimelineOf::Request(key) => store.invocations().get(key).into_iter().collect(),
            TimelineOf::Trace(id) => requests_of(store, id),
        };
        let summary = match self.of {
            TimelineOf::Request(_) => None,
            TimelineOf::Trace(id) => store.traces().summary_of(id),
        };
        let same_summary = summary == self.summary.as_ref();
        if !same_summary {
            self.summary = summary.cloned();
        }
        // One that is no longer held stays as it was.
        let news = !invocations.is_empty() && invocations != self.invocations;
        if news {
            self.invocations = invocations;
        }
        let outcome = self.request().map(|request| ended(store, request, now));
        if let Some(made_of) = &mut self.made_of {
            made_of.outcome = outcome;
        }
        let lines_came = before.as_ref().is_none_or(|before| before.lines != made_of.lines);
        let lines = if news || lines_came { Some(self.read_lines(store, reader, ascii)) } else { None };
        let same_lines = lines.as_ref().is_none_or(|lines| {
            lines.len() == self.lines.len()
                && lines.iter().zip(&self.lines).all(|(one, two)| one.line.key == two.line.key)
        });
        let (sight, source) = self.look(store);
        if let TimelineOf::Trace(id) = self.of {
            let tree =
                store.traces().trace(id).and_then(HeldTrace::tree).filter(|tree| !tree.nodes.is_empty());
            self.wanted_logs = Self::logs_of(tree.map(|tree| &**tree), self.summary.as_ref());
        }
        let same_source = match (&source, &self.source) {
            (TimelineSource::Trace(one), TimelineSource::Trace(two)) => Arc::ptr_eq(one, two),
            (TimelineSource::Log, TimelineSource::Log) => same_lines && same_summary,
            (TimelineSource::Nothing, TimelineSource::Nothing) => true,
            _ => false,
        };
        let same_outcome = before.is_some_and(|before| before.outcome == outcome);
        self.sight = sight;
        if let Some(lines) = lines.filter(|_| !same_lines) {
            self.lines = lines;
        }
        if same_source && same_lines && !news && same_outcome {
            return false;
        }
        self.source = source;
        self.timeline = match &self.source {
            TimelineSource::Trace(tree) => of_trace(tree, &self.invocations.iter().collect::<Vec<_>>()),
            TimelineSource::Log | TimelineSource::Nothing => self.of_lines(store, outcome, now),
        };
        self.story = self.told();
        for line in &mut self.lines {
            line.at_ms = self.timeline.place_of(line.line.key.timestamp.millis() as f64);
        }
        true
    }

    fn of_lines(&self, store: &Store, outcome: Option<Outcome>, now: Timestamp) -> Timeline {
        if let (Some(request), Some(outcome)) = (self.request(), outcome) {
            return of_log(request, outcome, &logged(self.lines.iter()));
        }
        let heard = self.invocations.iter().map(|held| {
            let own = self.lines.iter().filter(|line| {
                let inside = held.claims.is_some_and(|claims| claims.contains(line.line.key.timestamp));
                let unnamed = inside && line.line.stream.name == held.stream.name;
                line.line.request.map_or(unnamed, |request| request == held.key.request)
            });
            (held, ended(store, held, now), logged(own))
        });
        of_list(self.summary.as_ref(), &heard.collect::<Vec<_>>())
    }

    /// Where the time went, in a sentence.
    fn told(&self) -> Option<Story> {
        match (&self.source, self.request()) {
            (TimelineSource::Trace(_), Some(request)) if request.outcome == Outcome::Throttled => {
                story::of_throttled(&self.timeline)
            }
            (TimelineSource::Trace(tree), request) => {
                let function = request.map(|request| &*request.function.name);
                story::of_spans(&self.timeline, tree, function)
            }
            (_, Some(request)) => story::of_lines(request, &self.timeline, &logged(self.lines.iter())),
            (_, None) => None,
        }
    }

    fn read_lines(&self, store: &Store, reader: &mut Reader, ascii: bool) -> Vec<TimelineLine> {
        let mut held: Vec<HeldLine> = self
            .invocations
            .iter()
            .flat_map(|held| store.invocations().lines_of(held, store.lines(), reader, MOST_LINES))
            .collect();
        held.sort_by_key(|line| (line.key.timestamp, line.kind.turn()));
        held.truncate(MOST_LINES);
        let writing = Writing { ascii, ..Writing::default() };
        let shown = held.into_iter().map(|line| {
            let mut message = Message::of(&line, writing, false);
            if let Some(words) = of_the_platform(line.kind) {
                message = message.replaced(self.told_of(&line, words));
            }
            TimelineLine { line, at_ms: 0.0, message }
        });
        shown.collect()
    }

    /// The words for a line of the platform; a START says which version began, and whether it was waited for.
    fn told_of(&self, line: &HeldLine, words: &str) -> String {
        let own = self.invocations.iter().find(|held| Some(held.key.request) == line.request);
        let Some(held) = own.filter(|_| line.kind == LineKind::Start) else { return words.to_owned() };
        let version = held.version.as_deref().map_or_else(String::new, |version| match version.as_bytes() {
            [b'0'..=b'9', ..] => format!(" v{version}"),
            _ => format!(" {version}"),
        });
        let cold = if held.cold { " \u{b7} cold" } else { "" };
        format!("{words}{version}{cold}")
    }

    /// How much is known of the trace, and what the timeline is made from.
    fn look(&self, store: &Store) -> (Sight, TimelineSource) {
        let known = !self.invocations.is_empty() || self.summary.is_some();
        let without = if known { TimelineSource::Log } else { TimelineSource::Nothing };
        let Some(id) = self.trace() else { return (Sight::Untraced, without) };
        if self.request().is_some_and(|request| request.sampled == Some(false)) {
            return (Sight::NotSampled, without);
        }
        let Some(held) = store.traces().trace(id) else { return (Sight::Asking, without) };
        match &held.state {
            TraceState::Missing(why) => (Sight::Missing { why: why.clone(), at: held.at }, without),
            TraceState::Known { tree, unreadable, truncated, retrieved } => {
                let known = Known {
                    unreadable: *unreadable,
                    truncated: *truncated,
                    retrieved: *retrieved,
                    ..self.known(held.at, tree)
                };
                let source = if known.without_function || tree.nodes.is_empty() {
                    without
                } else {
                    TimelineSource::Trace(Arc::clone(tree))
                };
                (Sight::Known(known), source)
            }
        }
    }

    fn known(&self, at: Timestamp, tree: &Tree) -> Known {
        let nodes = &tree.nodes;
        let count = |odd: Oddity| nodes.iter().filter(|node| node.oddity == Some(odd)).count();
        let open = nodes.iter().filter(|node| node.segment.in_progress);
        let since = open.filter_map(|node| node.segment.start_ms).reduce(f64::min);
        let segments = || nodes.iter().filter(|node| !node.segment.kind.is_subsegment());
        let request = self.request().map(|request| &request.function.name);
        Known {
            at,
            segments: segments().count(),
            subsegments: nodes.len() - segments().count(),
            open: segments().filter(|node| node.segment.in_progress).count(),
            endless: segments()
                .filter(|node| !node.segment.in_progress && node.segment.end_ms.is_none())
                .count(),
            open_since: since.map(|since| Timestamp::from_millis(since as i64)),
            orphans: count(Oddity::Orphan),
            circles: count(Oddity::Circle),
            unreadable: 0,
            truncated: false,
            retrieved: false,
            without_function: request
                .is_some_and(|name| nodes.iter().all(|node| *node.segment.name != **name)),
        }
    }
}

/// Lines as a timeline is made from them.
fn logged<'a>(lines: impl Iterator<Item = &'a TimelineLine>) -> Vec<Logged> {
    let timed = lines.filter(|line| !line.line.key.has_bad_time());
    let logged = timed.map(|line| Logged {
        at_ms: line.line.key.timestamp.millis() as f64,
        kind: line.line.kind,
        level: line.line.level,
        // Words of it become names of rows: nothing secret is among them.
        text: secret::mask(first_line(&line.message.text)).0.into_owned(),
    });
    logged.collect()
}

/// The requests of a trace that are held: those whose lines name it, and those that its segments name.
fn requests_of(store: &Store, id: TraceId) -> Vec<Invocation> {
    let held = store.invocations();
    let mut requests: Vec<Invocation> = held.of_trace(id).collect();
    let tree = store.traces().trace(id).and_then(HeldTrace::tree);
    let named: BTreeSet<RequestId> = tree
        .into_iter()
        .flat_map(|tree| &tree.nodes)
        .filter(|node| node.segment.origin.as_deref().is_some_and(|origin| origin.starts_with("AWS::Lambda")))
        .filter_map(|node| RequestId::parse(node.segment.call.request_id.as_deref()?))
        .collect();
    for request in named {
        let own = held.attempts(request).filter(|own| own.trace.is_none_or(|trace| trace == id));
        let new: Vec<Invocation> =
            own.filter(|own| requests.iter().all(|known| known.key != own.key)).collect();
        requests.extend(new);
    }
    requests.sort_by_key(|request| request.start);
    requests
}

/// How a request ended, as seen now.
fn ended(store: &Store, request: &Invocation, now: Timestamp) -> Outcome {
    let timeout = store.function(&request.function).and_then(|record| record.function.timeout_s);
    let timeout = timeout.map_or(LONGEST, |seconds| Duration::from_secs(seconds.into()));
    request.outcome_at(now, timeout)
}

/// What a line of the platform says that is no more than its kind, in whatever format it came.
const fn of_the_platform(kind: LineKind) -> Option<&'static str> {
    Some(match kind {
        LineKind::InitStart => "INIT_START",
        LineKind::InitDone => "the runtime is initialised",
        LineKind::RestoreStart => "RESTORE_START",
        LineKind::RestoreDone => "the runtime is restored",
        LineKind::Start => "START",
        LineKind::RuntimeDone => "the runtime has answered",
        LineKind::End => "END",
        _ => return None,
    })
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
