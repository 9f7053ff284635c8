//! What `w` writes to a file: it follows from the screen, and is written on a worker.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    Architecture, ErrorNote, Invocation, LogGap, LogLine, Outcome, Prices, TraceSummary, secret,
};
use crate::query::LineMatcher;
use crate::store::Severity;
use crate::store::lines::{GroupId, LineKey, Piece};

use super::logs::Shown;
use super::{App, Effect, Screen, TimelineScreen};

/// Something to write to a file, self-contained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Export {
    /// Log lines.
    Lines(LineExport),
    /// Requests.
    Requests(RequestExport),
    /// Traces.
    Traces(TraceExport),
}

/// Requests to write, in the order of the rows; secrets in their errors are masked.
#[derive(Clone, Debug)]
pub struct RequestExport {
    /// Each with how it stood with it, and the architecture that its cost depends on.
    pub requests: Vec<(Invocation, Outcome, Option<Architecture>)>,
    /// What Lambda charges.
    pub prices: Prices,
}

impl PartialEq for RequestExport {
    /// The same requests are the same export.
    fn eq(&self, other: &Self) -> bool {
        let keys = |export: &Self| -> Vec<_> { export.requests.iter().map(|(one, ..)| one.key).collect() };
        keys(self) == keys(other)
    }
}

impl Eq for RequestExport {}

/// Traces to write, in the order of the rows.
#[derive(Clone, Debug)]
pub struct TraceExport {
    /// What the list says of each.
    pub traces: Vec<TraceSummary>,
}

impl PartialEq for TraceExport {
    /// The same traces are the same export.
    fn eq(&self, other: &Self) -> bool {
        let keys = |export: &Self| -> Vec<_> {
            export.traces.iter().map(|trace| (trace.id, trace.revision)).collect()
        };
        keys(self) == keys(other)
    }
}

impl Eq for TraceExport {}

/// Log lines to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineExport {
    /// Where they are, in any order; lines beside those that are wanted too.
    pub pieces: Vec<Piece>,
    /// Stretches that may lack some of them, each with the place where that is said.
    pub gaps: Vec<(LineKey, LogGap)>,
    /// Lines whose secrets are written out.
    pub revealed: BTreeSet<LineKey>,
    /// Exactly as they came, their escape sequences made visible, instead of without colours.
    pub raw: bool,
    /// Seconds that their times are ahead of UTC; none is UTC.
    pub zone: Option<i32>,
    /// Which of them.
    which: Which,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Which {
    All,
    Found(Arc<Shown>),
    Marked(BTreeSet<LineKey>),
}

impl LineExport {
    /// Whether this line of its pieces is to be written.
    #[must_use]
    pub fn takes(&self, key: LineKey, line: &LogLine<'_>) -> bool {
        match &self.which {
            Which::All => true,
            Which::Found(shown) => shown.matches(line),
            Which::Marked(marks) => marks.contains(&key),
        }
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// How many of them.
    pub count: u64,
    /// What one of them is called: `line`.
    pub what: &'static str,
    /// The file. Raw text.
    pub path: String,
}

impl App {
    /// Writes to a file: on Logs the marked lines, else those that the filter finds, else all that are held; on Requests
    /// and on Traces the rows; on a timeline its lines.
    pub(super) fn write(&mut self) -> Vec<Effect> {
        let export = match self.screen() {
            Screen::Logs => self.lines_to_write().map(Export::Lines),
            Screen::Requests => self.requests_to_write().map(Export::Requests),
            Screen::Timeline(screen) => self.lines_of(screen).map(Export::Lines),
            Screen::Traces => self.traces_to_write().map(Export::Traces),
            Screen::Functions | Screen::Function(_) => None,
        };
        if let Some(export) = export {
            self.say("writing to a file", Severity::Ok);
            return vec![Effect::Write(export)];
        }
        self.say("there is nothing to write", Severity::Warn);
        Vec::new()
    }

    /// The log lines of a timeline.
    fn lines_of(&self, screen: &TimelineScreen) -> Option<LineExport> {
        let keys: BTreeSet<LineKey> = screen.lines.iter().map(|line| line.line.key).collect();
        let groups: BTreeSet<_> = keys.iter().map(|key| key.group).collect();
        let groups: Vec<_> = groups.into_iter().collect();
        let pieces = self.pieces_with(&groups, &keys);
        (!pieces.is_empty()).then(|| LineExport {
            pieces,
            gaps: Vec::new(),
            revealed: BTreeSet::new(),
            raw: false,
            zone: self.local_time.then(|| self.zone()),
            which: Which::Marked(keys),
        })
    }

    /// Where lines of some groups are held.
    fn pieces_with(&self, groups: &[GroupId], keys: &BTreeSet<LineKey>) -> Vec<Piece> {
        let mut pieces = self.store.lines().snapshot(groups);
        pieces.retain(|piece| {
            let (first, last) = piece.span();
            keys.range(first..=last).next().is_some()
        });
        pieces
    }

    fn lines_to_write(&self) -> Option<LineExport> {
        let (logs, lines) = (&self.logs, self.store.lines());
        let marked = !logs.marks.is_empty();
        let groups = if marked {
            let of_marks: BTreeSet<_> = logs.marks.iter().map(|key| key.group).collect();
            of_marks.into_iter().collect()
        } else {
            logs.groups(lines)
        };
        let pieces = if marked { self.pieces_with(&groups, &logs.marks) } else { lines.snapshot(&groups) };
        let mut gaps = Vec::new();
        let which = if marked {
            Which::Marked(logs.marks.clone())
        } else {
            let of_groups = groups.iter().flat_map(|id| lines.gaps(*id).iter().map(move |gap| (*id, gap)));
            gaps = of_groups.map(|(id, gap)| (LineKey::of_gap(id, gap.range.start), gap.clone())).collect();
            if logs.is_filtered() { Which::Found(logs.matcher()) } else { Which::All }
        };
        gaps.sort_by_key(|(key, _)| *key);
        (!pieces.is_empty()).then(|| LineExport {
            pieces,
            gaps,
            revealed: logs.revealed.clone(),
            raw: logs.writing.raw,
            zone: self.local_time.then(|| self.zone()),
            which,
        })
    }

    /// The requests that pass filter, group and pick, on screen or not.
    fn requests_to_write(&self) -> Option<RequestExport> {
        /// The longest that any function may run, in seconds.
        const LONGEST: u32 = 900;
        let held = self.store.invocations();
        let mut requests = Vec::new();
        for mut own in self.requests.shown.keys.iter().filter_map(|key| held.get(*key)) {
            let function = self.store.function(&own.function).map(|record| &record.function);
            let timeout = function.and_then(|function| function.timeout_s).unwrap_or(LONGEST);
            let outcome = own.outcome_at(self.now, Duration::from_secs(u64::from(timeout)));
            own.error = own.error.map(|error| masked(&error));
            requests.push((own, outcome, function.and_then(|function| function.architecture)));
        }
        (!requests.is_empty()).then_some(RequestExport { requests, prices: self.settings.prices })
    }

    /// The traces of the list that pass the filter, on screen or not.
    fn traces_to_write(&self) -> Option<TraceExport> {
        let held = self.store.traces();
        let traces: Vec<_> =
            self.traces.list.ids.iter().filter_map(|id| held.summary_of(*id)).cloned().collect();
        (!traces.is_empty()).then_some(TraceExport { traces })
    }

    /// What became of it.
    pub(super) fn written(&mut self, outcome: Result<Written, String>) {
        match outcome {
            Ok(Written { count, what, path }) => {
                let count_said = crate::model::number::count(count as f64);
                let plural = if count == 1 { "" } else { "s" };
                self.say(&format!("{count_said} {what}{plural} written to {path}"), Severity::Ok);
            }
            Err(why) => self.say(&format!("nothing was written: {why}"), Severity::Error),
        }
    }
}

/// An error without the secrets that it tells.
fn masked(error: &ErrorNote) -> Arc<ErrorNote> {
    let without = |text: &str| secret::mask(text).0.as_ref().into();
    Arc::new(ErrorNote { kind: without(&error.kind), message: without(&error.message) })
}
