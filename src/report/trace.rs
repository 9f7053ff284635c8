//! A trace without a screen: the waterfall as text, or JSON for scripts.

use std::fmt::Write as _;

use serde::Serialize;

use crate::model::{SafeText, Segment, SegmentKind, TraceMissing, number};
use crate::store::timeline::{Mark, Span, SpanKind, of_trace};
use crate::store::traces::{Node, Oddity, Tree};

/// What the column of names is called.
const HEAD: &str = "  SERVICE, OPERATION";
/// Cells of the bars: where there is room, and where there is little.
const USUAL_BARS: usize = 54;
const LEAST_BARS: usize = 10;
/// Cells of what stands right of the bars.
const NUMBERS: usize = 20;
/// How far names are moved in at most, in levels: what lies deeper keeps its place in the order.
const MOST_LEVELS: usize = 16;

/// A trace as scripts read it.
#[derive(Clone, Debug, Serialize)]
pub struct Record<'a> {
    /// The ids of the traces in it: one, but for a file with several.
    pub trace_ids: Vec<&'a str>,
    /// Documents of their own that are no subsegments.
    pub segments: usize,
    /// Subsegments, in documents of their own or not.
    pub subsegments: usize,
    /// Nodes with `fault`.
    pub faults: usize,
    /// Nodes with `error`.
    pub errors: usize,
    /// Nodes with `throttle`.
    pub throttles: usize,
    /// Nodes that have not ended.
    pub in_progress: usize,
    /// Nodes whose parent is not there.
    pub orphans: usize,
    /// Documents that could not be read.
    pub unreadable: usize,
    /// X-Ray says that it cut the trace off.
    pub truncated: bool,
    /// Ids of traces that X-Ray was asked for and did not look up.
    pub unprocessed_trace_ids: Vec<&'a str>,
    /// Names of the nodes without a parent, by their start.
    pub roots: Vec<&'a str>,
    /// Every node, parents before their children.
    pub nodes: Vec<NodeRecord<'a>>,
}

/// A segment or subsegment as scripts read it. Times are milliseconds since 1970-01-01T00:00:00Z with fractions.
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "X-Ray's own flags, under their own names")]
pub struct NodeRecord<'a> {
    /// Its id, if it has one.
    pub id: Option<&'a str>,
    /// The id of what it is part of.
    pub parent_id: Option<&'a str>,
    /// The service, host or piece of code.
    pub name: &'a str,
    /// The kind of AWS resource that ran it.
    pub origin: Option<&'a str>,
    /// `segment` or `subsegment`.
    pub kind: &'static str,
    /// When it began.
    pub start_ms: Option<f64>,
    /// When it ended.
    pub end_ms: Option<f64>,
    /// How long it took.
    pub duration_ms: Option<f64>,
    /// It has not ended.
    pub in_progress: bool,
    /// It failed (5xx).
    pub fault: bool,
    /// It was called wrongly (4xx).
    pub error: bool,
    /// It was refused (429).
    pub throttle: bool,
    /// 1 for a root.
    pub depth: usize,
}

/// What of the traces that were asked for is not in the tree.
#[derive(Clone, Debug, Default)]
pub struct Missing {
    /// Documents that could not be read.
    pub unreadable: usize,
    /// X-Ray says that it cut a trace off.
    pub truncated: bool,
    /// Ids of traces that X-Ray did not look up. Raw text.
    pub unprocessed: Vec<String>,
}

impl<'a> Record<'a> {
    /// A tree and what is known beside it.
    #[must_use]
    pub fn of(tree: &'a Tree, missing: &'a Missing) -> Self {
        let count = |test: fn(&Node) -> bool| tree.nodes.iter().filter(|node| test(node)).count();
        let mut trace_ids: Vec<&str> =
            tree.nodes.iter().filter_map(|node| node.segment.trace_id.as_deref()).collect();
        trace_ids.sort_unstable();
        trace_ids.dedup();
        Self {
            trace_ids,
            segments: count(|node| node.segment.kind == SegmentKind::Segment),
            subsegments: count(|node| node.segment.kind.is_subsegment()),
            faults: count(|node| node.segment.fault),
            errors: count(|node| node.segment.error),
            throttles: count(|node| node.segment.throttle),
            in_progress: count(|node| node.segment.in_progress),
            orphans: count(|node| node.oddity == Some(Oddity::Orphan)),
            unreadable: missing.unreadable,
            truncated: missing.truncated,
            unprocessed_trace_ids: missing.unprocessed.iter().map(String::as_str).collect(),
            roots: tree.roots().map(|node| &*node.segment.name).collect(),
            nodes: tree.nodes.iter().map(NodeRecord::of).collect(),
        }
    }
}

impl<'a> NodeRecord<'a> {
    fn of(node: &'a Node) -> Self {
        let segment = &node.segment;
        Self {
            id: segment.id.as_deref(),
            parent_id: segment.parent.as_deref(),
            name: &segment.name,
            origin: segment.origin.as_deref(),
            kind: if segment.kind.is_subsegment() { "subsegment" } else { "segment" },
            start_ms: segment.start_ms,
            end_ms: segment.end_ms,
            duration_ms: duration(segment),
            in_progress: segment.in_progress,
            fault: segment.fault,
            error: segment.error,
            throttle: segment.throttle,
            depth: node.depth + 1,
        }
    }
}

/// Why a trace is not there, in words; raw text.
#[must_use]
pub fn why_missing(why: &TraceMissing) -> String {
    match why {
        TraceMissing::Unknown => {
            "X-Ray does not have it: it was not sampled, has not arrived, or is older than 30 days".to_owned()
        }
        TraceMissing::Unprocessed => "X-Ray could not look it up in time: try again".to_owned(),
        TraceMissing::Unretrievable(why) => {
            format!("Transaction Search is on, and its spans cannot be read: {why}")
        }
        TraceMissing::Failed(failure) => failure.to_string(),
    }
}

/// The trace as one JSON object and a line end.
#[must_use]
pub fn json(record: &Record<'_>) -> String {
    // Names, numbers and flags can always be written as JSON.
    serde_json::to_string(record).unwrap_or_default() + "\n"
}

/// The trace as a waterfall, with attempts, backoff and other waits as on screen; names are made safe.
///
/// It is `width` cells wide, and names that are too long for that are cut; without a width no name is.
#[must_use]
pub fn waterfall(tree: &Tree, record: &Record<'_>, width: Option<usize>, ascii: bool) -> String {
    let mut text = summary(tree, record);
    if tree.span().is_none() {
        return text;
    }
    let timeline = of_trace(tree, &[]);
    let names: Vec<SafeText> = timeline.spans.iter().map(|span| name(span, ascii)).collect();
    let longest = names.iter().map(SafeText::width).max().unwrap_or(0).max(HEAD.len()) + 1;
    let (column, bars) = match width {
        None => (longest, USUAL_BARS),
        Some(width) => {
            let room = width.saturating_sub(NUMBERS).max(2 * LEAST_BARS);
            let column = longest.min(room - (room / 2).clamp(LEAST_BARS, USUAL_BARS));
            (column, room - column)
        }
    };
    let length = timeline.length_ms.max(f64::MIN_POSITIVE);
    let _ = writeln!(text, "{HEAD:<column$}{:<bars$}{:>10}{:>10}", "", "ms", "self");
    for (span, name) in timeline.spans.iter().zip(&names) {
        let cell = |ms: f64| (((ms / length).max(0.0) * bars as f64) as usize).min(bars - 1);
        let waits = span.end_ms.is_none() || matches!(span.kind, SpanKind::Wait(_));
        let bar = span.stretch(timeline.length_ms).map_or_else(String::new, |(start, end)| {
            bar(cell(start), cell(end), if waits { "╌" } else { "━" }, ascii)
        });
        let took = span.whole_ms().map_or_else(|| "-".to_owned(), |took| number::count(took).to_string());
        let own = number::count(span.self_ms);
        let odd = match span.oddity {
            Some(Oddity::Orphan) => "  parent missing",
            Some(Oddity::Circle) => "  its parents led back to it",
            Some(Oddity::Outside) => "  outside of its parent",
            None => "",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} {}{took:>10}{own:>10}{odd}", fitted(name, column - 1), padded(&bar, bars));
    }
    text
}

/// What the trace is, in a line; and a line for what is missing.
fn summary(tree: &Tree, record: &Record<'_>) -> String {
    let ids = record.trace_ids.join(" ");
    let mut text = if ids.is_empty() { String::new() } else { format!("{}  ", SafeText::new(&ids)) };
    if let Some((from, to)) = tree.span() {
        let _ = write!(text, "{}  ", number::millis(to - from));
    }
    for (count, one, many) in [
        (record.segments, "segment", "segments"),
        (record.subsegments, "subsegment", "subsegments"),
        (record.faults, "fault", "faults"),
        (record.errors, "error", "errors"),
        (record.throttles, "throttle", "throttles"),
        (record.in_progress, "in progress", "in progress"),
        (record.orphans, "without its parent", "without their parents"),
        (record.unreadable, "document unreadable", "documents unreadable"),
        (record.unprocessed_trace_ids.len(), "trace not looked up", "traces not looked up"),
    ] {
        if count > 0 || one == "segment" {
            let _ = write!(text, "{count} {}  ", if count == 1 { one } else { many });
        }
    }
    if record.truncated {
        text.push_str("cut off by X-Ray");
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// The sign, the place and the name of a row, and what was answered.
fn name(span: &Span, ascii: bool) -> SafeText {
    let sign = match (span.mark, ascii) {
        (Mark::Throttle, false) => '⊘',
        (Mark::Throttle, true) => 'T',
        (Mark::Error | Mark::Timeout | Mark::OutOfMemory, false) => '✗',
        (Mark::Error | Mark::Timeout | Mark::OutOfMemory, true) => 'X',
        (Mark::Cold, false) => '◇',
        (Mark::Cold, true) => '*',
        (Mark::Quiet, _) => ' ',
        (Mark::Ok | Mark::Open, false) => '·',
        (Mark::Ok | Mark::Open, true) => '.',
    };
    let status = if span.status.bytes().all(|byte| byte.is_ascii_digit()) { &*span.status } else { "" };
    let name = format!("{sign} {}{} {status}", "  ".repeat(span.depth.min(MOST_LEVELS)), span.title);
    SafeText::new(name.trim_end())
}

fn bar(from: usize, to: usize, sign: &str, ascii: bool) -> String {
    let sign = if ascii { if sign == "╌" { "-" } else { "=" } } else { sign };
    format!("{}{}", " ".repeat(from), sign.repeat(to - from + 1))
}

fn duration(segment: &Segment) -> Option<f64> {
    Some(segment.end_ms? - segment.start_ms?)
}

/// A text in exactly `width` cells.
fn fitted(text: &SafeText, width: usize) -> String {
    if text.width() <= width {
        return format!("{text}{}", " ".repeat(width - text.width()));
    }
    let mut fitted = String::new();
    let mut used = 0;
    for (grapheme, cells) in text.graphemes() {
        if used + cells >= width {
            break;
        }
        fitted.push_str(grapheme);
        used += cells;
    }
    fitted.push('…');
    fitted + &" ".repeat(width - used - 1)
}

/// A bar, of one cell a character, in `width` cells.
fn padded(bar: &str, width: usize) -> String {
    format!("{bar:<width$}")
}
