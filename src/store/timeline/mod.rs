//! A request or a trace on one axis of time: what a timeline shows, before anyone folds, zooms or draws it.
//!
//! | file | is about |
//! |---|---|
//! | `of_trace` | segments to spans: attempts of one operation, and gaps that have a name |
//! | `waits`, `segment` | which waits have a name; what a segment is to a timeline |
//! | `of_log` | the same of a request that X-Ray did not take: what its log lines tell |
//! | `of_list` | the same of a trace whose segments are not there: what the list of traces and the log lines tell |
//! | `story` | where the time went, in a sentence |
//! | `path` | which spans the end waited for, and where the time went |
//!
//! Nothing here recurses, and everything is laid out in time that grows with the number of spans (times its logarithm):
//! a trace may be as deep and as wide as its documents allow.

mod of_list;
mod of_log;
mod of_trace;
mod path;
mod segment;
pub mod story;
mod waits;

use std::borrow::Cow;
use std::sync::Arc;

use super::traces::Oddity;

pub use of_list::{Heard, of_list};
pub use of_log::{Logged, of_log};
pub use of_trace::of_trace;
pub use path::OWN;

/// Spans on one axis, in ms from its zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// Its zero in ms since 1970-01-01T00:00:00Z: the start of the first init, or of the first span.
    pub zero_ms: f64,
    /// Where the axis ends.
    pub length_ms: f64,
    /// Parents before what is below them, siblings by their start.
    pub spans: Vec<Span>,
    /// Where the time went: it adds up to the length in whole ms. The largest first, own code last.
    pub parts: Vec<Part>,
    /// By how much clocks differ at most: how far a span lies outside of the one that it was called by.
    pub skew_ms: f64,
}

/// One row of a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Names it for as long as the timeline is looked at, whatever else arrives.
    pub key: SpanKey,
    /// What it is.
    pub kind: SpanKind,
    /// What it is called. Raw text.
    pub title: String,
    /// How it ended, in a word of at most eight letters: `502`, `fault`, `cold`.
    pub status: Cow<'static, str>,
    /// What the eye is to take of it.
    pub mark: Mark,
    /// When it began; none where nothing says.
    pub start_ms: Option<f64>,
    /// When it ended; none as long as it has not, or where nothing says.
    pub end_ms: Option<f64>,
    /// The part of its time that nothing below it covers.
    pub self_ms: f64,
    /// How many spans lie above it.
    pub depth: usize,
    /// Index of the span that it lies below.
    pub parent: Option<usize>,
    /// How many spans lie below it: they stand right behind it.
    pub below: usize,
    /// The end waited for it, and for at least half a per cent of all the time.
    pub critical: bool,
    /// What is odd about its place.
    pub oddity: Option<Oddity>,
    /// It is folded until it is unfolded: what is below says nothing new.
    pub folded: bool,
}

impl Span {
    /// From when to when it is drawn on an axis that ends at `length`: what has not ended goes on to there.
    #[must_use]
    pub fn stretch(&self, length: f64) -> Option<(f64, f64)> {
        let start = self.start_ms?;
        Some((start, self.end_ms.unwrap_or(length).max(start)))
    }

    /// How long it took, if it has ended.
    #[must_use]
    pub fn duration_ms(&self) -> Option<f64> {
        Some(self.end_ms? - self.start_ms?)
    }

    /// How long it took in whole ms, if it has ended, as every figure has it: from one whole ms of the axis to another,
    /// so that figures, pegs and log lines add up.
    #[must_use]
    pub fn whole_ms(&self) -> Option<f64> {
        let (start, end) = whole((self.start_ms?, self.end_ms?));
        Some(end - start)
    }
}

/// A stretch of the axis from whole ms to whole ms.
const fn whole((start, end): (f64, f64)) -> (f64, f64) {
    (start.round(), end.round())
}

/// Names a span.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanKey {
    /// What it is of the segment that `id` names.
    pub place: Place,
    /// A segment's id, or what stands for it.
    pub id: Arc<str>,
}

/// What a span is of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The segment itself.
    Own,
    /// All attempts of which it is the first.
    Attempts,
    /// The wait before it.
    Before,
    /// The silence at its end.
    Silence,
    /// Something that it tells of itself, by its number.
    Told(u8),
}

impl Place {
    /// What a function's segment tells of itself here, in a sentence.
    #[must_use]
    pub fn explained(self) -> Option<&'static str> {
        let Self::Told(number) = self else { return None };
        waits::TOLD.get(usize::from(number)).map(|(.., explained)| *explained)
    }
}

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// A segment or subsegment: its index in the tree.
    Segment(usize),
    /// Several attempts at one operation, which lie below it.
    Attempts {
        /// How many.
        count: usize,
        /// The last one failed as well.
        gave_up: bool,
    },
    /// Nothing happened because something was waited for.
    Wait(Wait),
    /// Told by a function's segment without one of its own: response streaming, overhead, extensions.
    Told,
    /// Made from log lines.
    Logged,
    /// Told by the list of traces alone.
    Listed,
}

/// What was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The pause before another attempt.
    Backoff {
        /// The attempt behind the pause, from 2.
        attempt: usize,
        /// The one before it was refused for its rate, not for itself.
        throttled: bool,
    },
    /// An environment had to be found and started.
    ColdStart,
    /// What was called had not begun.
    Begin,
    /// An environment stood ready and had no request.
    Ready,
    /// Nothing was heard any more.
    Silence {
        /// The function's timeout ended it.
        timeout: bool,
    },
}

impl Wait {
    /// The wait in a sentence: why there is nothing.
    #[must_use]
    pub fn explained(self) -> Cow<'static, str> {
        match self {
            Self::Backoff { attempt, throttled } => {
                let why = if throttled { "was throttled" } else { "failed" };
                format!("attempt {} {why}; each further attempt waits longer", attempt - 1).into()
            }
            Self::ColdStart => {
                "no environment was free: Lambda found room for one and loaded the code".into()
            }
            Self::Begin => "called, but not begun: on the way, in a queue, or waiting for concurrency".into(),
            Self::Ready => {
                "the environment was initialised ahead of the request: nobody waited for it".into()
            }
            Self::Silence { timeout: true } => {
                "nothing was heard from here until the function's timeout ended it".into()
            }
            Self::Silence { timeout: false } => "nothing was heard from here until its end".into(),
        }
    }
}

/// What the eye is to take of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    Ok,
    /// An init or a restore that was waited for.
    Cold,
    /// Refused for its rate.
    Throttle,
    /// Failed.
    Error,
    /// Ended by the function's timeout.
    Timeout,
    /// Ended for want of memory.
    OutOfMemory,
    /// It has not ended.
    Open,
    /// No sign of its own: a wait.
    Quiet,
}

impl Mark {
    /// Whether something went wrong.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Throttle | Self::Error | Self::Timeout | Self::OutOfMemory)
    }
}

/// A part of the time.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What took it: `backoff`, `init`, `DynamoDB`, `POST acquirer.example`. Raw text.
    pub name: String,
    /// Whole ms.
    pub ms: u64,
}

impl Timeline {
    /// When it was on the axis, in ms since 1970-01-01T00:00:00Z, to its place there.
    #[must_use]
    pub fn place_of(&self, epoch_ms: f64) -> f64 {
        epoch_ms - self.zero_ms
    }

    /// Index of the span that one would look at first: the innermost failure that the end waited for, else any
    /// innermost failure. Attempts are one failure together, and what is folded away says nothing new. What a timeout cut
    /// off never failed by itself, but is what all the time was waited for.
    #[must_use]
    pub fn trouble(&self) -> Option<usize> {
        let mut found: Option<(bool, usize, usize)> = None;
        let (mut at, mut cut_off) = (0, 0);
        while let Some(span) = self.spans.get(at) {
            if matches!(span.mark, Mark::Timeout | Mark::OutOfMemory) {
                cut_off = at + span.below + 1;
            }
            let better =
                |(critical, depth, _): (bool, usize, usize)| (span.critical, span.depth) > (critical, depth);
            let waited_for = at < cut_off && span.critical && span.mark == Mark::Open;
            if (span.mark.is_bad() || waited_for) && found.is_none_or(better) {
                found = Some((span.critical, span.depth, at));
            }
            let whole = span.folded || matches!(span.kind, SpanKind::Attempts { .. });
            at += if whole { span.below + 1 } else { 1 };
        }
        found.map(|(.., at)| at)
    }

    /// Index of the innermost span among `shown` that was going on at `ms`, the shortest of several.
    #[must_use]
    pub fn at(&self, ms: f64, shown: impl Iterator<Item = usize>) -> Option<usize> {
        let around = shown.filter_map(|at| {
            let (start, end) = self.spans[at].stretch(self.length_ms)?;
            // Lines have whole milliseconds.
            (start - 1.0 <= ms && ms <= end + 1.0).then_some((at, end - start))
        });
        around.min_by(|(_, one), (_, two)| one.total_cmp(two)).map(|(at, _)| at)
    }
}

/// Fills in how many spans lie below each; parents stand before what is below them.
fn count_below(spans: &mut [Span]) {
    for at in (0..spans.len()).rev() {
        if let Some(parent) = spans[at].parent {
            spans[parent].below += spans[at].below + 1;
        }
    }
}
