//! What is selected, in full: a span with what X-Ray keeps of it, or a log line. One text, so that it scrolls as one.

use std::fmt::Write;
use std::ops::Range;

use crate::app::logs::{self, Unfolded, Writing};
use crate::model::{Pages, RowPlace, SafeText, Segment, Showing, TraceException, Wrap, number};
use crate::store::lines::Lines;
use crate::store::timeline::{Span, SpanKind};
use crate::store::traces::{Node, Oddity, Tree};

use super::{TimelinePane, TimelineScreen, TimelineSource};

/// Cells that the names of what is known take.
const LABELS: usize = 11;
/// Milliseconds below this are told with a tenth.
const TENTHS: f64 = 9.5;
/// Frames of a stack whose path holds one of these are the work of others: they are counted.
const LIBRARIES: [&str; 4] = ["node_modules", "site-packages", "node:internal", "/var/runtime"];

/// What is selected, in full.
#[derive(Clone, Debug)]
pub struct TimelineDetail {
    /// Its text; hostile.
    pub pages: Pages,
    /// The row on top.
    pub top: RowPlace,
    /// Bytes of the text that name what stands behind them, in order.
    names: Vec<Range<usize>>,
}

impl PartialEq for TimelineDetail {
    fn eq(&self, other: &Self) -> bool {
        self.pages.raw() == other.pages.raw() && self.top == other.top
    }
}

impl TimelineDetail {
    /// The names among these bytes of its text.
    pub fn names(&self, within: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let from = self.names.partition_point(|name| name.end <= within.start);
        self.names[from..].iter().take_while(move |name| name.start < within.end).cloned()
    }
}

/// A text of names and values.
#[derive(Default)]
struct Text {
    text: String,
    names: Vec<Range<usize>>,
}

impl Text {
    fn name(&mut self, name: &str) {
        self.names.push(self.text.len()..self.text.len() + name.len());
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{name:<LABELS$}");
        if name.len() >= LABELS {
            self.text.push(' ');
        }
    }

    /// A value of one line, whoever gave it.
    fn field(&mut self, name: &str, value: &str) {
        self.name(&SafeText::new(name).as_str().replace('\n', " "));
        self.text.push_str(SafeText::new(value).as_str());
        self.text.push('\n');
    }

    fn maybe(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(SafeText::new(line).as_str());
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.text.push('\n');
        self.names.push(self.text.len()..self.text.len() + heading.len());
        self.text.push_str(heading);
        self.text.push('\n');
    }
}

impl TimelineScreen {
    /// Makes the detail show what is selected.
    pub(super) fn follow_detail(&mut self, lines: &Lines, zone: i32, ascii: bool) {
        let made = if self.shows_line() {
            self.current_line().map(|line| {
                let (text, names) = logs::line_in_full(lines, &line.line, zone, false);
                Text { text, names }
            })
        } else {
            self.current().map(|span| self.in_full(span))
        };
        let Some(Text { text, names }) = made else {
            self.detail = None;
            return;
        };
        if self.detail.as_ref().is_some_and(|detail| detail.pages.raw() == text) {
            return;
        }
        let showing: Showing = Writing { ascii, ..Writing::default() }.showing(false);
        self.detail =
            Some(TimelineDetail { pages: Pages::new(text, showing), top: RowPlace::default(), names });
    }

    /// Whether the detail shows the log line, and not the row.
    #[must_use]
    pub fn shows_line(&self) -> bool {
        let pane = if self.pane == TimelinePane::Detail { self.pane_before } else { self.pane };
        pane == TimelinePane::Log
    }

    /// Scrolls in the detail; never beyond the last row of a pane of this size.
    pub(super) fn scroll_detail(&mut self, by: isize, (width, height): (u16, u16)) {
        let Some(detail) = &mut self.detail else { return };
        let wrap = Wrap::new(&detail.pages, width);
        let last = wrap.step(wrap.end(), -(isize::from(height.cast_signed()) - 1).max(0));
        detail.top = wrap.step(detail.top, by).min(last);
    }

    fn in_full(&self, span: &Span) -> Text {
        let mut text = Text::default();
        let tree = match &self.source {
            TimelineSource::Trace(tree) => Some(tree),
            TimelineSource::Log | TimelineSource::Nothing => None,
        };
        match (span.kind, tree) {
            (SpanKind::Segment(index), Some(tree)) => {
                if let Some(node) = tree.nodes.get(index) {
                    self.segment(&mut text, span, node);
                }
            }
            (SpanKind::Attempts { count, gave_up }, Some(tree)) => {
                self.attempts(&mut text, span, tree, (count, gave_up));
            }
            (SpanKind::Wait(wait), _) => {
                self.times(&mut text, span);
                text.text.push('\n');
                text.line(&wait.explained());
            }
            (SpanKind::Listed, _) => {
                self.times(&mut text, span);
                text.text.push('\n');
                text.line(if span.parent.is_none() {
                    "told by the list of traces; its segments are not there"
                } else {
                    "the trace went through it, as the list of traces says; when is not known"
                });
            }
            (SpanKind::Told, _) => {
                self.times(&mut text, span);
                text.text.push('\n');
                if let Some(what) = span.key.place.explained() {
                    text.line(what);
                }
                text.line("told by the function's segment, without a subsegment of its own");
            }
            _ => self.logged(&mut text, span),
        }
        text
    }

    /// From when to when, and how much of it is its own.
    fn times(&self, text: &mut Text, span: &Span) {
        let Some(start) = span.start_ms else { return text.field("time", "not told") };
        let of = |value: f64| number::millis(value);
        match span.duration_ms().zip(span.whole_ms()) {
            Some((exact, took)) => {
                // Where tenths are told, they are true.
                let took = if exact < TENTHS { exact } else { took };
                let whole = self.timeline.length_ms;
                text.field(
                    "took",
                    &format!("{} of {}, {} %", of(took), of(whole), number::percent(exact, whole)),
                );
                if span.below > 0 {
                    text.field("own time", &of(span.self_ms).to_string());
                }
                text.field(
                    "from",
                    &format!("{} to {} ms", number::count(start), number::count(start + exact)),
                );
            }
            None => text.field("from", &format!("{} ms, not ended", number::count(start))),
        }
    }

    fn segment(&self, text: &mut Text, span: &Span, node: &Node) {
        let segment = &node.segment;
        exceptions_in_short(text, segment);
        answer(text, segment);
        self.times(text, span);
        if let Some(oddity) = span.oddity {
            text.field(
                "odd",
                match oddity {
                    Oddity::Orphan => "its parent is missing: it stands as a root",
                    Oddity::Circle => "its parents led back to it: the circle is cut here",
                    Oddity::Outside => "outside of its parent: clocks differ, or it was not waited for",
                },
            );
        }
        call(text, segment);
        service(text, segment);
        more(text, segment);
    }

    fn attempts(&self, text: &mut Text, span: &Span, tree: &Tree, (count, gave_up): (usize, bool)) {
        let first = self.timeline.spans.iter().position(|other| other.key == span.key).unwrap_or(0);
        let inner = &self.timeline.spans[first + 1..=first + span.below];
        let own = inner.iter().filter(|inner| inner.depth == span.depth + 1);
        let segments: Vec<&Segment> = own
            .clone()
            .filter_map(|inner| match inner.kind {
                SpanKind::Segment(index) => tree.nodes.get(index).map(|node| &node.segment),
                _ => None,
            })
            .collect();
        let Some(last) = segments.last() else { return };
        exceptions_in_short(text, last);
        let wire: f64 =
            own.filter(|inner| matches!(inner.kind, SpanKind::Segment(_))).filter_map(Span::whole_ms).sum();
        let end = if gave_up { "gave up" } else { "the last one went well" };
        text.field("attempts", &format!("{count}, {end}; {} on the wire", number::millis(wire)));
        answer(text, last);
        self.times(text, span);
        call(text, last);
        service(text, last);
        more(text, last);
    }

    fn logged(&self, text: &mut Text, span: &Span) {
        self.times(text, span);
        let Some(request) = self.selected_request() else { return };
        let above = span.parent.and_then(|parent| self.timeline.spans.get(parent));
        if above.is_some_and(|above| above.kind != SpanKind::Listed) {
            text.text.push('\n');
            text.line("the time between two log lines; calls inside are unknown");
            return;
        }
        let ms = |value: Option<f64>| value.map(|value| number::millis(value).to_string());
        text.maybe("billed", ms(request.billed_ms).as_deref());
        text.maybe("init", ms(request.init_ms).as_deref());
        text.maybe("restore", ms(request.restore_ms).as_deref());
        if let Some(used) = request.max_memory_mb {
            let size =
                request.memory_mb.map(|size| format!(" of {}", number::count(size))).unwrap_or_default();
            text.field("memory", &format!("{}{size} MB", number::count(used)));
        }
        if let Some(error) = &request.error {
            text.field("error", &format!("{} {}", error.kind, error.message));
        }
        let stream = &*request.stream.name;
        text.maybe("stream", (!stream.is_empty()).then_some(stream));
    }
}

fn exceptions_in_short(text: &mut Text, segment: &Segment) {
    let Some(exception) = segment.exceptions.first() else { return };
    let remote = if exception.remote { " \u{b7} remote" } else { "" };
    text.field("error", &format!("{}{remote}", exception.kind));
    if !exception.message.is_empty() {
        text.field("", &exception.message);
    }
}

fn answer(text: &mut Text, segment: &Segment) {
    let flags = [("fault", segment.fault), ("error", segment.error), ("throttled", segment.throttle)];
    let mut said: Vec<String> = segment.call.status.map(|status| status.to_string()).into_iter().collect();
    said.extend(flags.iter().filter(|(_, set)| *set).map(|(flag, _)| (*flag).to_owned()));
    said.extend(segment.in_progress.then(|| "in progress".to_owned()));
    if !said.is_empty() {
        text.field("status", &said.join(" \u{b7} "));
    }
}

fn call(text: &mut Text, segment: &Segment) {
    let call = &segment.call;
    text.maybe("operation", call.operation.as_deref());
    text.maybe("resource", call.resource.as_deref());
    text.maybe("region", call.region.as_deref());
    if let Some(retries) = call.retries.filter(|retries| *retries > 0) {
        text.field("retries", &retries.to_string());
    }
    text.maybe("method", call.method.as_deref());
    text.maybe("url", call.url.as_deref());
    text.maybe("caller", call.caller.as_deref());
    text.maybe("agent", call.user_agent.as_deref());
    text.maybe("database", call.database.as_deref());
    text.maybe("SQL", call.statement.as_deref());
    text.maybe("request", call.request_id.as_deref());
}

fn service(text: &mut Text, segment: &Segment) {
    text.maybe("origin", segment.origin.as_deref());
    text.maybe("namespace", segment.namespace.as_deref());
    text.maybe("id", segment.id.as_deref());
}

/// Annotations, metadata and stacks.
fn more(text: &mut Text, segment: &Segment) {
    if !segment.annotations.is_empty() {
        text.heading("annotations");
        for (key, value) in &segment.annotations {
            text.field(key, value);
        }
    }
    for (number, exception) in segment.exceptions.iter().enumerate() {
        // The first is named at the top.
        if number > 0 {
            text.heading(&format!(
                "caused by {}",
                SafeText::new(&exception.kind).as_str().replace('\n', " ")
            ));
            if !exception.message.is_empty() {
                text.line(&exception.message);
            }
        } else if !exception.stack.is_empty() {
            text.heading("exception at");
        }
        stack(text, exception);
    }
    if let Some(metadata) = &segment.metadata {
        text.heading("metadata");
        match logs::unfolded(metadata) {
            Some(Unfolded { text: unfolded, names }) => {
                let start = text.text.len();
                text.names.extend(names.into_iter().map(|name| start + name.start..start + name.end));
                text.text.push_str(&unfolded);
                text.text.push('\n');
            }
            None => text.line(metadata),
        }
    }
}

/// The frames of one's own code; those of libraries are counted.
fn stack(text: &mut Text, exception: &TraceException) {
    let mut others: Vec<(&str, usize)> = Vec::new();
    for frame in &exception.stack {
        match LIBRARIES.iter().find(|library| frame.contains(**library)) {
            Some(library) => match others.iter_mut().find(|(name, _)| name == library) {
                Some((_, count)) => *count += 1,
                None => others.push((library, 1)),
            },
            None => text.line(&format!("  {frame}")),
        }
    }
    for (library, count) in others {
        let plural = if count == 1 { "" } else { "s" };
        text.line(&format!("  +{count} frame{plural} from {library}"));
    }
    if exception.truncated > 0 {
        text.line(&format!("  +{} frames left out by X-Ray", exception.truncated));
    }
}
