//! The timeline: one request or one trace on one axis of time, with its log lines.
//!
//! | file | is about |
//! |---|---|
//! | `facts` | what it is made from, and how much of it is known |
//! | `shown` | which rows there are, and what is selected: a row and a log line are one selection |
//! | `alike` | other requests of the function that went the same way |
//! | `detail` | what is selected, in full |
//! | `keys` | what each action does here |
//! | `reading` | the logs of a trace's functions, which are read by themselves |

mod alike;
mod detail;
mod facts;
mod keys;
mod reading;
mod shown;

use std::collections::BTreeSet;

use crate::model::{Invocation, InvocationKey, TraceId, TraceSummary};
use crate::store::lines::{HeldLine, LineKey};
use crate::store::timeline::story::Story;
use crate::store::timeline::{SpanKey, Timeline};

use super::logs::Message;
use super::{App, Screen};

pub use alike::Alike;
pub use detail::TimelineDetail;
pub use facts::{Known, Sight, TimelineSource};
pub use reading::LogsAround;
pub(in crate::app) use reading::ReadAround;

/// What a timeline is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineOf {
    /// One attempt at one request, with its trace where there is one.
    Request(InvocationKey),
    /// A trace, with the lines of its requests as far as they are held.
    Trace(TraceId),
}

/// Where keys move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimelinePane {
    /// Among the rows of the tree.
    #[default]
    Tree,
    /// Among the log lines.
    Log,
    /// In what is selected, in full.
    Detail,
}

/// A log line on the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineLine {
    /// The line; its message is raw.
    pub line: HeldLine,
    /// Where it stands on the axis, ms.
    pub at_ms: f64,
    /// What is shown of it.
    pub message: Message,
}

/// State of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineScreen {
    /// What it is of.
    pub of: TimelineOf,
    /// Where keys move.
    pub pane: TimelinePane,
    /// Only what the end waited for.
    pub critical_only: bool,
    /// The part of the axis on screen, ms; `None` is all of it.
    pub view: Option<(f64, f64)>,
    /// The request, or the requests of the trace, as far as they are held.
    pub invocations: Vec<Invocation>,
    /// How much is known of the trace.
    pub sight: Sight,
    /// What `timeline` was made from.
    pub source: TimelineSource,
    /// What the list of traces says of it, where it is of a trace.
    pub summary: Option<TraceSummary>,
    /// How far the logs of its functions are read, where it is of a trace.
    pub logs_around: LogsAround,
    /// Other requests that went the same way, where it is of a request.
    pub alike: Option<Alike>,
    /// What is shown.
    pub timeline: Timeline,
    /// Where the time went, in a sentence, as far as that can be told. Raw text.
    pub story: Option<Story>,
    /// Indices of the spans that are not folded away, top first.
    pub rows: Vec<usize>,
    /// Index in `rows` of the row under the cursor.
    pub row: usize,
    /// Index in `rows` of the first row on screen.
    pub top: usize,
    /// The log lines, in order.
    pub lines: Vec<TimelineLine>,
    /// Index in `lines` of the selected one.
    pub line: usize,
    /// Index in `lines` of the first one on screen.
    pub line_top: usize,
    /// What is selected, in full.
    pub detail: Option<TimelineDetail>,
    /// Where keys moved before the detail was entered.
    pane_before: TimelinePane,
    /// The row that the user went to.
    cursor: Option<SpanKey>,
    /// The log line that the user went to.
    line_cursor: Option<LineKey>,
    /// Spans that are folded though they would not be, or the other way around.
    toggled: BTreeSet<SpanKey>,
    made_of: Option<facts::MadeOf>,
    /// The logs that go with the trace.
    wanted_logs: Vec<reading::WantedLog>,
}

impl TimelineScreen {
    /// The timeline of `of`, nothing moved or folded yet.
    #[must_use]
    pub fn new(of: TimelineOf) -> Self {
        Self {
            of,
            pane: TimelinePane::default(),
            critical_only: false,
            view: None,
            invocations: Vec::new(),
            sight: Sight::Asking,
            source: TimelineSource::Nothing,
            summary: None,
            logs_around: LogsAround::default(),
            alike: None,
            timeline: Timeline::default(),
            story: None,
            rows: Vec::new(),
            row: 0,
            top: 0,
            lines: Vec::new(),
            line: 0,
            line_top: 0,
            detail: None,
            pane_before: TimelinePane::default(),
            cursor: None,
            line_cursor: None,
            toggled: BTreeSet::new(),
            made_of: None,
            wanted_logs: Vec::new(),
        }
    }

    /// The request that it is of, if it is held.
    #[must_use]
    pub fn request(&self) -> Option<&Invocation> {
        match self.of {
            TimelineOf::Request(_) => self.invocations.first(),
            TimelineOf::Trace(_) => None,
        }
    }

    /// The trace that it is of, or that its request has.
    #[must_use]
    pub fn trace(&self) -> Option<TraceId> {
        match self.of {
            TimelineOf::Trace(id) => Some(id),
            TimelineOf::Request(_) => self.request()?.trace,
        }
    }

    /// The part of the axis on screen, ms.
    #[must_use]
    pub fn seen(&self) -> (f64, f64) {
        self.view.unwrap_or((0.0, self.timeline.length_ms.max(1.0)))
    }
}

impl App {
    /// Opens the timeline of a request or a trace.
    pub(in crate::app) fn open_timeline(&mut self, of: TimelineOf) {
        let same = |screen: &Screen| matches!(screen, Screen::Timeline(open) if open.of == of);
        self.opened.retain(|screen| !same(screen));
        self.opened.push(Screen::Timeline(Box::new(TimelineScreen::new(of))));
    }

    /// The timeline on top, if it is one.
    #[must_use]
    pub fn timeline(&self) -> Option<&TimelineScreen> {
        match self.opened.last()? {
            Screen::Timeline(screen) => Some(screen),
            _ => None,
        }
    }

    fn timeline_mut(&mut self) -> Option<&mut TimelineScreen> {
        match self.opened.last_mut()? {
            Screen::Timeline(screen) => Some(screen),
            _ => None,
        }
    }

    /// The traces that the timelines on the stack need, that on top first.
    pub(in crate::app) fn timeline_traces(&self) -> Vec<TraceId> {
        let of = |screen: &Screen| match screen {
            Screen::Timeline(timeline) => match timeline.of {
                TimelineOf::Trace(id) => Some(id),
                TimelineOf::Request(key) => {
                    let held = self.store.invocations().get(key);
                    held.filter(|held| held.sampled != Some(false))?.trace
                }
            },
            _ => None,
        };
        self.opened.iter().rev().filter_map(of).collect()
    }
}
